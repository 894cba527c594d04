/**
 * What a change of state brings with it: the rules of sanitize_state() in the kernel's drbd_state.c, as far as the
 * model goes. Nothing here looks beyond the node.
 */
import {
  type ConnectionObject,
  type DeviceObject,
  isSuspended,
  type PeerDeviceObject,
  peerDevicesOf,
  type ResourceObject,
} from "./objects.ts";
import { quorumOf } from "./quorum.ts";
import {
  clamp,
  type DiskState,
  isAtLeast,
  isHardLoss,
  isSyncTarget,
  type ReplicationState,
} from "./states.ts";

/** A resync goes on with another peer only if that saves at least this much. */
const WORTH_SWITCHING_KIB = 1024;

type Limits = readonly [DiskState, DiskState, DiskState, DiskState];

/** Of the local disk and of the peer's, lowest and highest, where a replication state implies any. */
const LIMITS: Partial<Record<ReplicationState, Limits>> = {
  Off: ["Diskless", "UpToDate", "Inconsistent", "DUnknown"],
  WFBitMapT: ["Inconsistent", "Outdated", "Inconsistent", "UpToDate"],
  WFBitMapS: ["Inconsistent", "UpToDate", "Inconsistent", "Consistent"],
  PausedSyncS: ["Inconsistent", "UpToDate", "Inconsistent", "Consistent"],
  PausedSyncT: ["Inconsistent", "Inconsistent", "Inconsistent", "UpToDate"],
  SyncTarget: ["Inconsistent", "Inconsistent", "Inconsistent", "UpToDate"],
  SyncSource: ["Inconsistent", "UpToDate", "Inconsistent", "Inconsistent"],
};

export function sanitize(resource: ResourceObject): void {
  let lostPrimary = false;
  let hasPrimaryPeer = false;
  for (const connection of resource.connections) {
    if (!connection.isConnected) disconnect(connection);
    if (connection.was.peerRole === "Primary" && isHardLoss(connection.is.connection)) lostPrimary = true;
    if (connection.is.peerRole === "Primary") hasPrimaryPeer = true;
  }
  let allHaveData = true;
  let lostData = false;
  let allHaveQuorum = true;
  for (const device of resource.devices) {
    sanitizePeers(device);
    chooseSyncTarget(device);
    for (const peer of peerDevicesOf(device)) imply(device, peer);
    device.is.countedQuorum = quorumOf(device).quorum;
    device.is.quorum = resource.options.quorum === "off" || device.is.countedQuorum;
    if (!device.is.quorum) allHaveQuorum = false;
    if (resource.is.role === "Primary" && !hasData(device, "is")) {
      allHaveData = false;
      if (resource.was.role !== "Primary" || hasData(device, "was")) lostData = true;
    }
    const mayHaveMissedWrites = lostPrimary && !hasPrimaryPeer && resource.was.role === "Secondary";
    if (mayHaveMissedWrites && device.is.disk === "UpToDate") device.is.disk = "Consistent";
  }
  suspend(resource, { allHaveData, lostData, allHaveQuorum });
}

/** Whether the data of a device can be reached, here or on a peer. */
export function hasData(device: DeviceObject, when: "is" | "was"): boolean {
  if (device[when].disk === "UpToDate") return true;
  for (const peer of peerDevicesOf(device)) {
    if (peer[when].replication !== "Off" && peer[when].peerDisk === "UpToDate") return true;
  }
  return false;
}

function disconnect(connection: ConnectionObject): void {
  connection.is.peerRole = "Unknown";
  for (const peer of connection.peerDevices) peer.is.replication = "Off";
}

function sanitizePeers(device: DeviceObject): void {
  for (const peer of peerDevicesOf(device)) {
    const { is } = peer;
    if (is.replication === "Off") {
      is.suspendedPeer = false;
      is.quorate = false;
      is.stable = false;
      if (isAtLeast(is.peerDisk, "Consistent") || !isAtLeast(is.peerDisk, "Inconsistent")) {
        is.peerDisk = "DUnknown";
      }
      fence(device, peer);
    } else if (
      is.replication !== "Established" && (!isAtLeast(device.is.disk, "Negotiating") ||
        !isAtLeast(is.peerDisk, "Negotiating"))
    ) {
      is.replication = "Established";
    }
  }
}

/** I/O waits while it is made sure that a lost peer does not go on without this node. */
function fence(device: DeviceObject, peer: PeerDeviceObject): void {
  const { resource } = device;
  if (
    resource.options.fencing === "resource-and-stonith" && resource.is.role === "Primary" &&
    peer.is.peerDisk === "DUnknown" && !peer.peerClient &&
    (resource.was.role !== "Primary" || peer.was.peerDisk !== "DUnknown")
  ) resource.is.suspendedFencing = true;
}

