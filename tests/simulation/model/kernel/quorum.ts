/**
 * Who has quorum: the rules of calc_quorum() in the kernel's drbd_state.c, with the default of
 * quorum-dynamic-voters (on).
 */
import type { QuorumRule } from "../config.ts";
import type { DeviceObject } from "./objects.ts";
import { peerDevicesOf } from "./objects.ts";
import { bit, isAtLeast } from "./states.ts";

/** Nodes by what is known of them, this one included. */
export interface Voters {
  readonly upToDate: number;
  /** With a disk that is there, but not UpToDate. */
  readonly present: number;
  /** Away, and known to be Outdated. */
  readonly outdated: number;
  /** Away, and lost while this side had quorum. */
  readonly quorumless: number;
  readonly unknown: number;
  /** Without a disk on purpose. */
  readonly diskless: number;
  readonly missingDiskless: number;
  /** UpToDate peers that say they have quorum; counted by nodes without a disk only. */
  readonly quoratePeers: number;
}

export const NO_VOTERS: Voters = {
  upToDate: 0,
  present: 0,
  outdated: 0,
  quorumless: 0,
  unknown: 0,
  diskless: 0,
  missingDiskless: 0,
  quoratePeers: 0,
};

export interface QuorumResult {
  readonly quorum: boolean;
  /** For the message of a refused promotion. */
  readonly visible: number;
  readonly voters: number;
  readonly needed: number;
}

/** `before` is whether there was quorum a moment ago: nodes without a disk can keep it, but not give it. */
export function decideQuorum(rule: QuorumRule, counted: Voters, before: boolean): QuorumResult {
  const visible = counted.upToDate + counted.present;
  let { unknown, quorumless } = counted;
  const all = counted.outdated + quorumless + unknown + visible;
  if (counted.outdated + quorumless + unknown >= needed(rule, all)) {
    unknown += quorumless;
    quorumless = 0;
  }
  // Nobody who is away can have quorum if each is Outdated or was left behind without it.
  const voters = unknown > 0 ? all : visible;
  const quorumAt = needed(rule, voters);
  const disklessMajority = needed("majority", counted.diskless + counted.missingDiskless);
  const isTie = voters > 0 && voters % 2 === 0 && visible === quorumAt - 1;
  const quorum = counted.quoratePeers > 0 || visible >= quorumAt ||
    (isTie && counted.diskless >= disklessMajority && before);
  return { quorum, visible, voters, needed: quorumAt };
}

function needed(rule: QuorumRule, voters: number): number {
  if (rule === "all") return voters;
  if (typeof rule === "number") return rule;
  // Also counted when quorum is off.
  return Math.floor(voters / 2) + 1;
}

/** How the nodes stand from the point of view of one device. */
export function countVoters(device: DeviceObject): Voters {
  const hasDisk = isAtLeast(device.is.disk, "Detaching") && device.disk !== undefined;
  const count = { ...NO_VOTERS };
  if (hasDisk) count[device.is.disk === "UpToDate" ? "upToDate" : "present"]++;
  else if (device.is.disk === "Diskless") count[device.client ? "diskless" : "unknown"]++;
  const left = device.was.quorum ? ~device.resource.members : 0;
  const away = (nodeId: number, isOutdated: boolean) => {
    if (isOutdated || (hasDisk && device.disk?.remembersOutdated(nodeId) === true)) count.outdated++;
    else if ((left & bit(nodeId)) !== 0) count.quorumless++;
    else count.unknown++;
  };
  let forgotten = hasDisk ? device.disk?.voters ?? 0 : 0;
  for (const peer of peerDevicesOf(device)) {
    const { replication, peerDisk } = peer.is;
    forgotten &= ~bit(peer.nodeId);
    if (replication === "Off") {
      if (peer.peerClient) count.missingDiskless++;
      else away(peer.nodeId, !isAtLeast(peerDisk, "DUnknown"));
    } else {
      if (peerDisk === "Diskless" && (peer.peerClient || !hasDisk)) count.diskless++;
      else if (peerDisk === "UpToDate") count.upToDate++;
      else count.present++;
    }
    if (!hasDisk && peerDisk === "UpToDate" && peer.is.quorate) count.quoratePeers++;
  }
  for (let nodeId = 0; forgotten !== 0; nodeId++, forgotten >>>= 1) {
    if ((forgotten & 1) !== 0) away(nodeId, false);
  }
  return count;
}

/** The quorum of a device in its current state. */
export function quorumOf(device: DeviceObject): QuorumResult {
  const { quorum, quorumMinimumRedundancy } = device.resource.options;
  const counted = countVoters(device);
  const found = decideQuorum(quorum, counted, device.was.countedQuorum);
  if (quorumMinimumRedundancy === "off" || counted.quoratePeers > 0) return found;
  const isRedundant = counted.upToDate >= needed(quorumMinimumRedundancy, found.voters);
  return { ...found, quorum: found.quorum && isRedundant };
}
