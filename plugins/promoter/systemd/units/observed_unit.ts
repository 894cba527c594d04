/** Properties of a unit, as the health assessment takes them. */
import type { ObservedUnit } from "../../../../src/health/observed.ts";
import type { Properties } from "./systemctl.ts";

/** What `observedUnit` reads. */
export const OBSERVED_PROPERTIES = [
  "ActiveState",
  "FreezerState",
  "LoadState",
  "ConditionResult",
  "ConditionTimestampMonotonic",
  "AssertResult",
  "AssertTimestampMonotonic",
  "StateChangeTimestamp",
] as const;

export function observedUnit(name: string, properties: Properties): ObservedUnit {
  const value = (property: typeof OBSERVED_PROPERTIES[number]) => properties.get(property) || "unknown";
  // Without a time, it was not tried yet.
  const isUnmet = (what: "Condition" | "Assert") =>
    value(`${what}Result`) === "no" && Number(properties.get(`${what}TimestampMonotonic`) ?? 0) > 0;
  return {
    name,
    isHeldBack: value("ActiveState") === "inactive" && (isUnmet("Condition") || isUnmet("Assert")),
    activeState: value("ActiveState"),
    freezerState: value("FreezerState"),
    loadState: value("LoadState"),
    sinceMs: timeOf(properties.get("StateChangeTimestamp") ?? ""),
  };
}

/** Of a time as systemctl prints it for `TZ=UTC`, `Mon 2026-11-30 12:33:43 UTC`, in milliseconds since 1970. */
function timeOf(text: string): number | undefined {
  const [, date, time] = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text) ?? [];
  return date === undefined ? undefined : Date.parse(`${date}T${time}Z`);
}
