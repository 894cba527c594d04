/** Long work in short turns, so that the rest of the daemon never waits for it. */
import type { Clock } from "../../effects/effects.ts";

const TURN_MS = 2;

export class Pace {
  #beganMs: number;

  constructor(readonly clock: Clock) {
    this.#beganMs = clock.nowMs();
  }

  /** Whether this turn has lasted long enough. */
  get isDue(): boolean {
    return this.clock.nowMs() - this.#beganMs >= TURN_MS;
  }

  /** Lets others have their turn. To be awaited when `isDue`, as it is not for nothing. */
  async giveWay(): Promise<void> {
    await this.clock.nextTurn();
    this.#beganMs = this.clock.nowMs();
  }
}
