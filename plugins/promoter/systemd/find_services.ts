/** Observes which services of a resource run, when drbdd starts or somebody else has promoted it. */
import type { Clock } from "../../../src/effects/effects.ts";
import { isFrozen } from "./freezer.ts";
import { hasFailedToDemote, hasLeftServices } from "./half_stopped.ts";
import { isActive, isBeingStarted, notStarted, type ResourceUnits } from "./units/resource_units.ts";
import type { ObservedServices } from "../decide/state.ts";
import { hasJob, isUp } from "./units/systemctl.ts";

/** A promotion in progress is checked again after this. */
const AGAIN_MS = 250;

/**
 * `isLeftPrimary` says whether the resource is Primary and drbdd knows that it was to stop its services, and has not seen it
 * Secondary since.
 *
 * @throws If systemctl or that fails.
 */
export async function findServices(
  clock: Clock,
  all: ResourceUnits,
  isLeftPrimary: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<ObservedServices> {
  let states = await all.query();
  // Until the promotion has ended, no service runs.
  while (isBeingStarted(states.promote) && !signal.aborted) {
    await clock.sleep(AGAIN_MS, signal);
    states = await all.query();
  }
  const { target, promote, units } = states;
  if ([...units.values()].some(isFrozen)) return "frozen";
  if (isActive(target)) {
    return [...notStarted(states).values()].includes("notReached") ? "partial" : "active";
  }
  const hasLeft = hasLeftServices(promote, units.values());
  if ((hasLeft || hasFailedToDemote(promote)) && await isLeftPrimary()) return "leftPrimary";
  if (hasLeft) return "halfStopped";
  if (!isUp(promote)) return "inactive";
  // A job for an active promotion can only be a stop, which may still be in progress.
  const isBeingStopped = promote.get("ActiveState") === "deactivating" ||
    (isActive(promote) && hasJob(promote));
  return isBeingStopped ? "ending" : "partial";
}