/** A device is resynchronised from one peer at a time, from the one that has least to send. */
function chooseSyncTarget(device: DeviceObject): void {
  let current: PeerDeviceObject | undefined;
  let best: PeerDeviceObject | undefined;
  for (const peer of peerDevicesOf(device)) {
    if (!isCandidate(peer)) continue;
    if (peer.was.replication === "SyncTarget") current = peer;
    if (best === undefined || leftKib(peer) < leftKib(best)) best = peer;
  }
  if (current !== undefined && best !== undefined && leftKib(current) < leftKib(best) + WORTH_SWITCHING_KIB) {
    best = current;
  }
  for (const peer of peerDevicesOf(device)) {
    peer.is.suspendedDependency = best !== undefined && peer !== best;
    if (isSyncTarget(peer.is.replication)) peer.is.replication = peer === best ? "SyncTarget" : "PausedSyncT";
  }
}

function isCandidate(peer: PeerDeviceObject): boolean {
  return isSyncTarget(peer.is.replication) && !peer.is.suspendedUser && !peer.is.suspendedPeer &&
    isAtLeast(peer.is.peerDisk, "Outdated");
}

function leftKib(peer: PeerDeviceObject): number {
  return peer.device.disk?.differsFrom(peer.nodeId) ?? 0;
}

/** What a peer-device's replication state and news of the peer's disk mean for both disks. */
function imply(device: DeviceObject, peer: PeerDeviceObject): void {
  const { is, was } = peer;
  if (peer.isSuspended && is.replication === "SyncSource") is.replication = "PausedSyncS";
  else if (!peer.isSuspended && is.replication === "PausedSyncS") is.replication = "SyncSource";
  const limits = LIMITS[is.replication];
  if (limits !== undefined) {
    device.is.disk = clamp(device.is.disk, limits[0], limits[1]);
    is.peerDisk = clamp(is.peerDisk, limits[2], limits[3]);
  }
  if (is.replication === "Established") followPeer(device, peer);
  if (was.replication !== "Off" || is.replication === "Off") return;
  if (device.is.disk === "Consistent") device.is.disk = "UpToDate";
  if (peer.connection.is.peerRole === "Primary" && is.peerDisk === "Diskless") {
    meetDisklessPrimary(device, peer);
  }
}

/** What a Primary without a disk has seen last are the right data. */
function meetDisklessPrimary(device: DeviceObject, peer: PeerDeviceObject): void {
  if (device.disk === undefined || peer.generation === undefined) return;
  if (device.disk.generation !== peer.generation) {
    if (device.is.disk === "UpToDate") device.is.disk = "Outdated";
  } else if (isAtLeast(device.is.disk, "Outdated")) device.is.disk = "UpToDate";
}

function followPeer(device: DeviceObject, { is, was, generation }: PeerDeviceObject): void {
  const isGood = isAtLeast(is.peerDisk, "Consistent") && is.stable && generation === device.disk?.generation;
  const isNews = was.replication === "Off" || !was.stable || was.peerDisk === "Outdated";
  if (device.is.disk === "Outdated" && isGood && isNews) device.is.disk = is.peerDisk;
  const becameUpToDate = was.peerDisk === "Consistent" && is.peerDisk === "UpToDate";
  if (device.is.disk === "Consistent" && becameUpToDate && is.stable) device.is.disk = "UpToDate";
}

interface Findings {
  readonly allHaveData: boolean;
  readonly lostData: boolean;
  readonly allHaveQuorum: boolean;
}

function suspend(resource: ResourceObject, { allHaveData, lostData, allHaveQuorum }: Findings): void {
  const { is, was, options, devices } = resource;
  if (allHaveData) is.suspendedNoData = false;
  if (lostData && options.onNoDataAccessible === "suspend-io") is.suspendedNoData = true;
  is.suspendedQuorum = options.onNoQuorum === "suspend-io" && !allHaveQuorum;
  if (is.role !== "Primary" || !devices.some(hasUnfencedPeer)) is.suspendedFencing = false;
  const resumes = isSuspended(was) && !was.suspendedGeneration && !isSuspended(is);
  const isDue = devices.some((device) => device.newGenerationDue) || was.suspendedUser;
  if (resumes && isDue && is.role === "Primary") is.suspendedGeneration = true;
}

/** Whether a peer is away of which nobody knows whether it goes on. */
function hasUnfencedPeer(device: DeviceObject): boolean {
  for (const { is, peerClient } of peerDevicesOf(device)) {
    if (is.replication === "Off" && is.peerDisk === "DUnknown" && !peerClient) return true;
  }
  return false;
}
