/**
 * Checks the preconditions of a start shortly before it is due, so that only the start itself is left to do then.
 */
import { describe } from "../../../../src/effects/describe.ts";
import type { Timer } from "../../../../src/effects/effects.ts";
import type { PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import { HoldWatch } from "../../hold/hold_watch.ts";
import { LoggedOnce } from "../report/logged_once.ts";
import type { Services } from "../services.ts";
import type { State } from "../../decide/state.ts";

/** How long before a planned start its preconditions are checked. */
const AHEAD_MS = 2_000;
/** How long a check is valid for a planned start; a change in DRBD leads to another check. */
const RECENT_MS = 3_000;
/** Maximum age of a successful check that a start may rely on while the next one is slow. */
const VALID_MS = 60_000;
/** How long a start waits for a check while the last one is recent. */
const WAIT_MS = 1_000;
const RETRY_MS = 5_000;

export class StartReadiness {
  /** When the last check began, and when the last successful one did, if nothing was stopped since. */
  #startedMs = -Infinity;
  #successMs = -Infinity;
  #timer: Timer | undefined;
  #pending: Promise<void> | undefined;
  readonly #logged = new LoggedOnce();
  #mayPromote = false;
  #isOver = false;
  /** There is nothing to check before the first preparation. */
  #hasBegun = false;

  /**
   * `onWait` gets the time until which a start has to wait: -Infinity if not at all; `onFailure` why a check failed, undefined
   * after a successful one.
   */
  constructor(
    readonly context: PluginContext,
    readonly resource: string,
    readonly services: Services,
    readonly onWait: (untilMs: number) => void,
    readonly onFailure: (reason: string | undefined) => void = () => {},
  ) {}

  /** All is as it should be now. */
  begin(): void {
    this.#hasBegun = true;
    this.#startedMs = this.#successMs = this.context.effects.clock.nowMs();
  }

  /** The state changed; `wakeAtMs` is when a start may be due. */
  follow(state: State, wakeAtMs: number | undefined): void {
    const before = this.#mayPromote;
    this.#mayPromote = state.view?.mayPromote ?? false;
    this.#timer?.cancel();
    // A start may be due as soon as a stop is over, however long that takes.
    if (state.phase === "stopping") this.#successMs = -Infinity;
    const mayStart = state.phase === "stopped" || (state.phase === "started" && state.isIncomplete);
    if (!this.#hasBegun || this.#isOver || !mayStart || state.ending !== "no") return;
    if (this.#pending !== undefined) return;
    // Not as soon as a stop is over: a check resets failed units, which people want to see.
    if (this.#mayPromote && !before) return void this.#check();
    if (wakeAtMs === undefined) return;
    const { clock } = this.context.effects;
    const inMs = wakeAtMs - AHEAD_MS - clock.nowMs();
    if (inMs > 0) this.#timer = clock.setTimer(inMs, () => this.#checkUnlessDone());
    else this.#checkUnlessDone();
  }

  /** A start is about to begin: resolves when a recent check was successful. */
  async ready(): Promise<void> {
    // A hold that was set a moment ago counts.
    await HoldWatch.of(this.context.effects, this.context.log).check();
    if (!this.#hasBegun || this.#isOver || this.#age(this.#successMs) <= VALID_MS) return;
    await (this.#pending ?? this.#check());
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #age(sinceMs: number): number {
    return this.context.effects.clock.nowMs() - sinceMs;
  }

  #checkUnlessDone(): void {
    if (this.#pending === undefined && this.#age(this.#startedMs) >= RECENT_MS) void this.#check();
  }

  #check(): Promise<void> {
    const { clock } = this.context.effects;
    this.#startedMs = clock.nowMs();
    const isRecent = this.#age(this.#successMs) <= VALID_MS;
    this.#pending = this.#untilSuccessful(this.#startedMs).then(() => {
      this.#pending = undefined;
      if (!this.#isOver) this.onWait(-Infinity);
    });
    this.onWait(isRecent ? clock.nowMs() + WAIT_MS : Infinity);
    return this.#pending;
  }

  async #untilSuccessful(startedMs: number): Promise<void> {
    const { log, signal, effects } = this.context;
    while (!this.#isOver && !signal.aborted) {
      try {
        await this.services.prepareStart();
        this.#successMs = startedMs;
        this.#logged.reset();
        this.onFailure(undefined);
        return;
      } catch (error) {
        const reason = describe(error);
        this.onFailure(reason);
        this.#logged.log(reason, () =>
          log.error(
            "{resource}: cannot make sure that its services can be started; nothing is started, retrying every 5 s: {reason}",
            { resource: this.resource, reason },
          ));
      }
      await effects.clock.sleep(RETRY_MS, signal);
    }
  }
}
