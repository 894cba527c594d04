/** A clock that is advanced by the test, so that hours pass in microseconds and every run is the same. */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../../src/effects/effects.ts";
import { PendingTimers } from "../../../src/effects/waiting/pending_timers.ts";
import { sleepBy } from "../../../src/effects/waiting/sleep.ts";

export class SimulatedClock implements Clock {
  #nowMs: number;
  readonly #timers = new PendingTimers();

  /** `wallOffsetMs` is the wall clock's time when this clock says 0. */
  constructor(readonly wallOffsetMs = Date.UTC(2026, 0, 1), startMs = 0) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.wallOffsetMs + this.#nowMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.#timers.set(this.#nowMs + Math.max(delayMs, 0), fire);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.setTimer(...timer), delayMs, signal);
  }

  nextTurn(): Promise<void> {
    return Promise.resolve();
  }

  /** Timers that were set and have not fired. */
  get pendingTimers(): number {
    return this.#timers.count;
  }

  /** When the next timer fires; undefined if none is set. */
  get nextMs(): number | undefined {
    return this.#timers.nextMs;
  }

  /** Lets `durationMs` pass: fires what becomes due, in order, and lets what waits for it go on in between. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let timer = this.#timers.take(untilMs); timer !== undefined; timer = this.#timers.take(untilMs)) {
      this.#nowMs = timer.atMs;
      timer.fire();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Lets everything that is ready to run go on, streams included, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
