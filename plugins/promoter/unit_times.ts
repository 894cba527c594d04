/** What the times say that systemd notes of each unit. */
import type { Properties } from "./systemctl.ts";

/** When a unit last became active and ceased to be, in microseconds since boot. */
export const ACTIVE_SINCE = "ActiveEnterTimestampMonotonic";
export const ACTIVE_UNTIL = "ActiveExitTimestampMonotonic";

/** It is inactive, and nothing has happened to it since the promotion: the start list was shorter then. */
export function hasMissedItsTurn(unit: Properties, promote: Properties | undefined): boolean {
  const changed = Number(unit.get("StateChangeTimestampMonotonic") ?? Infinity);
  const promoted = microseconds(promote, ACTIVE_SINCE);
  return unit.get("ActiveState") === "inactive" && changed < promoted;
}

/** It failed after the promotion and before the target went, so not because it was stopped with it. */
export function wentFirst(
  unit: Properties | undefined,
  target: Properties | undefined,
  promote: Properties | undefined,
): boolean {
  const diedAt = microseconds(unit, ACTIVE_UNTIL);
  return unit?.get("ActiveState") === "failed" && diedAt > microseconds(promote, ACTIVE_SINCE) &&
    diedAt <= microseconds(target, ACTIVE_UNTIL);
}

/** 0 where systemd notes no time. */
export function microseconds(unit: Properties | undefined, property: string): number {
  return Number(unit?.get(property) ?? 0);
}
