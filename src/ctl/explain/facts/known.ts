/** Finding something out in time, or why that failed. */
import { describe } from "../../../effects/describe.ts";
import type { Effects } from "../../../effects/effects.ts";
import { inTime } from "../../cli/in_time.ts";
import { systemctlFailure } from "../../services/systemctl_failure.ts";
import type { Known } from "./facts.ts";

/** The daemon answers at once, or not at all. */
export const ANSWER_WITHIN_MS = 2_000;

/** The value that `find` returns, or why there is none within the time of an answer. Never rejects. */
export async function known<Value>({ clock }: Effects, find: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return { value: await inTime(clock, find()) };
  } catch (error) {
    return { unknown: systemctlFailure(error) ?? describe(error) };
  }
}
