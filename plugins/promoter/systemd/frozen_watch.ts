/**
 * Finds services that run though their resource has no quorum and the others are frozen: somebody started them meanwhile
 * (`systemctl start`), or systemd did. Nobody else would freeze them.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { hasProcesses, isStill } from "./freezer.ts";
import type { ResourceUnits } from "./units/resource_units.ts";

const INTERVAL_MS = 4_000;

/** Calls `onUnfrozen` each time it finds one, until `signal` aborts. Never rejects. */
export async function watchFrozen(
  { clock }: Pick<Effects, "clock">,
  log: Logger,
  units: ResourceUnits,
  onUnfrozen: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(INTERVAL_MS, signal);
    if (signal.aborted) return;
    try {
      const states = [...(await units.query()).units];
      const isUnfrozen = states.some(([unit, state]) => hasProcesses(unit) && !isStill(state));
      if (isUnfrozen && !signal.aborted) onUnfrozen();
    } catch (error) {
      log.warn("{resource}: cannot check whether its services are still frozen: {error}", {
        resource: units.resource,
        error: describe(error),
      });
    }
  }
}
