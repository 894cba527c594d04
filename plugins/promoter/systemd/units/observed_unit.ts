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
  };
}
