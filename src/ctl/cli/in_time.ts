/** Time limits: a program that waits for a hung kernel may never end. */
import type { Clock } from "../../effects/effects.ts";

/** Long enough for a program on a busy node. */
export const ANSWER_LIMIT_MS = 20_000;

/** The result of `asked`; rejects after the time limit. */
export async function inTime<Result>(
  clock: Clock,
  asked: Promise<Result>,
  limitMs: number = ANSWER_LIMIT_MS,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimer(
    limitMs,
    () => late.reject(new Error(`no answer within ${limitMs / 1_000} s`)),
  );
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    timer.cancel();
    // A late result is ignored.
    asked.catch(() => {});
  }
}
