/**
 * Has what a start needs looked at some time before it, so that nothing but the start itself is left to do when it is
 * decided on.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { Timer } from "../../../src/effects/effects.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import { HoldWatch } from "../hold/hold_watch.ts";
import { LoggedOnce } from "./logged_once.ts";
import type { Services } from "./services.ts";
import type { State } from "../decide/state.ts";

/** So long before a start that is planned. */
const AHEAD_MS = 2_000;
/** A look holds for what is planned within this; what changes in DRBD is looked at anew. */
const HOLDS_MS = 3_000;
/** A start may rest on a look that is so old if the next one takes its time. */
const GOOD_FOR_MS = 60_000;
/** A start waits for a look so long if the last one is not old. */
const WAIT_MS = 1_000;
const AGAIN_MS = 5_000;

export class StartReadiness {
  /** When the last look began, and when the last one that went well did, if nothing was stopped since. */
  #begunMs = -Infinity;
  #goodMs = -Infinity;
  #timer: Timer | undefined;
  #going: Promise<void> | undefined;
  readonly #said = new LoggedOnce();
  #mayPromote = false;
  #isOver = false;
  /** There is nothing to look at before all was prepared once. */
  #hasBegun = false;

  /**
   * `onWait` hears until when a start has to wait: -Infinity if it need not; `onObstacle` why a look failed, and undefined
   * when one went well.
   */
  constructor(
    readonly context: PluginContext,
    readonly resource: string,
    readonly services: Services,
    readonly onWait: (untilMs: number) => void,
    readonly onObstacle: (reason: string | undefined) => void = () => {},
  ) {}

  /** All is as it should be now. */
  begin(): void {
    this.#hasBegun = true;
    this.#begunMs = this.#goodMs = this.context.effects.clock.nowMs();
  }

  /** The state changed; `wakeAtMs` is when a start may be due. */
  follow(state: State, wakeAtMs: number | undefined): void {
    const before = this.#mayPromote;
    this.#mayPromote = state.view?.mayPromote ?? false;
    this.#timer?.cancel();
    // A start may be due as soon as a stop is over, however long that takes.
    if (state.phase === "stopping") this.#goodMs = -Infinity;
    const mayStart = state.phase === "stopped" || (state.phase === "started" && state.isIncomplete);
    if (!this.#hasBegun || this.#isOver || !mayStart || state.ending !== "no") return;
    if (this.#going !== undefined) return;
    // Not as soon as a stop is over: a look takes the failed state from units, which people want to see.
    if (this.#mayPromote && !before) return void this.#look();
    if (wakeAtMs === undefined) return;
    const { clock } = this.context.effects;
    const inMs = wakeAtMs - AHEAD_MS - clock.nowMs();
    if (inMs > 0) this.#timer = clock.setTimer(inMs, () => this.#lookUnlessDone());
    else this.#lookUnlessDone();
  }

  /** A start is about to begin: ends when a look that is not too old went well. */
  async ready(): Promise<void> {
    // A hold that was set a moment ago counts.
    await HoldWatch.of(this.context.effects, this.context.log).look();
    if (!this.#hasBegun || this.#isOver || this.#age(this.#goodMs) <= GOOD_FOR_MS) return;
    await (this.#going ?? this.#look());
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #age(sinceMs: number): number {
    return this.context.effects.clock.nowMs() - sinceMs;
  }

  #lookUnlessDone(): void {
    if (this.#going === undefined && this.#age(this.#begunMs) >= HOLDS_MS) void this.#look();
  }

  #look(): Promise<void> {
    const { clock } = this.context.effects;
    this.#begunMs = clock.nowMs();
    const isRecent = this.#age(this.#goodMs) <= GOOD_FOR_MS;
    this.#going = this.#untilGood(this.#begunMs).then(() => {
      this.#going = undefined;
      if (!this.#isOver) this.onWait(-Infinity);
    });
    this.onWait(isRecent ? clock.nowMs() + WAIT_MS : Infinity);
    return this.#going;
  }

  async #untilGood(beganMs: number): Promise<void> {
    const { log, signal, effects } = this.context;
    while (!this.#isOver && !signal.aborted) {
      try {
        await this.services.prepareStart();
        this.#goodMs = beganMs;
        this.#said.forget();
        this.onObstacle(undefined);
        return;
      } catch (error) {
        const reason = describe(error);
        this.onObstacle(reason);
        this.#said.say(reason, () =>
          log.error(
            "{resource}: cannot make sure that its services can be started; nothing is started, retrying every 5 s: {reason}",
            { resource: this.resource, reason },
          ));
      }
      await effects.clock.sleep(AGAIN_MS, signal);
    }
  }
}
