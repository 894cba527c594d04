/** How long the event loop is blocked. */
import { setImmediate } from "node:timers";

/** Watches until it is stopped. Timers would not do: they wait for some milliseconds themselves. */
export class BlockWatch {
  #longestMs = 0;
  #isOver = false;

  constructor() {
    let lastMs = performance.now();
    const turn = () => {
      const nowMs = performance.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - lastMs);
      lastMs = nowMs;
      if (!this.#isOver) setImmediate(turn);
    };
    turn();
  }

  /** Returns the longest time from one turn of the loop to the next. */
  stop(): number {
    this.#isOver = true;
    return this.#longestMs;
  }
}
