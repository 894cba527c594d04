/** Health over time: when each problem was first seen, and resyncs without progress. Pure: times are parameters. */
import { assess } from "./assess.ts";
import type { Observed, ObservedPeerDevice, ObservedResource } from "./observed.ts";
import { type Health, healthOf, type Problem } from "./problem.ts";
import { isSyncing } from "./resync.ts";

/** A resync whose counters have not changed for this long is stuck. */
const STUCK_AFTER_MS = 60_000;

export interface Moment {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** When drbdsetup was last asked for counters, in milliseconds of a monotonic clock; -Infinity before that. */
  readonly countersMs: number;
}

interface Remembered {
  /** When problems were first seen, by id and object. */
  sinceByProblem: Map<string, number>;
  /** The counters of resyncs, and since when they have not changed, by peer and volume. */
  syncs: Map<string, { readonly progress: string; readonly sinceMs: number }>;
  health: Health;
}

export class HealthMemory {
  readonly #resources = new Map<string, Remembered>();

  /** As `assess`, with times. Returns the same object while nothing changes. */
  assess(observed: Observed, { wallMs, countersMs }: Moment): Health {
    const before = this.#resources.get(observed.name);
    const syncs: Remembered["syncs"] = new Map();
    const resource = observed.resource && withStuck(observed.resource, before?.syncs, syncs, countersMs);
    const sinceByProblem = new Map<string, number>();
    const { problems } = assess({ ...observed, resource });
    const health = healthOf(problems.map((problem): Problem => {
      const key = `${problem.id} ${problem.about}`;
      const sinceMs = problem.sinceMs ?? before?.sinceByProblem.get(key) ?? wallMs;
      sinceByProblem.set(key, sinceMs);
      return { ...problem, sinceMs };
    }));
    const isSame = before !== undefined && JSON.stringify(before.health) === JSON.stringify(health);
    const remembered = { sinceByProblem, syncs, health: isSame ? before.health : health };
    this.#resources.set(observed.name, remembered);
    return remembered.health;
  }

  /** Forgets a resource that no longer exists. */
  forget(name: string): void {
    this.#resources.delete(name);
  }
}

function withStuck(
  resource: ObservedResource,
  before: Remembered["syncs"] | undefined,
  syncs: Remembered["syncs"],
  countersMs: number,
): ObservedResource {
  // Before drbdsetup was asked for counters nothing can have stood still.
  if (!Number.isFinite(countersMs) || !resource.peerDevices.some(isSyncing)) return resource;
  return {
    ...resource,
    peerDevices: resource.peerDevices.map((peerDevice): ObservedPeerDevice => {
      if (!isSyncing(peerDevice)) return peerDevice;
      const { peerNodeId, volume, replicationState, donePercent, outOfSyncKib } = peerDevice;
      const key = `${peerNodeId} ${volume}`;
      const progress = `${replicationState} ${donePercent} ${outOfSyncKib}`;
      const known = before?.get(key);
      const sinceMs = known?.progress === progress ? known.sinceMs : countersMs;
      syncs.set(key, { progress, sinceMs });
      const stuckForMs = Math.floor((countersMs - sinceMs) / STUCK_AFTER_MS) * STUCK_AFTER_MS;
      return stuckForMs < STUCK_AFTER_MS ? peerDevice : { ...peerDevice, stuckForMs };
    }),
  };
}
