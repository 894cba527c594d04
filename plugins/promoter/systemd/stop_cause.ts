/** Whether somebody stopped the services from outside: that is neither a failure of theirs nor of DRBD. */
import { hasJob, type Properties } from "./units/systemctl.ts";

/**
 * How the services were stopped from outside, undefined if they were not. `others` are the promotion and the units of
 * the start list. DRBD that demotes leaves the target up, and a unit that fails stays failed or is being restarted.
 */
export function stoppedFromOutside(
  name: string,
  target: Properties | undefined,
  others: readonly Properties[],
): string | undefined {
  if (target === undefined) return undefined;
  if (target.get("LoadState") === "masked") {
    return `${name} was masked and stopped (drbddctl evict, or systemctl mask)`;
  }
  const isEnding = (unit: Properties) => ["inactive", "deactivating"].includes(unit.get("ActiveState") ?? "");
  const isStopped = !hasJob(target) && [target, ...others].every(isEnding);
  return isStopped ? `${name} was stopped from outside (systemctl stop)` : undefined;
}
