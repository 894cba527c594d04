/**
 * Feeds a recording to the daemon's own code and to promoters whose services exist only in the replay; reports every update
 * and decision. Nothing else is read, run or written.
 */
import type { Resource } from "../../drbd/model/model.ts";
import { describeResource } from "../../drbd/text/resource_text.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { SplitBrainProtection } from "../../../plugins/promoter/decide/state.ts";
import { Broadcast } from "../../daemon/plugins/broadcast.ts";
import type { Effects } from "../../effects/effects.ts";
import { DaemonStats } from "../../daemon/status/daemon_stats.ts";
import { type Decision, DecisionLog } from "../../daemon/status/decision_log.ts";
import { HealthBoard } from "../../daemon/status/health_board.ts";
import type { Logger } from "../../logging/logging.ts";
import { Metrics } from "../../daemon/status/metrics.ts";
import type { PluginContext } from "../../daemon/plugins/plugin.ts";
import { Problems } from "../../daemon/plugins/problems.ts";
import { Reader } from "../../daemon/source/reader.ts";
import type { Entry, Recording } from "../recording/recording.ts";
import { startPromoters } from "./promoters.ts";
import { quietLogger } from "../cli/quiet_logger.ts";
import { noteLogger } from "./note_logger.ts";
import { refusedEffects } from "./refused_effects.ts";
import type { Playback } from "./recorded_services.ts";
import type { Emit } from "./replay_output.ts";
import { ReplayClock, settle } from "./replay_clock.ts";

export interface ReplayOptions {
  /** The node to evaluate as, for preferred-nodes. */
  readonly node: string;
  /** The promoters' resources. */
  readonly resources: readonly ResourceConfig[];
  /** The split-brain protection. */
  protectionOf(resource: string): SplitBrainProtection;
  /** Awaited before entries of this time (milliseconds since 1970) are shown. */
  readonly pace?: (atMs: number) => Promise<void>;
}

/** Plays all of `recording`, or until `signal` aborts. */
export async function replay(
  recording: Recording,
  options: ReplayOptions,
  emit: Emit,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const run = new ReplayRun(recording, options, emit);
  try {
    for (const entry of recording.entries) {
      if (signal.aborted) return;
      await run.play(entry);
    }
  } finally {
    run.close();
  }
}

interface Watcher {
  look(): boolean;
}

class ReplayRun implements Playback {
  readonly #clock: ReplayClock;
  readonly #facts = new DaemonStats();
  readonly #reader: Reader;
  readonly #broadcast: Broadcast;
  /** Not used. */
  readonly #health: HealthBoard;
  readonly #watchers = new Set<Watcher>();
  readonly #close = new AbortController();
  readonly #encoder = new TextEncoder();
  #notLiveReason = "the recording begins";

  constructor(recording: Recording, options: ReplayOptions, readonly emit: Emit) {
    const startMs = (recording.entries[0]?.atUs ?? 0) / 1000;
    this.#clock = new ReplayClock(startMs, options.pace);
    this.#reader = new Reader(noteLogger((text) => this.#note(text)), this.#facts);
    this.#broadcast = new Broadcast(this.#clock, this.#reader);
    this.#health = new HealthBoard({
      clock: this.#clock,
      cluster: () => this.#reader.cluster(),
      resource: (name) => this.#reader.resource(name),
      staleReason: () => this.#reader.live ? undefined : this.#notLiveReason,
      countersMs: () => this.#clock.nowMs(),
    });
    startPromoters(this.#context(options.node), this, options.resources, options.protectionOf);
  }

  async play(entry: Entry): Promise<void> {
    await this.#clock.advanceTo(entry.atUs / 1000);
    switch (entry.kind) {
      case "started":
        this.#reader.start();
        this.#note("drbdsetup was started");
        break;
      case "lines":
        await this.#take(entry.lines);
        break;
      case "ended":
        this.#reader.end();
        this.#notLiveReason = `drbdsetup events2 is not running: ${entry.reason}`;
        this.#note(`drbdsetup ended: ${entry.reason}`);
        break;
    }
  }

  close(): void {
    this.#close.abort();
  }

  watch<Answer>(
    name: string,
    look: (resource: Resource | undefined) => Answer | undefined,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const end = (answer: Answer | undefined) => {
        this.#watchers.delete(watcher);
        timer?.cancel();
        signal?.removeEventListener("abort", giveUp);
        resolve(answer);
      };
      const giveUp = () => end(undefined);
      const watcher = {
        look: () => {
          if (!this.#reader.known) return false;
          const answer = look(this.#reader.resource(name));
          if (answer !== undefined || timer === undefined) end(answer);
          return answer !== undefined || timer === undefined;
        },
      };
      // Without a time limit the first call decides if there is a state.
      const timer = limitMs > 0 ? this.#clock.setTimer(limitMs, giveUp) : undefined;
      signal?.addEventListener("abort", giveUp);
      this.#watchers.add(watcher);
      watcher.look();
    });
  }

  outcome(resource: string, text: string): void {
    this.emit({ kind: "outcome", atMs: this.#clock.nowMs(), resource, text });
  }

  async #take(lines: readonly string[]): Promise<void> {
    const wasKnown = this.#reader.known;
    const step = this.#reader.take(this.#encoder.encode(lines.map((line) => `${line}\n`).join("")));
    const atMs = this.#clock.nowMs();
    for (let place = 0; place < step.updates.length; place++) {
      const update = step.updates.peek(place);
      if (update.kind === "resource" && update.type === "exists") {
        const text = describeResource(step.updates.get(place).resource);
        this.emit({ kind: "present", atMs, resource: update.name, text });
      }
      this.emit({ kind: "update", atMs, update });
    }
    this.#broadcast.publish(step);
    if (step.updates.isEmpty && wasKnown === this.#reader.known) return;
    // Promoters get updates before their waits end, as in the daemon.
    await settle();
    for (const watcher of [...this.#watchers]) watcher.look();
    await settle();
  }

  #note(text: string): void {
    this.emit({ kind: "note", atMs: this.#clock.nowMs(), text });
  }

  #context(node: string): PluginContext {
    const { signal } = this.#close;
    const effects: Effects = { ...refusedEffects(node), clock: this.#clock };
    const log: Logger = quietLogger;
    return {
      signal,
      log,
      effects,
      metrics: new Metrics(),
      journal: new ReportingLog((resource, { text, wallMs }) =>
        this.emit({ kind: "decision", atMs: wallMs, resource, text })
      ),
      health: this.#health,
      problems: new Problems(() => {}),
      statistics: () => Promise.reject(new Error("A replay has no statistics")),
      nodeIds: () => Promise.resolve(new Map()),
      siblings: () => [],
      cluster: () => this.#reader.cluster(),
      resource: (name) => this.#reader.resource(name),
      stale: () => !this.#reader.live,
      staleReason: () => this.#reader.live ? undefined : this.#notLiveReason,
      changes: (filter) => this.#broadcast.changes(filter, signal, log),
      recentChanges: (filter, capacity) => this.#broadcast.recentChanges(filter, capacity, signal),
      resources: (filter) => this.#broadcast.resources(filter, signal),
      watchCounters: () => {},
      onReload: () => {},
      dumpAgain: () => {},
      prepare: () => {},
    };
  }
}

/** Reports decisions as they are made. */
class ReportingLog extends DecisionLog {
  constructor(readonly report: (resource: string, decision: Decision) => void) {
    super();
  }

  override note(resource: string, decision: Decision): void {
    this.report(resource, decision);
  }
}
