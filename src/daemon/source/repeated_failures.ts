/**
 * Limits the log lines of a repeated failure: it is logged the first time, and then every ten minutes, so that the log
 * shows the cause without being flooded.
 */
import type { Clock } from "../../effects/effects.ts";

const REPEAT_MS = 600_000;
/** Limit of distinct texts. */
const MOST_TEXTS = 100;

export class RepeatedFailures {
  readonly #loggedMs = new Map<string, number>();

  constructor(readonly clock: Clock) {}

  /** Whether to log this now: it is new since `recovered`, or was logged long enough ago. */
  isDue(text: string): boolean {
    const nowMs = this.clock.nowMs();
    if (nowMs - (this.#loggedMs.get(text) ?? -Infinity) < REPEAT_MS) return false;
    if (this.#loggedMs.size >= MOST_TEXTS) this.#loggedMs.clear();
    this.#loggedMs.set(text, nowMs);
    return true;
  }

  /** Whatever goes wrong next is news. */
  recovered(): void {
    this.#loggedMs.clear();
  }
}
