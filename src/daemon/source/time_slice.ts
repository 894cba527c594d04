/** Slices of long work, so that the rest of the daemon never waits for it. */
import type { Clock } from "../../effects/effects.ts";

const SLICE_MS = 2;

export class TimeSlice {
  #startedMs: number;

  constructor(readonly clock: Clock) {
    this.#startedMs = clock.nowMs();
  }

  /** Whether the slice has lasted long enough. */
  get isOver(): boolean {
    return this.clock.nowMs() - this.#startedMs >= SLICE_MS;
  }

  /** Lets other work run. To be awaited only when `isOver`: it takes time. */
  async yield(): Promise<void> {
    await this.clock.nextTurn();
    this.#startedMs = this.clock.nowMs();
  }
}
