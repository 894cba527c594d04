/**
 * What drbdd knows of one node's DRBD: resources with their devices, connections, peer-devices and paths.
 *
 * All of it is immutable: a resource is a snapshot that may be kept. Snapshots share what did not change between them.
 */
import type { Counter } from "./counter.ts";
import type {
  BlockedLayer,
  ConnectionState,
  DiskState,
  ReplicationState,
  ResyncSuspendReason,
  Role,
  SuspendReason,
  Tristate,
  WriteOrdering,
} from "./vocabulary.ts";

/** The state of a resource itself, without its children. */
export interface ResourceState {
  /** This node's role. */
  readonly role: Role;
  /** Why I/O is suspended; empty when it is not. */
  readonly suspended: readonly SuspendReason[];
  readonly forceIoFailures: boolean;
  /** Absent if the kernel did not send it or has no name for it. Printed with statistics: no change by itself. */
  readonly writeOrdering: WriteOrdering | undefined;
  /** Whether a promotion would be granted now. Computed by drbdsetup; always false on a Primary. */
  readonly mayPromote: boolean;
  /** How good this node's data are, higher is better. Computed by drbdsetup. */
  readonly promotionScore: number;
}

/** The state of one volume of a resource on this node. */
export interface DeviceState {
  readonly volume: number;
  /** Absent in lines without `--full` only. */
  readonly minor: number | undefined;
  /** Path of the backing block device; absent while the kernel holds no usable local disk. */
  readonly backingDev: string | undefined;
  readonly diskState: DiskState;
  /** `yes`: diskless on purpose; `no` with Diskless: a lost or detached disk. */
  readonly client: Tristate;
  /** Whether the device is open. */
  readonly open: Tristate;
  readonly quorum: boolean;
  /** Absent if the kernel did not send it. */
  readonly sizeKib: Counter | undefined;
  /** Where requests wait. Moves like a counter: no change by itself. */
  readonly blocked: readonly BlockedLayer[];
}

/** The state of a resource's connection to one peer. */
export interface ConnectionFields {
  readonly peerNodeId: number;
  /** Name of the connection, normally the peer's host name; can be empty. */
  readonly connName: string;
  readonly connectionState: ConnectionState;
  /** The peer's role. */
  readonly peerRole: Role;
  readonly congested: boolean;
}

/** The state of one volume as a peer has it. */
export interface PeerDeviceState {
  readonly peerNodeId: number;
  readonly volume: number;
  readonly replicationState: ReplicationState;
  readonly peerDiskState: DiskState;
  readonly peerClient: Tristate;
  /** Why a resync is suspended; empty when it is not. */
  readonly resyncSuspended: readonly ResyncSuspendReason[];
}

/** One network path of a connection. Addresses are as drbdsetup prints them: `FAMILY:HOST:PORT`. */
export interface Path {
  readonly peerNodeId: number;
  readonly local: string;
  readonly peer: string;
  readonly established: boolean;
}

/** The counters of an object as they were printed; `statistics.ts` parses them. */
interface Counted {
  readonly rawStatistics: string;
}

export interface Device extends DeviceState, Counted {}
export interface Connection extends ConnectionFields, Counted {}
export interface PeerDevice extends PeerDeviceState, Counted {}

/** A resource and its children. The lists are sorted as noted, without duplicates. */
export interface Resource extends ResourceState {
  readonly name: string;
  /** By volume. */
  readonly devices: readonly Device[];
  /** By peer node id. */
  readonly connections: readonly Connection[];
  /** By peer node id, then volume. */
  readonly peerDevices: readonly PeerDevice[];
  /** By peer node id, then local and peer address. */
  readonly paths: readonly Path[];
}

/** The device of `volume`, if the resource has it. */
export function deviceOf(resource: Resource, volume: number): Device | undefined {
  return resource.devices.find((device) => device.volume === volume);
}

/** The connection to the peer `peerNodeId`, if the resource has it. */
export function connectionOf(resource: Resource, peerNodeId: number): Connection | undefined {
  return resource.connections.find((connection) => connection.peerNodeId === peerNodeId);
}

/** The volumes of the peer `peerNodeId`. */
export function peerDevicesOf(resource: Resource, peerNodeId: number): readonly PeerDevice[] {
  return resource.peerDevices.filter((peerDevice) => peerDevice.peerNodeId === peerNodeId);
}

/** The paths of the connection to the peer `peerNodeId`. */
export function pathsOf(resource: Resource, peerNodeId: number): readonly Path[] {
  return resource.paths.filter((path) => path.peerNodeId === peerNodeId);
}
