/** Slices of long work, so that the rest of the daemon never waits for it. */
import type { Clock } from "../../effects/effects.ts";

const SLICE_MS = 2;

export class TimeSlice {
  #beganMs: number;

  constructor(readonly clock: Clock) {
    this.#beganMs = clock.nowMs();
  }

  /** Whether the slice has lasted long enough. */
  get isOver(): boolean {
    return this.clock.nowMs() - this.#beganMs >= SLICE_MS;
  }

  /** Lets other work run. To be awaited only when `isOver`: it takes time. */
  async yield(): Promise<void> {
    await this.clock.nextTurn();
    this.#beganMs = this.clock.nowMs();
  }
}
