/**
 * The objects of the kernel of one node: resources with devices, connections, peer-devices and paths. Each has its
 * state twice, as it is and as it was before the change under way, as the kernel does.
 */
import type { NodeConfig, ResourceConfig, ResourceOptions, VolumeConfig } from "../config.ts";
import { DEFAULT_OPTIONS } from "../config.ts";
import type { Disk } from "./disk.ts";
import type { Generation } from "./generation.ts";
import type { ResyncRun } from "../changes/resync_run.ts";
import { bit, type ConnectionState, type DiskState, type ReplicationState, type Role } from "./states.ts";

export interface ResourceFields {
  role: Role;
  suspendedUser: boolean;
  suspendedNoData: boolean;
  suspendedFencing: boolean;
  suspendedQuorum: boolean;
  /** Suspended until the new data generation is known everywhere; printed as `quorum`. */
  suspendedGeneration: boolean;
  forceIoFailures: boolean;
}

export interface DeviceFields {
  disk: DiskState;
  /** As printed: always true with quorum off. */
  quorum: boolean;
  /** By the rules, whether they are enforced or not. */
  countedQuorum: boolean;
}

export interface ConnectionFields {
  connection: ConnectionState;
  peerRole: Role;
}

export interface PeerDeviceFields {
  replication: ReplicationState;
  peerDisk: DiskState;
  suspendedUser: boolean;
  suspendedPeer: boolean;
  /** Another peer is resynchronised from first. */
  suspendedDependency: boolean;
  /** Its data do not depend on a Primary that this node cannot see. */
  stable: boolean;
  /** It says that it has quorum. */
  quorate: boolean;
}

/** One of the network paths of a connection; the model has one for each. */
export interface PathObject {
  readonly local: string;
  readonly peer: string;
  established: boolean;
}

export class ResourceObject {
  name: string;
  options: ResourceOptions;
  writeOrdering: "none" | "flush" = "none";
  is: ResourceFields = {
    role: "Secondary",
    suspendedUser: false,
    suspendedNoData: false,
    suspendedFencing: false,
    suspendedQuorum: false,
    suspendedGeneration: false,
    forceIoFailures: false,
  };
  was: ResourceFields = { ...this.is };
  /** By volume. */
  readonly devices: DeviceObject[] = [];
  /** By peer node id. */
  readonly connections: ConnectionObject[] = [];
  /** Nodes that were reachable when last asked, this one included, as bits. */
  members: number;
  /** Lost a peer and wants to know who is still there. */
  callsRoll = false;
  /** Taken down, or lost with its node: nothing more happens to it. */
  gone = false;

  constructor(readonly config: ResourceConfig, readonly node: NodeConfig) {
    this.name = config.name;
    this.options = { ...DEFAULT_OPTIONS, ...config.options };
    this.members = bit(node.nodeId);
  }

  device(volume: number): DeviceObject | undefined {
    return this.devices.find((device) => device.volume === volume);
  }

  connectionTo(nodeId: number): ConnectionObject | undefined {
    return this.connections.find((connection) => connection.peer.nodeId === nodeId);
  }
}

/** Somebody who has a device open. */
export interface Opener {
  readonly writable: boolean;
  readonly by: string;
}

export class DeviceObject {
  readonly volume: number;
  readonly minor: number;
  /** The attached disk; kept while it is being detached. */
  disk: Disk | undefined;
  is: DeviceFields = { disk: "Diskless", quorum: false, countedQuorum: false };
  was: DeviceFields = { ...this.is };
  readonly openers = new Set<Opener>();
  /** The next write begins a new data generation. */
  newGenerationDue = false;
  /** The data that users of the device have seen last: others may not be shown to them. */
  exposed: Generation | undefined;
  sizeKib = 0;
  readKib = 0;
  writtenKib = 0;
  activityLogWrites = 0;
  bitmapWrites = 0;

  constructor(readonly resource: ResourceObject, readonly config: VolumeConfig, readonly client: boolean) {
    this.volume = config.volume;
    this.minor = config.minor;
  }

  get isOpenForWriting(): boolean {
    for (const opener of this.openers) if (opener.writable) return true;
    return false;
  }
}

/** Two ends that have found one another. It lives until one of them lets go, which the other may not know yet. */
export interface Session {
  readonly ends: readonly [ConnectionObject, ConnectionObject];
  /** Packets wait here while the network is cut, as TCP keeps them. */
  readonly held: (() => void)[];
  /** The last packet of each end, so that none overtakes another. */
  readonly lastPackets: { readonly sentMs: number; readonly arrivalMs: number }[];
  /** A ping was lost, and what was sent instead: nothing arrives any more until one of the ends gives up. */
  isSilent: boolean;
}

export class ConnectionObject {
  is: ConnectionFields = { connection: "StandAlone", peerRole: "Unknown" };
  was: ConnectionFields = { ...this.is };
  paths: PathObject[] = [];
  /** By volume. */
  readonly peerDevices: PeerDeviceObject[] = [];
  session: Session | undefined;
  /** Counts attempts and losses: what belongs to an earlier one is void. */
  round = 0;
  /** Packets that came while the receiver is busy with a user-mode helper. */
  unread: (() => void)[] | undefined;

  constructor(readonly resource: ResourceObject, readonly peer: NodeConfig) {}

  peerDevice(volume: number): PeerDeviceObject | undefined {
    for (const peerDevice of this.peerDevices) if (peerDevice.device.volume === volume) return peerDevice;
    return undefined;
  }

  get isConnected(): boolean {
    return this.is.connection === "Connected";
  }
}

export class PeerDeviceObject {
  is: PeerDeviceFields = {
    replication: "Off",
    peerDisk: "DUnknown",
    suspendedUser: false,
    suspendedPeer: false,
    suspendedDependency: false,
    stable: false,
    quorate: false,
  };
  was: PeerDeviceFields = { ...this.is };
  /** The resync between this device and the peer's, from the exchange of bitmaps on. */
  resync: ResyncRun<PeerDeviceObject> | undefined;
  /** The data the peer has, or as a Primary without a disk has seen, as last reported. */
  generation: Generation | undefined;
  receivedKib = 0;
  sentKib = 0;

  constructor(
    readonly connection: ConnectionObject,
    readonly device: DeviceObject,
    /** The peer has no disk on purpose. */
    readonly peerClient: boolean,
  ) {}

  get nodeId(): number {
    return this.connection.peer.nodeId;
  }

  /** Whether the resync is held up, for whatever reason. */
  get isSuspended(): boolean {
    return this.is.suspendedUser || this.is.suspendedPeer || this.is.suspendedDependency;
  }
}

/** All peer-devices of one device. */
export function peerDevicesOf(device: DeviceObject): PeerDeviceObject[] {
  const found: PeerDeviceObject[] = [];
  for (const connection of device.resource.connections) {
    const peerDevice = connection.peerDevice(device.volume);
    if (peerDevice !== undefined) found.push(peerDevice);
  }
  return found;
}

export function isSuspended(fields: ResourceFields): boolean {
  return fields.suspendedUser || fields.suspendedNoData || fields.suspendedFencing ||
    fields.suspendedQuorum || fields.suspendedGeneration;
}
