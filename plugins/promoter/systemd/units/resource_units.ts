/** The systemd units of a resource, and what their states together mean. */
import type { Effects } from "../../../../src/effects/effects.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import type { SystemdResourceConfig } from "../../config/resource_config.ts";
import { observedUnit } from "./observed_unit.ts";
import type { ObservedUnits } from "../../control/services.ts";
import { hasJob, type Properties } from "./systemctl.ts";
import { ACTIVE_SINCE, ACTIVE_UNTIL, BEGUN_AT, CHANGED_AT, UnitQueries } from "./unit_queries.ts";
import { promoteUnitOf, targetOf } from "../../config/unit_names.ts";

/** States of the units at one time. */
export interface UnitStates {
  readonly target: Properties;
  readonly promote: Properties;
  /** Of the start list, in order. */
  readonly units: ReadonlyMap<string, Properties>;
}

export class ResourceUnits {
  readonly resource: string;
  readonly target: string;
  readonly promote: string;
  /** The start list, in order. */
  readonly list: readonly string[];
  readonly #queries: UnitQueries;

  constructor(effects: Effects, log: Logger, config: SystemdResourceConfig) {
    this.#queries = UnitQueries.of(effects, log);
    this.resource = config.name;
    this.target = targetOf(config.name);
    this.promote = promoteUnitOf(config.name);
    this.list = config.start.map((entry) => entry.unit);
  }

  get all(): readonly string[] {
    return [this.target, this.promote, ...this.list];
  }

  /** @throws If systemctl fails. */
  async query(): Promise<UnitStates> {
    const [target = NOTHING, promote = NOTHING, ...units] = await this.#queries.query(this.all);
    return {
      target,
      promote,
      units: new Map(this.list.map((unit, place) => [unit, units[place] ?? NOTHING])),
    };
  }
}

const NOTHING: Properties = new Map();

/** As the health assessment takes them. */
export function observedUnits(
  { target, promote }: Pick<ResourceUnits, "target" | "promote">,
  states: UnitStates,
): ObservedUnits {
  return {
    target: observedUnit(target, states.target),
    dependencies: [
      observedUnit(promote, states.promote),
      ...Array.from(states.units, ([unit, state]) => observedUnit(unit, state)),
    ],
  };
}

export function isActive(unit: Properties): boolean {
  return unit.get("ActiveState") === "active";
}

/** It runs or is starting; not if it is stopping. */
export function runs(unit: Properties): boolean {
  return ["active", "activating", "reloading"].includes(unit.get("ActiveState") ?? "");
}

/** It is not active yet, but systemd is starting it. */
export function isBeingStarted(promote: Properties): boolean {
  const state = promote.get("ActiveState");
  return state === "activating" || (state === "inactive" && hasJob(promote));
}

/** It failed after the promotion and before the target stopped, so not because of that. */
export function failedBeforeStop(unit: Properties, { target, promote }: UnitStates): boolean {
  const diedAt = microseconds(unit, ACTIVE_UNTIL);
  return unit.get("ActiveState") === "failed" && diedAt > microseconds(promote, ACTIVE_SINCE) &&
    diedAt <= microseconds(target, ACTIVE_UNTIL);
}

/** Why a unit of the start list does not run although nothing of it failed. */
export type NotStartedReason = "condition" | "assertion" | "notReached" | "cancelled";

/**
 * Units that did not start after the promotion, and nothing is under way for them. `notReached`: nothing has happened to the
 * unit at all, as when a unit before it failed, or the start list was shorter when it was started. `cancelled`: its start
 * began and was cancelled before it was active, as by a stop that ended halfway; a oneshot unit that is over looks the same.
 */
export function notStarted({ promote, units }: UnitStates): Map<string, NotStartedReason> {
  const promoted = microseconds(promote, ACTIVE_SINCE);
  const found = new Map<string, NotStartedReason>();
  for (const [unit, state] of units) {
    if (state.get("ActiveState") !== "inactive" || hasJob(state)) continue;
    const isSince = (property: string) => promoted > 0 && microseconds(state, property) >= promoted;
    if (state.get("ConditionResult") === "no" && isSince("ConditionTimestampMonotonic")) {
      found.set(unit, "condition");
    } else if (state.get("AssertResult") === "no" && isSince("AssertTimestampMonotonic")) {
      found.set(unit, "assertion");
    } else if (Number(state.get(CHANGED_AT) ?? Infinity) < promoted) found.set(unit, "notReached");
    else if (isSince(BEGUN_AT) && !isSince(ACTIVE_SINCE) && state.get("Type") !== "oneshot") {
      found.set(unit, "cancelled");
    }
  }
  return found;
}

/** 0 if systemd has no time. */
export function microseconds(unit: Properties, property: string): number {
  return Number(unit.get(property) ?? 0);
}
