/** The health assessment of what is known, as all others show it. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { assess } from "../../../health/assess.ts";
import { observe } from "../../../health/observe.ts";
import type { ObservedPromoter, ObservedUnit } from "../../../health/observed.ts";
import type { Health } from "../../../health/problem.ts";
import { baseName, stem } from "../../config/config_files.ts";
import type { Facts, Unit, Units } from "../facts/facts.ts";
import { protection } from "../facts/protection.ts";

export function healthOfFacts(facts: Facts): Health {
  const { name, resource, splitBrainPeers, moduleVersion } = facts;
  const found = "value" in resource ? resource.value : undefined;
  return assess({
    name,
    resource: found && observe(found),
    unknown: "unknown" in resource ? resource.unknown : undefined,
    splitBrainPeers,
    moduleVersion,
    promoter: promoterOf(facts),
  });
}

function promoterOf(facts: Facts): ObservedPromoter | undefined {
  const { promoter, disabledFile, units, hold, start } = facts;
  if (promoter === undefined) {
    return disabledFile === undefined ? undefined : { file: stem(baseName(disabledFile)), isEnabled: false };
  }
  const protects = protection(facts);
  const isSystemd = promoter.config.runner === "systemd";
  return {
    file: stem(baseName(promoter.file)),
    isEnabled: true,
    onHold: hold && describeHold(hold),
    ...start,
    unprotected: protects?.by === "none" ? protects : undefined,
    unknown: isSystemd && "unknown" in units
      ? `the state of its services is not known: ${units.unknown}`
      : undefined,
    units: isSystemd && "value" in units ? observedUnits(units.value) : undefined,
  };
}

function observedUnits({ target, promotion, services, missing }: Units) {
  const unit = ({ name, activeState, loadState, isFrozen }: Unit): ObservedUnit => ({
    name,
    activeState,
    loadState,
    freezerState: isFrozen ? "frozen" : "running",
    isHeldBack: missing.some((each) => each.unit === name),
  });
  return { target: unit(target), dependencies: [promotion, ...services].map(unit) };
}
