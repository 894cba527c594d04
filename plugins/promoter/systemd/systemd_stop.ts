/** Stops all units of a resource, and demotes it. */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { demoteIfNeeded, keepJournal } from "./after_stop.ts";
import { failedBeforeStop, type ResourceUnits } from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import { complaintOf, hasJob, isUp } from "./units/systemctl.ts";
import type { UnitJobs } from "./units/unit_jobs.ts";

/** A stop that collided with another start, or lost the connection to systemd, is repeated at once, at most this many times. */
const STOPS_IN_A_ROW = 3;

export class SystemdStop {
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    readonly units: ResourceUnits,
    readonly jobs: UnitJobs,
    readonly isPrimary: () => boolean,
  ) {}

  /**
   * systemd itself thaws units when it stops them: a service thawed earlier would run until then. Without `mayDemote`,
   * a remaining Primary is somebody else's.
   */
  async stop({ mayDemote }: { readonly mayDemote: boolean }): Promise<Done> {
    for (let times = 1;; times++) {
      // The target is down as soon as its services begin to stop: the stop of all units is awaited.
      const args = ["stop", ...this.units.all];
      const stopping = this.jobs.run(args);
      // The reasons of a stop must not be lost if the node is reset because the stop fails. Not awaited.
      if (times === 1) void keepJournal(this.effects, this.log);
      const result = await stopping;
      const states = await this.units.query();
      const { target, promote, units } = states;
      const named = [[this.units.target, target], [this.units.promote, promote], ...units] as const;
      const left = named.filter(([, state]) => isUp(state)).map(([unit]) => unit);
      const isStartedAgain = hasJob(target) || hasJob(promote);
      // If systemctl lost the connection to systemd, its jobs go on: another call waits for the same jobs.
      const goesOn = result.code !== 0 && named.some(([, state]) => isUp(state) && hasJob(state));
      if ((isStartedAgain || goesOn) && times < STOPS_IN_A_ROW) continue;
      if (left.length > 0 || isStartedAgain) {
        const why = result.code === 0
          ? `${left.join(", ") || this.units.target} did not stop`
          : complaintOf(args, result);
        return { outcome: "failed", why };
      }
      // Nothing is active: there was no promotion, or the demotion failed, which is retried once.
      const failure = mayDemote
        ? await demoteIfNeeded(this.effects, this.units.resource, this.isPrimary)
        : undefined;
      if (failure !== undefined) {
        this.#warn("the services are stopped, but the resource is still Primary", failure);
      }
      const failedUnit = [...units].find(([, unit]) => failedBeforeStop(unit, states))?.[0];
      return failedUnit === undefined ? OK : { outcome: "ok", failedUnit };
    }
  }

  #warn(what: string, why: string): void {
    this.log.warn("{resource}: {what}: {why}", { resource: this.units.resource, what, why });
  }
}
