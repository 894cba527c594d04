/**
 * The clock of a recording: it stands still until the replay moves it on, so that what takes hours is over in a moment
 * and is the same each time.
 */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../effects/effects.ts";
import { sleepBy } from "../../effects/sleep.ts";

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class TapeClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<Pending>();

  /** Milliseconds since 1970, as all times here. `pace` is waited for before the clock goes on to a time. */
  constructor(startMs: number, readonly pace: (atMs: number) => Promise<void> = () => Promise.resolve()) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
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

  /** Goes on to a time: fires what becomes due on the way, in order. */
  async advanceTo(atMs: number): Promise<void> {
    for (let timer = this.#next(); timer !== undefined && timer.atMs <= atMs; timer = this.#next()) {
      await this.pace(timer.atMs);
      this.#timers.delete(timer);
      this.#nowMs = timer.atMs;
      timer.fire();
      await settle();
    }
    await this.pace(atMs);
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  #next(): Pending | undefined {
    let next: Pending | undefined;
    for (const timer of this.#timers) {
      const isEarlier = next === undefined || timer.atMs < next.atMs ||
        timer.atMs === next.atMs && timer.order < next.order;
      if (isEarlier) next = timer;
    }
    return next;
  }
}

/** Lets everything go on that is ready to, without time passing. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
