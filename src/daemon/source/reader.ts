/**
 * From bytes of drbdsetup to a snapshot and updates: the synchronous part of the daemon's loop. Complains about what
 * it cannot use, each kind once.
 */
import type { Cluster } from "../../drbd/model/cluster.ts";
import type { Rejected, UnknownPart } from "../../drbd/events2/event.ts";
import type { HelperEvent } from "../../drbd/model/helper_event.ts";
import { EVERYTHING, type Interest } from "../../drbd/state/interest.ts";
import { LineSplitter, MAX_LINE_BYTES } from "../../drbd/events2/lines.ts";
import type { Resource } from "../../drbd/model/model.ts";
import type { Summary } from "../../drbd/state/summary.ts";
import { EventStream, type Step } from "../../drbd/state/stream.ts";
import type { DaemonStats } from "../status/daemon_stats.ts";
import type { Logger } from "../../logging/logging.ts";

/** How much of a strange line is shown. */
const SHOWN_CHARACTERS = 200;

export class Reader {
  readonly #stream: EventStream;
  readonly #note = (unknown: UnknownPart) => this.#mention(unknown);
  #splitter = new LineSplitter();
  #mayHaveMissed = false;

  /** Changes of resources outside of `interest` are not reported. */
  constructor(
    readonly log: Logger,
    readonly facts: DaemonStats,
    interest: Interest = EVERYTHING,
    /** Called when the kernel calls a helper. */
    readonly onHelper: (helper: HelperEvent) => void = () => {},
  ) {
    this.#stream = new EventStream(interest);
  }

  get known(): boolean {
    return this.#stream.known;
  }

  get live(): boolean {
    return this.#stream.live;
  }

  cluster(): Cluster {
    return this.#stream.cluster();
  }

  /** Does a part of what `cluster` would have to do at once. See `Store.catchUp`. */
  catchUp(most: number): boolean {
    return this.#stream.catchUp(most);
  }

  resource(name: string): Resource | undefined {
    return this.#stream.resource(name);
  }

  summary(): Summary {
    return this.#stream.summary();
  }

  /** What has come of an unfinished line. */
  get rest(): Uint8Array {
    return this.#splitter.rest;
  }

  /** A new run of drbdsetup begins. */
  start(): void {
    this.#stream.restart();
    this.#splitter = new LineSplitter();
    this.#mayHaveMissed = false;
  }

  /**
   * Whether something was missed in this run: a line about something unknown, or one too long to be read. Then the
   * snapshot may differ from the state in drbdsetup.
   */
  get mayHaveMissed(): boolean {
    return this.#mayHaveMissed;
  }

  /** Takes output of drbdsetup, cut anywhere. */
  take(bytes: Uint8Array): Step {
    const overlong = this.#splitter.overlong;
    const step = this.#stream.take(this.#splitter.push(bytes), this.#note);
    this.facts.events += step.lineCount - step.rejected.length - step.orphans.length;
    if (this.#splitter.overlong > overlong) this.#rejectOverlong();
    for (const rejected of step.rejected) this.#reject(rejected);
    if (step.orphans.length > 0) this.#countOrphans(step);
    this.#countHelpers(step);
    return step;
  }

  /** The run is over. A line it left unfinished is not used: half a number is a wrong number. */
  end(): void {
    this.#stream.restart();
    const line = this.#splitter.end();
    if (line !== "") {
      this.#reject({ object: "rejected", reason: "drbdsetup ended in the middle of it", line });
    }
  }

  #rejectOverlong(): void {
    this.#mayHaveMissed = true;
    this.#reject({ object: "rejected", reason: `it is longer than ${MAX_LINE_BYTES} bytes`, line: "" });
  }

  #reject({ reason, line }: Rejected): void {
    this.facts.countRejected(reason);
    if (!this.facts.isNews(`rejected ${reason}`)) return;
    this.log.warn('Ignoring a line of drbdsetup that cannot be used (logged once): {reason}: "{line}"', {
      reason,
      line: shorten(line),
    });
  }

  #countOrphans(step: Step): void {
    this.#mayHaveMissed = true;
    this.facts.orphans += step.orphans.length;
    for (const { object } of step.orphans) {
      if (!this.facts.isNews(`orphan ${object}`)) continue;
      this.log.warn("Ignoring an event for a {object} of an unknown resource (logged once)", {
        object,
      });
    }
  }

  #countHelpers({ updates }: Step): void {
    for (let place = 0; place < updates.length; place++) {
      const update = updates.peek(place);
      if (update.kind === "helper" && update.type === "call") {
        this.facts.countHelperCall(update.helper.helper);
        this.onHelper(update.helper);
      }
    }
  }

  #mention({ kind, object, key, value }: UnknownPart): void {
    if (!this.facts.isNews(`${kind} ${object} ${key} ${kind === "unknown word" ? value : ""}`)) return;
    if (kind === "unknown key") {
      this.log.info(
        'Ignoring the unknown key "{key}" of a {object} in the output of drbdsetup (logged once)',
        { object, key },
      );
    } else {
      this.log.warn(
        'Unknown {key} of a {object} in the output of drbdsetup: "{value}"; showing it as printed (logged once)',
        {
          value: shorten(value),
          key,
          object,
        },
      );
    }
  }
}

function shorten(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`;
}
