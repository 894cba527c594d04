/** The state of a resource's services on this node, in the form of the API. */
import type { ObservedPromoter, ObservedUnit } from "../../../src/health/observed.ts";

/** Null if no promoter manages the resource. */
export function promoterObject(promoter: ObservedPromoter | undefined) {
  if (promoter === undefined) return null;
  const { file, phase, onHold, waitsFor, units } = promoter;
  return {
    "file": file,
    "phase": phase?.name ?? null,
    "since": timeOf(phase?.sinceMs),
    "on-hold": onHold ?? null,
    "waits-for": waitsFor?.what ?? null,
    "units": units === undefined ? [] : [units.target, ...units.dependencies].map(unitObject),
  };
}

function unitObject({ name, activeState, loadState, freezerState, sinceMs }: ObservedUnit) {
  return {
    "name": name,
    "active-state": activeState,
    "load-state": loadState,
    "freezer-state": freezerState,
    "since": timeOf(sinceMs),
  };
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
