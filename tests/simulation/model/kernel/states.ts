/** The words of DRBD as the model uses them: known words only, and their order in the kernel. */
import type {
  CONNECTION_STATES,
  DISK_STATES as DISK_STATE_LIST,
  REPLICATION_STATES,
  ROLES,
} from "../../../../src/drbd/model/vocabulary.ts";
import { DISK_STATES } from "../../../../src/drbd/model/vocabulary.ts";

export type Role = typeof ROLES[number];
export type DiskState = typeof DISK_STATE_LIST[number];
export type ConnectionState = typeof CONNECTION_STATES[number];
export type ReplicationState = typeof REPLICATION_STATES[number];

const DISK_RANKS: ReadonlyMap<string, number> = new Map(DISK_STATES.map((state, rank) => [state, rank]));

/** The kernel's number of a disk state: the higher the better. */
export function rank(state: DiskState): number {
  return DISK_RANKS.get(state) ?? 0;
}

export function isAtLeast(state: DiskState, limit: DiskState): boolean {
  return rank(state) >= rank(limit);
}

/** `state`, brought between the two limits. */
export function clamp(state: DiskState, low: DiskState, high: DiskState): DiskState {
  if (rank(state) < rank(low)) return low;
  return rank(state) > rank(high) ? high : state;
}

export function isSyncTarget(state: ReplicationState): boolean {
  return state === "SyncTarget" || state === "PausedSyncT";
}

export function isSyncSource(state: ReplicationState): boolean {
  return state === "SyncSource" || state === "PausedSyncS";
}

/** Whether a cause ends a connection without either side wanting it. */
export function isHardLoss(state: ConnectionState): boolean {
  return state === "Timeout" || state === "BrokenPipe" || state === "NetworkFailure" ||
    state === "ProtocolError";
}

/** One node in a set of nodes, kept as bits. */
export function bit(nodeId: number): number {
  return 1 << nodeId;
}
