/** Debouncing: of calls that follow each other closely only the last one counts. */
import type { Clock, Timer } from "../../../src/effects/effects.ts";

export class Debouncer {
  readonly #pending = new Map<string, Timer>();

  constructor(readonly clock: Clock, readonly quietMs: number) {}

  /** Calls `use` when `quietMs` have passed without another call for `key`. */
  later(key: string, use: () => void): void {
    this.#pending.get(key)?.cancel();
    const timer = this.clock.setTimer(this.quietMs, () => {
      this.#pending.delete(key);
      use();
    });
    this.#pending.set(key, timer);
  }

  /** Drops pending calls. Returns how many. */
  clear(): number {
    const count = this.#pending.size;
    for (const timer of this.#pending.values()) timer.cancel();
    this.#pending.clear();
    return count;
  }
}
