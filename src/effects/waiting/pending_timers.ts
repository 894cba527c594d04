/** The timers of a clock that does not run by itself: of a simulation, or of a recording that is played. */
import type { Timer } from "../effects.ts";

export interface PendingTimer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Timers that were set and have not fired. */
export class PendingTimers {
  /** In the order in which they were set. */
  readonly #timers = new Set<PendingTimer>();

  get count(): number {
    return this.#timers.size;
  }

  /** When the next one is due; undefined if there is none. */
  get nextMs(): number | undefined {
    return this.#next()?.atMs;
  }

  set(atMs: number, fire: () => void): Timer {
    const timer = { atMs, fire };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** The next one that is due by `untilMs`; of several at the same time the one that was set first. It is pending no more. */
  take(untilMs: number): PendingTimer | undefined {
    const next = this.#next();
    if (next === undefined || next.atMs > untilMs) return undefined;
    this.#timers.delete(next);
    return next;
  }

  #next(): PendingTimer | undefined {
    let next: PendingTimer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.atMs < next.atMs) next = timer;
    return next;
  }
}
