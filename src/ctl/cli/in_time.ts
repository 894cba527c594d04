/** Does not wait for ever: what asks a kernel that is stuck may never answer. */
import type { Clock } from "../../effects/effects.ts";

/** What a program on this node may take, also on one that is busy. */
export const PATIENCE_MS = 20_000;

/** The result of `asked`; rejects if there is none in time. */
export async function inTime<Result>(
  clock: Clock,
  asked: Promise<Result>,
  patienceMs: number = PATIENCE_MS,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimer(
    patienceMs,
    () => late.reject(new Error(`there was no answer within ${patienceMs / 1_000} s`)),
  );
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    timer.cancel();
    // What comes too late interests nobody.
    asked.catch(() => {});
  }
}
