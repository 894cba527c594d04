/**
 * What the MIB has, as tables: the same objects as drbd-reactor's, at the same places, of the same types. The MIB file in
 * example/ and the README are checked against these.
 */
import type { Counter } from "../../src/drbd/model/counter.ts";
import type { Versions } from "../../src/drbd/model/versions.ts";
import { DISK_STATES, REPLICATION_STATES } from "../../src/drbd/model/vocabulary.ts";
import type { MinorRow } from "./minor_row.ts";

/** Types of SMIv2. A `TruthValue` is a boolean here, a `Counter64` may be a bigint. */
export type Syntax = "Integer32" | "Unsigned32" | "Counter64" | "TruthValue" | "DisplayString";
export type Value = Counter | string | boolean;

interface Description {
  /** As the MIB has it. */
  readonly name: string;
  readonly syntax: Syntax;
  readonly description: string;
}

/** An object of which there is one. */
export interface Scalar extends Description {
  /** Its place below `drbdMeta`. */
  readonly number: number;
  readonly value: (versions: Versions) => Value;
}

/** A column of the table of minors. */
export interface Column extends Description {
  readonly number: number;
  readonly units?: string;
  /** Undefined if it is not known: then there is no such instance. */
  readonly value: (row: MinorRow) => Value | undefined;
}

export const SCALARS: readonly Scalar[] = [
  {
    number: 1,
    name: "drbdModuleVersion",
    syntax: "DisplayString",
    description: "Version of the DRBD kernel module; 0.0.0 if it is not loaded.",
    value: ({ module }) => module,
  },
  {
    number: 2,
    name: "drbdUtilsVersion",
    syntax: "DisplayString",
    description: "Version of drbd-utils.",
    value: ({ utils }) => utils,
  },
];

/** What is known of the minor itself. */
const OWN_COLUMNS: readonly Omit<Column, "number">[] = [
  {
    name: "drbdMinor",
    syntax: "Integer32",
    description: "Minor number of the device.",
    value: ({ minor }) => minor,
  },
  {
    name: "drbdResourceName",
    syntax: "DisplayString",
    description: "Name of the resource that the device belongs to.",
    value: ({ resource }) => resource.name,
  },
  {
    name: "drbdResourceRole",
    syntax: "DisplayString",
    description: "Role of the resource on this node: Primary, Secondary or Unknown.",
    value: ({ resource }) => resource.role,
  },
  {
    name: "drbdResourceSuspended",
    syntax: "TruthValue",
    description: "Whether I/O of the resource is suspended, for whatever reason.",
    value: ({ resource }) => resource.suspended.length > 0,
  },
  {
    name: "drbdResourceWriteOrdering",
    syntax: "DisplayString",
    description: "How the order of writes is kept: none, drain, flush or barrier.",
    value: ({ resource }) => resource.writeOrdering,
  },
  {
    name: "drbdResourceForceIOFailures",
    syntax: "TruthValue",
    description: "Whether the resource was demoted by force, so that all I/O fails until nobody has it open.",
    value: ({ resource }) => resource.forceIoFailures,
  },
  {
    name: "drbdResourceMayPromote",
    syntax: "TruthValue",
    description: "Whether the resource could be promoted on this node.",
    value: ({ resource }) => resource.mayPromote,
  },
  {
    name: "drbdResourcePromotionScore",
    syntax: "Integer32",
    description: "How good the data of this node are for a promotion, higher is better.",
    value: ({ resource }) => resource.promotionScore,
  },
  {
    name: "drbdVolume",
    syntax: "Integer32",
    description: "Number of the volume within the resource.",
    value: ({ device }) => device.volume,
  },
  {
    name: "drbdDiskState",
    syntax: "DisplayString",
    description: "State of the local disk, for example UpToDate.",
    value: ({ device }) => device.diskState,
  },
  {
    name: "drbdBackingDev",
    syntax: "DisplayString",
    description: "Path of the local disk, or none while there is no usable one.",
    value: ({ device }) => device.backingDev ?? "none",
  },
  {
    name: "drbdClient",
    syntax: "TruthValue",
    description: "Whether the device is diskless on purpose.",
    value: ({ device }) => device.client === "yes",
  },
  {
    name: "drbdQuorum",
    syntax: "TruthValue",
    description: "Whether the device has quorum.",
    value: ({ device }) => device.quorum,
  },
  {
    name: "drbdSize",
    syntax: "Unsigned32",
    description: "Size of the device, in units of drbdSizeUnits bytes.",
    value: (row) => row.size?.size,
  },
  {
    name: "drbdSizeUnits",
    syntax: "Unsigned32",
    units: "bytes",
    description: "Bytes of one unit of drbdSize: 1024, or a power of it if the size is too large for that.",
    value: (row) => row.size?.units,
  },
  {
    name: "drbdRead",
    syntax: "Counter64",
    units: "KiB",
    description: "Data read from the local disk.",
    value: ({ statistics }) => statistics.readKib,
  },
  {
    name: "drbdWritten",
    syntax: "Counter64",
    units: "KiB",
    description: "Data written to the local disk.",
    value: ({ statistics }) => statistics.writtenKib,
  },
  {
    name: "drbdAlWrites",
    syntax: "Counter64",
    description: "Writes to the activity log in the metadata.",
    value: ({ statistics }) => statistics.alWrites,
  },
  {
    name: "drbdBmWrites",
    syntax: "Counter64",
    description: "Writes to the bitmap in the metadata.",
    value: ({ statistics }) => statistics.bmWrites,
  },
  {
    name: "drbdUpperPending",
    syntax: "Unsigned32",
    description: "Requests to the device that are not yet answered.",
    value: ({ statistics }) => statistics.upperPending,
  },
  {
    name: "drbdLowerPending",
    syntax: "Unsigned32",
    description: "Requests of DRBD to the local disk that are not yet answered.",
    value: ({ statistics }) => statistics.lowerPending,
  },
  {
    name: "drbdAlSuspended",
    syntax: "TruthValue",
    description: "Whether writing to the activity log is suspended.",
    value: ({ statistics }) => statistics.alSuspended,
  },
  {
    name: "drbdBlocked",
    syntax: "DisplayString",
    description: "Which side of the device is congested: no, upper, lower, or upper,lower.",
    value: ({ device }) => device.blocked.length === 0 ? "no" : device.blocked.join(","),
  },
];

const PEER_COLUMNS: readonly Omit<Column, "number">[] = [
  {
    name: "drbdPeerNumberOfPeers",
    syntax: "Integer32",
    description: "Number of peers that the volume is configured for.",
    value: ({ peers }) => peers.length,
  },
  ...DISK_STATES.map((state): Omit<Column, "number"> => ({
    name: `drbdPeerDisk${state === "DUnknown" ? "Unknown" : state}`,
    syntax: "Integer32",
    description: `Number of peers whose disk is ${state}.`,
    value: ({ peers }) => peers.filter(({ peerDiskState }) => peerDiskState === state).length,
  })),
  ...REPLICATION_STATES.map((state): Omit<Column, "number"> => ({
    name: `drbdPeerRepl${state}`,
    syntax: "Integer32",
    description: `Number of peers whose replication is ${state}.`,
    value: ({ peers }) => peers.filter(({ replicationState }) => replicationState === state).length,
  })),
];

/** The columns by number, from 1 up; those about peers only if they are wanted. */
export function columnsOf(peerStates: boolean): readonly Column[] {
  const columns = peerStates ? [...OWN_COLUMNS, ...PEER_COLUMNS] : OWN_COLUMNS;
  return columns.map((column, place) => ({ ...column, number: place + 1 }));
}
