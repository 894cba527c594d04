/** Time limits: a program that waits for a hung kernel may never end. */
import type { Clock } from "../../effects/effects.ts";
import { within } from "../../effects/waiting/within.ts";

/** Long enough for a program on a busy node. */
export const ANSWER_LIMIT_MS = 20_000;

/** The result of `asked`; rejects after the time limit. */
export function inTime<Result>(
  clock: Clock,
  asked: Promise<Result>,
  limitMs: number = ANSWER_LIMIT_MS,
): Promise<Result> {
  return within(clock, limitMs, asked);
}
