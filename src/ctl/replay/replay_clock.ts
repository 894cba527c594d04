/**
 * The clock of a replay: it stands still until the replay advances it, so that hours pass in a moment and results are
 * reproducible.
 */
import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../../effects/effects.ts";
import { PendingTimers } from "../../effects/waiting/pending_timers.ts";
import { sleepBy } from "../../effects/waiting/sleep.ts";

export class ReplayClock implements Clock {
  #nowMs: number;
  readonly #timers = new PendingTimers();

  /** Milliseconds since 1970, as all times here. `pace` is awaited before the clock advances to a time. */
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
    return this.#timers.set(this.#nowMs + Math.max(delayMs, 0), fire);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.setTimer(...timer), delayMs, signal);
  }

  nextTurn(): Promise<void> {
    return Promise.resolve();
  }

  /** Advances to a time and fires due timers in order. */
  async advanceTo(atMs: number): Promise<void> {
    for (
      let nextMs = this.#timers.nextMs;
      nextMs !== undefined && nextMs <= atMs;
      nextMs = this.#timers.nextMs
    ) {
      await this.pace(nextMs);
      this.#nowMs = nextMs;
      this.#timers.take(nextMs)?.fire();
      await settle();
    }
    await this.pace(atMs);
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }
}

/** Runs everything that is ready, without advancing the time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
