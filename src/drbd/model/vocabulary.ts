/**
 * All words of DRBD 9 that drbdd knows, in the kernel's order. They are spelled nowhere else in drbdd.
 *
 * Sources: drbd_strings.c of drbd-headers for states; drbdsetup.c and drbdsetup_events2.c of drbd-utils for verbs, objects and
 * comma-separated lists.
 */

/** A word of a known list, or the text of one that a newer DRBD prints. */
export type Word<Known extends string> = Known | (string & Record<never, never>);

/** What happened to an object. `call` and `response` are for helpers, `rename` is for resources. */
export const VERBS = ["exists", "create", "change", "destroy", "call", "response", "rename"] as const;
export type Verb = typeof VERBS[number];

/** Kinds of objects that lines are about. */
export const OBJECTS = ["resource", "device", "connection", "peer-device", "path", "helper"] as const;
export type ObjectKind = typeof OBJECTS[number];

/** Roles of a resource, on this node or a peer. */
export const ROLES = ["Unknown", "Primary", "Secondary"] as const;
export type Role = Word<typeof ROLES[number]>;

/** Disk states, worst to best; the index is the kernel's number. Only peers can be `DUnknown`. */
export const DISK_STATES = [
  "Diskless",
  "Attaching",
  "Detaching",
  "Failed",
  "Negotiating",
  "Inconsistent",
  "Outdated",
  "DUnknown",
  "Consistent",
  "UpToDate",
] as const;
export type DiskState = Word<typeof DISK_STATES[number]>;

/** Connection states; the index is the kernel's number. */
export const CONNECTION_STATES = [
  "StandAlone",
  "Disconnecting",
  "Unconnected",
  "Timeout",
  "BrokenPipe",
  "NetworkFailure",
  "ProtocolError",
  "TearDown",
  "Connecting",
  "Connected",
] as const;
export type ConnectionState = Word<typeof CONNECTION_STATES[number]>;

/** Replication states; the index is the kernel's number. */
export const REPLICATION_STATES = [
  "Off",
  "Established",
  "StartingSyncS",
  "StartingSyncT",
  "WFBitMapS",
  "WFBitMapT",
  "WFSyncUUID",
  "SyncSource",
  "SyncTarget",
  "VerifyS",
  "VerifyT",
  "PausedSyncS",
  "PausedSyncT",
  "Ahead",
  "Behind",
] as const;
export type ReplicationState = Word<typeof REPLICATION_STATES[number]>;

/** Why I/O of a resource is suspended, in the order drbdsetup prints the reasons. */
export const SUSPEND_REASONS = ["user", "no-data", "fencing", "quorum"] as const;
export type SuspendReason = Word<typeof SUSPEND_REASONS[number]>;

/** Why a resync is suspended, in the order drbdsetup prints the reasons. */
export const RESYNC_SUSPEND_REASONS = ["user", "peer", "dependency", "max-parallel"] as const;
export type ResyncSuspendReason = Word<typeof RESYNC_SUSPEND_REASONS[number]>;

/** Which layer of a device is congested. */
export const BLOCKED_LAYERS = ["upper", "lower"] as const;
export type BlockedLayer = Word<typeof BLOCKED_LAYERS[number]>;

/** How DRBD preserves the order of writes on a device. */
export const WRITE_ORDERINGS = ["none", "drain", "flush", "barrier"] as const;
export type WriteOrdering = Word<typeof WRITE_ORDERINGS[number]>;

/** `unknown`: the kernel is too old to say. */
export const TRISTATES = ["yes", "no", "unknown"] as const;
export type Tristate = Word<typeof TRISTATES[number]>;

/** Phases of a user-mode helper: the kernel is about to run it, or has its result. */
export const HELPER_PHASES = ["call", "response"] as const;
export type HelperPhase = typeof HELPER_PHASES[number];
