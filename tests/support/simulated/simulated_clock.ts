/** A clock that moves only when told to, so that hours pass in microseconds and every run is the same. */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../../src/effects/effects.ts";
import { sleepBy } from "../../../src/effects/sleep.ts";

interface PendingTimer {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class SimulatedClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<PendingTimer>();

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
    const timer = { atMs: this.#nowMs + Math.max(delayMs, 0), order: this.#order++, fire };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.setTimer(...timer), delayMs, signal);
  }

  nextTurn(): Promise<void> {
    return Promise.resolve();
  }

  /** Timers that were set and have not fired. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** When the next timer fires; undefined if none is set. */
  get nextMs(): number | undefined {
    return this.#next()?.atMs;
  }

  /** Lets `durationMs` pass: fires what becomes due, in order, and lets what waits for it go on in between. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (let timer = this.#next(); timer !== undefined && timer.atMs <= untilMs; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#nowMs = timer.atMs;
      timer.fire();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #next(): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#timers) {
      const isEarlier = next === undefined || timer.atMs < next.atMs ||
        (timer.atMs === next.atMs && timer.order < next.order);
      if (isEarlier) next = timer;
    }
    return next;
  }
}

/** Lets everything that is ready to run go on, streams included, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
