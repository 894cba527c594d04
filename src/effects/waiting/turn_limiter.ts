/**
 * Lets some through in each turn of the event loop, the others in the next ones: many clients that are served at once
 * must not make a turn so long that somebody who wants little waits for it.
 */
import type { Clock } from "../effects.ts";

export class TurnLimiter {
  #passed = 0;
  #turn: Promise<void> | undefined;

  /** `most`: how many may pass in a turn. */
  constructor(readonly clock: Clock, readonly most: number) {}

  /** Ends when it is one's turn, in the order in which they came. */
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
