/** Waiting with a time limit. */
import type { Clock } from "../../../src/effects/effects.ts";

/** Waits for `promise` for at most `limitMs`. Returns whether it settled. `promise` must not reject. */
export async function within(clock: Clock, limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  const enough = new AbortController();
  const ended = promise.then(() => true);
  const late = clock.sleep(limitMs, enough.signal).then(() => false);
  const inTime = await Promise.race([ended, late]);
  enough.abort();
  return inTime;
}
