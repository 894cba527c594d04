/** What nodes report to their neighbours about their disks. */
import type { Generation } from "../kernel/generation.ts";
import {
  type ConnectionObject,
  type DeviceObject,
  type PeerDeviceObject,
  peerDevicesOf,
} from "../kernel/objects.ts";
import { otherEnd, send } from "./sessions.ts";
import { type DiskState, isAtLeast } from "../kernel/states.ts";
import type { Kernel } from "../kernel/transaction.ts";

/** A disk as its node describes it to one neighbour. */
export interface PeerReport {
  readonly disk: DiskState;
  /** It does not want to be resynchronised from this neighbour now. */
  readonly suspended: boolean;
  readonly stable: boolean;
  readonly quorate: boolean;
  readonly generation: Generation | undefined;
}

/**
 * Data are stable unless a Primary elsewhere is changing its own: then only the Primary knows which are right. A
 * Primary whose disk is not UpToDate has none but its peers'.
 */
export function isStable({ resource, volume }: DeviceObject, when: "is" | "was" = "is"): boolean {
  return resource[when].role === "Primary" ||
    !resource.connections.some((connection) =>
      connection[when].peerRole === "Primary" && connection.peerDevice(volume)?.[when].peerDisk === "UpToDate"
    );
}

export function peerReportOf(device: DeviceObject, to: ConnectionObject): PeerReport {
  const peer = to.peerDevice(device.volume)?.is;
  return {
    disk: isAtLeast(device.is.disk, "Negotiating") ? device.is.disk : lostDisk(device.is.disk),
    suspended: peer !== undefined && (peer.suspendedUser || peer.suspendedDependency),
    stable: isStable(device),
    quorate: device.is.quorum,
    generation: device.disk === undefined ? device.exposed : device.disk.generation,
  };
}

/** Applies it; but a Primary without a disk wants the very data its users have seen. */
export function applyPeerReport(peer: PeerDeviceObject, report: PeerReport): void {
  const { is, device } = peer;
  const { disk, exposed, resource } = device;
  peer.generation = report.generation;
  const isStrange = resource.is.role === "Primary" && disk === undefined && exposed !== undefined &&
    report.generation !== exposed;
  is.peerDisk = isStrange && report.disk === "UpToDate" ? "Consistent" : report.disk;
  is.suspendedPeer = report.suspended;
  is.stable = report.stable;
  is.quorate = report.quorate;
}

/** Nothing is sent yet about a disk that is being attached. */
function lostDisk(disk: DiskState): DiskState {
  return disk === "Attaching" ? "Diskless" : disk;
}

/** Tells all connected peers how a device stands. */
export function sendState(kernel: Kernel, device: DeviceObject): void {
  for (const peer of peerDevicesOf(device)) {
    if (!peer.connection.isConnected) continue;
    const report = peerReportOf(device, peer.connection);
    send(kernel, peer.connection, (to) => receive(kernel, to, device.volume, report));
  }
}

function receive(kernel: Kernel, to: ConnectionObject, volume: number, report: PeerReport): void {
  const peer = to.peerDevice(volume);
  if (peer === undefined || !to.isConnected || peer.is.replication === "Off") return;
  kernel.change(to.resource, () => applyPeerReport(peer, report));
  const mine = peer.device.disk;
  const theirs = otherEnd(to)?.resource.device(volume)?.disk;
  const areSame = mine !== undefined && theirs !== undefined && mine.generation === theirs.generation;
  const bothUpToDate = report.disk === "UpToDate" && peer.device.is.disk === "UpToDate";
  if (bothUpToDate && peer.is.replication === "Established" && areSame) {
    mine.setOutOfSync(peer.nodeId, 0);
    theirs.setOutOfSync(to.resource.node.nodeId, 0);
  }
}
