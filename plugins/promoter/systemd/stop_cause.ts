/** Whether somebody stopped the services from outside: that is neither a failure of theirs nor of DRBD. */
import type { OutsideStop } from "../decide/state.ts";
import { hasJob, type Properties } from "./units/systemctl.ts";

/** Properties of units that are needed for it. */
export const STOP_CAUSE_PROPERTIES = ["LoadState", "UnitFileState", "ActiveState", "Job"];

/**
 * How the services were stopped from outside, undefined if they were not. `others` are the promotion and the units of
 * the start list. An eviction masks until the next boot, which hardly anybody else does. DRBD that demotes leaves the target up, and a unit that fails stays failed or is being restarted.
 */
export function stoppedFromOutside(
  name: string,
  target: Properties | undefined,
  others: readonly Properties[],
): OutsideStop | undefined {
  if (target === undefined) return undefined;
  if (target.get("LoadState") === "masked") {
    const isEviction = target.get("UnitFileState") === "masked-runtime";
    const by = isEviction ? "drbddctl evict, or systemctl mask --runtime" : "systemctl mask";
    return { why: `${name} was masked and stopped (${by})`, isEviction };
  }
  const isEnding = (unit: Properties) => ["inactive", "deactivating"].includes(unit.get("ActiveState") ?? "");
  const isStopped = !hasJob(target) && [target, ...others].every(isEnding);
  return isStopped
    ? { why: `${name} was stopped from outside (systemctl stop)`, isEviction: false }
    : undefined;
}
