/** Waiting with an end. */
import type { Clock } from "../../src/effects/effects.ts";

/** Waits for `promise`, but no longer than `limitMs`. True if it ended by then. `promise` must not reject. */
export async function within(clock: Clock, limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const ended = promise.then(() => true);
  const late = clock.sleep(limitMs, enough.signal).then(() => false);
  const inTime = await Promise.race([ended, late]);
  enough.abort();
  return inTime;
}
