/** Whether a place is on hold, for rules that judge what is started and stopped there. */
import { HOLD_READ_MS } from "../node/hold_times.ts";
import type { Place } from "./place.ts";

/** It is on hold, or was so until a moment ago. */
export function isOnHold({ machine: { impairments: { holds } }, name }: Place, nowMs: number): boolean {
  return holds.sinceMs(name) !== undefined || nowMs - holds.endedMs(name) < HOLD_READ_MS;
}

/** It is on hold, and its drbdd knows. */
export function isKnownOnHold(
  { machine: { impairments: { holds }, responsiveness }, name }: Place,
  nowMs: number,
) {
  const sinceMs = holds.sinceMs(name);
  return sinceMs !== undefined && nowMs - sinceMs > HOLD_READ_MS + responsiveness.eventLagMs;
}
