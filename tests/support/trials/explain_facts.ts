/** Facts about a resource "web" on node alpha, as `drbddctl explain` gathers them. */
import * as v from "valibot";
import { resourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import type { Decisions, Facts, Unit, Units } from "../../../src/ctl/explain/facts/facts.ts";
import { trusted } from "../../../src/ctl/explain/facts/trusted.ts";
import { modelResource } from "../core/resource_json.ts";
import type { Sample } from "../core/sample_lines.ts";
import { type Trouble, troubleUnits } from "./troubles.ts";

export const NOW_MS = Date.UTC(2026, 0, 31, 3, 4, 5);
export const QUORUM = {
  autoPromote: false,
  quorum: "majority",
  onNoQuorum: "io-error",
  onNoDataAccessible: "io-error",
  onSuspendedPrimaryOutdated: "force-secondary",
  connections: [],
};

export const UNPROTECTED = { ...QUORUM, quorum: "off" };

export function unit(name: string, activeState: string, more: Partial<Unit> = {}): Unit {
  return { name, loadState: "loaded", activeState, isFrozen: false, ...more };
}

export function units(target: string, service = target, more: Partial<Unit> = {}): { value: Units } {
  return {
    value: {
      target: unit("drbd-services@web.target", target, more),
      promotion: unit("drbd-promote@web.service", "active"),
      services: [unit("nginx.service", service)],
      missing: [],
    },
  };
}

export function decided(...list: [secondsAgo: number, text: string][]): { value: Decisions } {
  return {
    value: { list: list.map(([ago, text]) => ({ wallMs: NOW_MS - ago * 1000, text })), source: "drbdd" },
  };
}

/** A resource that could be promoted here, and is not. */
export function factsOf(
  sample: Partial<Sample>,
  changes: Partial<Facts> = {},
  table: ResourceInput = {},
): Facts {
  const config = resourceConfig("web", v.parse(RESOURCE_TABLE, { start: ["nginx.service"], ...table }));
  return {
    name: "web",
    node: "alpha",
    wallMs: NOW_MS,
    promoter: { file: "/etc/drbdd.d/web.toml", config },
    disabledFile: undefined,
    resource: { value: modelResource({ name: "web", ...sample }) },
    splitBrainPeers: [],
    moduleVersion: "9.2.12",
    options: { value: QUORUM },
    units: units("inactive"),
    unitFindings: { value: [] },
    missingDevices: [],
    heldBecause: undefined,
    isMarked: true,
    hold: undefined,
    beside: [],
    daemon: { value: { isRunning: true, stale: undefined } },
    start: {},
    decisions: decided(),
    ...changes,
  };
}

/** With the last decisions. */
export function factsOfTrouble(
  trouble: Trouble,
  decisions: readonly [secondsAgo: number, text: string][] = [],
): Facts {
  const { splitBrainPeers = [], sample, start = {}, moduleVersion = "9.2.12" } = trouble;
  const { target, dependencies: [promotion = target, ...services] } = troubleUnits(trouble);
  const unit = (each: typeof target) => ({ ...each, isFrozen: false });
  const facts = factsOf(sample, {
    splitBrainPeers,
    moduleVersion,
    units: {
      value: { target: unit(target), promotion: unit(promotion), services: services.map(unit), missing: [] },
    },
    start,
    decisions: decided(...decisions),
  });
  return trusted(facts);
}
