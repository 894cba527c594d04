/** Using a device: opening, writing, closing. */
import { Generation } from "../kernel/generation.ts";
import {
  type DeviceObject,
  isSuspended,
  type Opener,
  type PeerDeviceObject,
  peerDevicesOf,
  type ResourceObject,
} from "../kernel/objects.ts";
import { hasData } from "../kernel/sanitize.ts";
import { isBroken, otherEnd } from "../network/sessions.ts";
import type { Kernel } from "../kernel/transaction.ts";

/** What becomes of a write. `suspended` ones wait until I/O goes on or fails. */
export type WriteOutcome = "written" | "io-error" | "suspended";

/** The most of a disk that a crashed Primary has to look at: the activity log covers no more. */
const MOST_ACTIVE_KIB = 64 * 1024;
/** What an activity log extent covers. */
const EXTENT_KIB = 4 * 1024;

/** Opens a device. Undefined if it is refused: on a Secondary, and while a forced demotion waits for its openers. */
export function open(kernel: Kernel, device: DeviceObject, opener: Opener): Opener | undefined {
  const { resource } = device;
  if (resource.is.role !== "Primary" || resource.is.forceIoFailures) return undefined;
  const wasOpen = device.openers.size > 0;
  device.openers.add(opener);
  if (!wasOpen) kernel.world.publish(resource, { devices: [device] });
  return opener;
}

/** Closes what was opened. The last one to close ends a forced demotion. */
export function close(kernel: Kernel, device: DeviceObject, opener: Opener): void {
  const { resource } = device;
  if (!device.openers.delete(opener) || resource.gone) return;
  const isHeld = resource.devices.some(({ openers }) => openers.size > 0);
  if (resource.is.forceIoFailures && !isHeld) {
    kernel.change(resource, () => resource.is.forceIoFailures = false);
  }
  if (device.openers.size === 0) kernel.world.publish(resource, { devices: [device] });
}

/**
 * What a write of the Primary would become now. It waits for peers that do not answer until their loss is noticed: for
 * those that have to write it, too, and for tiebreakers, by which alone it may have quorum.
 */
export function writeOutcome({ world }: Kernel, device: DeviceObject): WriteOutcome {
  const { is, options } = device.resource;
  if (is.role !== "Primary" || is.forceIoFailures) return "io-error";
  if (isSuspended(is)) return "suspended";
  const hasQuorum = device.is.quorum || options.onNoQuorum === "suspend-io";
  if (!hasQuorum || !hasData(device, "is")) return "io-error";
  for (const peer of peerDevicesOf(device)) {
    if (peer.connection.isConnected && isBroken(world, peer.connection)) return "suspended";
  }
  return "written";
}

/** Writes on all disks that are connected, and notes for the others what they miss. */
export function write(kernel: Kernel, device: DeviceObject, kib: number): WriteOutcome {
  const outcome = writeOutcome(kernel, device);
  if (outcome !== "written") return outcome;
  if (device.newGenerationDue) newGeneration(device);
  const replicas = replicasOf(device);
  const missing = device.resource.connections.flatMap((connection) => {
    const peer = connection.peerDevice(device.volume);
    return peer === undefined || peer.peerClient || isReplicated(peer) ? [] : [peer.nodeId];
  });
  if (device.disk === undefined && !device.client) missing.push(device.resource.node.nodeId);
  for (const replica of replicas) {
    replica.writtenKib += kib;
    const { disk } = replica;
    if (disk === undefined) continue;
    for (const nodeId of missing) {
      if (nodeId !== replica.resource.node.nodeId) disk.addOutOfSync(nodeId, kib);
    }
  }
  device.activityLogWrites++;
  if (device.disk !== undefined) {
    const activeKib = Math.ceil((device.disk.activeKib + kib) / EXTENT_KIB) * EXTENT_KIB;
    device.disk.activeKib = Math.min(activeKib, MOST_ACTIVE_KIB, device.disk.sizeKib);
  }
  for (const peer of peerDevicesOf(device)) {
    if (!isReplicated(peer)) continue;
    peer.sentKib += kib;
    const theirs = otherEnd(peer.connection)?.peerDevice(device.volume);
    if (theirs !== undefined) theirs.receivedKib += kib;
  }
  return "written";
}

function isReplicated({ is }: PeerDeviceObject): boolean {
  return is.replication !== "Off" && is.peerDisk !== "Diskless" && is.peerDisk !== "DUnknown";
}

/** This device and those of the peers that get its writes. */
function replicasOf(device: DeviceObject): DeviceObject[] {
  const replicas = [device];
  for (const peer of peerDevicesOf(device)) {
    const theirs = isReplicated(peer) ? otherEnd(peer.connection)?.resource.device(device.volume) : undefined;
    if (theirs !== undefined) replicas.push(theirs);
  }
  return replicas;
}

/** The Primary goes on without somebody: the data it writes from here on are a new generation. */
export function newGeneration(device: DeviceObject): void {
  device.newGenerationDue = false;
  const replicas = replicasOf(device).filter(({ disk, is }) => disk !== undefined && is.disk === "UpToDate");
  const parent = replicas[0]?.disk?.generation ?? device.disk?.generation;
  const generation = new Generation(parent);
  for (const { disk } of replicas) if (disk !== undefined) disk.generation = generation;
  if (device.disk !== undefined && replicas.length === 0) device.disk.generation = generation;
  device.exposed = generation;
}

/** The data that a device shows: those of its own disk, or those of a peer's. */
export function generationShown(device: DeviceObject): Generation | undefined {
  if (device.is.disk === "UpToDate") return device.disk?.generation;
  for (const peer of peerDevicesOf(device)) {
    if (peer.is.replication === "Off" || peer.is.peerDisk !== "UpToDate") continue;
    return otherEnd(peer.connection)?.resource.device(device.volume)?.disk?.generation;
  }
  return undefined;
}

/** Whether somebody uses a resource. */
export function isInUse(resource: ResourceObject): boolean {
  return resource.devices.some(({ openers }) => openers.size > 0);
}
