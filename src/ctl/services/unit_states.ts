/** The state of units of promoters' resources in systemd. */
import { OBSERVED_PROPERTIES, observedUnit } from "../../../plugins/promoter/systemd/units/observed_unit.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { promoteUnitOf, secondaryTargetOf, targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import type { SecondaryConfig } from "../../../plugins/promoter/config/secondary_config.ts";
import type { ObservedUnit } from "../../health/observed.ts";
import type { ObservedSecondary } from "../../health/secondary_problems.ts";
import type { Effects } from "../../effects/effects.ts";
import { inTime } from "../cli/in_time.ts";

/** How many units to pass to systemctl at a time. */
const UNITS_AT_ONCE = 300;

/** The target, the promote unit, the units of the start list. */
export function unitNames(config: ResourceConfig): string[] {
  const own = [targetOf(config.name), promoteUnitOf(config.name)];
  return config.runner === "shell" ? own : [...own, ...config.start.map(({ unit }) => unit)];
}

/** By name. @throws If systemctl fails, or does not answer. */
export async function unitsOf(
  configs: readonly ResourceConfig[],
  { effects }: { readonly effects: Effects },
): Promise<ReadonlyMap<string, ObservedUnit>> {
  const systemctl = new Systemctl(effects);
  const names = [...new Set(configs.flatMap(unitNames))];
  const units = new Map<string, ObservedUnit>();
  for (let at = 0; at < names.length; at += UNITS_AT_ONCE) {
    const some = names.slice(at, at + UNITS_AT_ONCE);
    const states = await inTime(effects.clock, systemctl.show(some, OBSERVED_PROPERTIES));
    some.forEach((name, place) => units.set(name, observedUnit(name, states[place] ?? new Map())));
  }
  return units;
}

/** The units of services that run where a resource is Secondary: the target first. @throws As `unitsOf`. */
export async function observedSecondary(
  effects: Effects,
  { name, start }: SecondaryConfig,
): Promise<Pick<ObservedSecondary, "target" | "units">> {
  const names = [secondaryTargetOf(name), ...start.map(({ unit }) => unit)];
  const states = await inTime(effects.clock, new Systemctl(effects).show(names, OBSERVED_PROPERTIES));
  const [target = unknownUnit(names[0] ?? ""), ...units] = names.map((unit, place) =>
    observedUnit(unit, states[place] ?? new Map())
  );
  return { target, units };
}

/** A unit of which systemd reports nothing. */
export function unknownUnit(name: string): ObservedUnit {
  return observedUnit(name, new Map());
}
