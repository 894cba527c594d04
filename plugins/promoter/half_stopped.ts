/** What an earlier stop has left, found when drbdd begins: that stop may have been drbdd's own, or an administrator's. */
import { isUp, type Properties } from "./systemctl.ts";
import { microseconds } from "./resource_units.ts";
import { ACTIVE_SINCE, ACTIVE_UNTIL, BEGUN_AT } from "./unit_looks.ts";

/**
 * Whether a stop has left something behind: the promotion is not up any more, but a unit that was started on top of it is,
 * as a mount that is busy; or the demotion failed and the resource is Primary. What was started when the promotion was
 * over, or never had one, was not started for the resource: others judge that. How systemd sets these times when an unmount
 * fails is shown by tests/integration/promoter_half_stopped_test.ts.
 */
export function isHalfStopped(
  promote: Properties,
  units: Iterable<Properties>,
  isPrimary: boolean,
): boolean {
  if (isUp(promote)) return false;
  if (promote.get("ActiveState") === "failed" && isPrimary) return true;
  const [since, until] = [microseconds(promote, ACTIVE_SINCE), microseconds(promote, ACTIVE_UNTIL)];
  if (since === 0) return false;
  return Array.from(units).some((unit) => {
    // A mount that could not be unmounted becomes active anew, but was not started.
    const startedAt = microseconds(unit, BEGUN_AT);
    return isUp(unit) && startedAt >= since && startedAt <= until;
  });
}
