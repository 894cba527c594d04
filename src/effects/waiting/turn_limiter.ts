/**
 * Limits how many callers continue in one turn of the event loop, so that many simultaneous clients do not delay small
 * requests.
 */
import type { Clock } from "../effects.ts";

export class TurnLimiter {
  #passed = 0;
  #turn: Promise<void> | undefined;

  /** `most`: how many may pass in a turn. */
  constructor(readonly clock: Clock, readonly most: number) {}

  /** Resolves in the order of the calls, at most `most` per turn of the event loop. */
  async pass(): Promise<void> {
    while (this.#passed >= this.most) await this.#nextTurn();
    this.#passed++;
    void this.#nextTurn();
  }

  #nextTurn(): Promise<void> {
    this.#turn ??= this.clock.nextTurn().then(() => {
      this.#turn = undefined;
      this.#passed = 0;
    });
    return this.#turn;
  }
}
