/** Detects what an earlier stop, by drbdd or an administrator, has left when drbdd starts. */
import { isUp, type Properties } from "./units/systemctl.ts";
import { microseconds } from "./units/resource_units.ts";
import { ACTIVE_SINCE, ACTIVE_UNTIL, BEGUN_AT } from "./units/unit_queries.ts";

/**
 * Whether a stop has left services: the promotion is not up any more, but a unit that was up with it is, as a mount that is
 * busy, perhaps through several promotions. What was started when the promotion was over, or never had one, was not started
 * for the resource: others decide that. How systemd sets these times when an unmount fails is shown by
 * tests/integration/promoter_half_stopped_test.ts.
 */
export function hasLeftServices(promote: Properties, units: Iterable<Properties>): boolean {
  if (isUp(promote)) return false;
  if (microseconds(promote, ACTIVE_SINCE) === 0) return false;
  const until = microseconds(promote, ACTIVE_UNTIL);
  return Array.from(units).some((unit) => {
    // A mount that could not be unmounted becomes active again without having been started.
    const startedAt = microseconds(unit, BEGUN_AT);
    return isUp(unit) && startedAt <= until;
  });
}

/**
 * Whether the demotion failed, the last time. That says nothing of a resource that is Primary now: it may have been demoted
 * since, and promoted by an administrator. For the same reason it does not matter how long ago it failed.
 */
export function hasFailedToDemote(promote: Properties): boolean {
  return promote.get("ActiveState") === "failed";
}
