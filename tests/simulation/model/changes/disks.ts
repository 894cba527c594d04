/** Disks come and go: attach, detach, failure. */
import { clusterWide, commitAll } from "./cluster_wide.ts";
import type { Disk } from "../kernel/disk.ts";
import { handshake, markEqual, type Side } from "../network/handshake.ts";
import { generationShown } from "./io.ts";
import { peerReportOf } from "../network/peer_reports.ts";
import {
  type DeviceObject,
  type PeerDeviceObject,
  peerDevicesOf,
  type ResourceObject,
} from "../kernel/objects.ts";
import { exchangeBitmaps, prepareResync } from "./resync.ts";
import type { Done } from "./roles.ts";
import { otherEnd, send } from "../network/sessions.ts";
import { bit, type DiskState, isAtLeast } from "../kernel/states.ts";
import { type Kernel, REFUSED_BY_PEER } from "../kernel/transaction.ts";

/** Attaches the node's disk to a device that has none. */
export function attach(kernel: Kernel, device: DeviceObject, done: Done): void {
  const { world } = kernel;
  const { resource } = device;
  const disk = world.nodeOf(resource).disk(resource.config, device.volume);
  if (device.is.disk !== "Diskless") {
    done({ code: 124, text: "Device is attached to a disk (use detach first)" });
    return;
  }
  if (disk === undefined || !disk.works) {
    done({ code: 104, text: "Can not open backing device." });
    return;
  }
  if (
    resource.is.role === "Primary" && disk.generation !== device.exposed &&
    generationShown(device) === undefined
  ) {
    done({ code: 150, text: "Can only attach to the data we lost last (see kernel log)." });
    return;
  }
  kernel.change(resource, () => device.is.disk = "Attaching");
  world.later(resource, world.draw(world.timing.commandMs), () => {
    device.disk = disk;
    device.sizeKib = disk.sizeKib;
    for (const peer of peerDevicesOf(device)) if (!peer.peerClient) disk.voters |= bit(peer.nodeId);
    resource.writeOrdering = "flush";
    if (!peerDevicesOf(device).some(hasDisk)) {
      kernel.change(resource, () => {
        for (const peer of peerDevicesOf(device)) {
          if (disk.remembersOutdated(peer.nodeId) && peer.is.peerDisk === "DUnknown") {
            peer.is.peerDisk = "Outdated";
          }
        }
        device.is.disk = stateAlone(device, disk);
      });
      done(undefined);
      return;
    }
    clusterWide(kernel, resource, {
      refuse: () => undefined,
      commit: (members) => {
        commitAll(kernel, members, (member) => proposeDisk(member, device, "Negotiating"));
        world.later(resource, world.draw(world.timing.handshakeMs), () => negotiate(kernel, device));
      },
      done,
    });
  });
}

/** With fencing, a disk is not known to be the newest while a peer may have gone on without it. */
function stateAlone(device: DeviceObject, disk: Disk): DiskState {
  const state = disk.state();
  if (state !== "UpToDate" || device.resource.options.fencing === "dont-care") return state;
  return peerDevicesOf(device).some(isUnaccounted) ? "Consistent" : state;
}

function isUnaccounted({ is, peerClient }: PeerDeviceObject): boolean {
  return !peerClient && is.peerDisk === "DUnknown";
}

function hasDisk({ connection, is }: PeerDeviceObject): boolean {
  return connection.isConnected && isAtLeast(is.peerDisk, "Inconsistent") && is.peerDisk !== "DUnknown";
}

/** Proposes, for one member, a state of the disk that all nodes agree on. */
function proposeDisk(member: ResourceObject, device: DeviceObject, state: "Negotiating" | "Detaching"): void {
  const { resource, volume } = device;
  if (member === resource) {
    device.is.disk = state;
    return;
  }
  const connection = member.connectionTo(resource.node.nodeId);
  const peer = connection?.isConnected === true ? connection.peerDevice(volume) : undefined;
  if (peer !== undefined) peer.is.peerDisk = state;
}

/** Compares the data with those of all connected peers. */
function negotiate(kernel: Kernel, device: DeviceObject): void {
  const { resource, disk, volume } = device;
  if (disk === undefined || device.is.disk !== "Negotiating") return;
  const results = peerDevicesOf(device).filter((peer) => peer.connection.isConnected).flatMap(
    (peer) => {
      const theirs = otherEnd(peer.connection)?.peerDevice(volume);
      return theirs === undefined
        ? []
        : [{ peer, theirs, ...handshake(sideOf(device, theirs), sideOf(theirs.device, peer)) }];
    },
  );
  if (results.some(({ outcome }) => outcome === "split-brain")) {
    kernel.change(resource, () => device.is.disk = "Detaching");
    becomeDiskless(kernel, device);
    return;
  }
  const resyncs = results.filter(({ outcome }) => outcome === "source" || outcome === "target");
  const isTarget = resyncs.some(({ outcome }) => outcome === "target");
  const hasGoodPeer = results.some(({ peer }) => peer.is.peerDisk === "UpToDate");
  for (const { peer, theirs, outcome } of results) {
    const { nodeId } = theirs;
    if (outcome === "none") markEqual(disk, theirs.device.disk, nodeId, peer.nodeId);
  }
  for (const { peer, theirs, outcome, kib } of resyncs) {
    if (outcome === "source") prepareResync(kernel, peer, theirs, kib);
    else prepareResync(kernel, theirs, peer, kib);
  }
  kernel.change(resource, () => {
    device.is.disk = isTarget && disk.state() === "Inconsistent"
      ? "Inconsistent"
      : isTarget
      ? "Outdated"
      : "UpToDate";
    if (!isTarget && !hasGoodPeer) device.is.disk = disk.state();
    for (const { peer, outcome } of resyncs) {
      peer.is.replication = outcome === "target" ? "WFBitMapT" : "WFBitMapS";
    }
  });
  for (const { peer, outcome } of results) {
    const isResync = outcome === "source" || outcome === "target";
    if (isResync) exchangeBitmaps(kernel, peer.connection, [volume]);
    const report = peerReportOf(device, peer.connection);
    send(kernel, peer.connection, (to) => {
      const mine = to.peerDevice(volume);
      if (mine === undefined) return;
      kernel.change(to.resource, () => {
        mine.is.peerDisk = report.disk;
        if (isResync) mine.is.replication = outcome === "target" ? "WFBitMapS" : "WFBitMapT";
      });
      if (isResync) exchangeBitmaps(kernel, to, [volume]);
    });
  }
}

function sideOf(device: DeviceObject, seenBy: PeerDeviceObject): Side {
  const { resource, disk, is } = device;
  return {
    nodeId: resource.node.nodeId,
    disk,
    state: is.disk === "Negotiating" && disk !== undefined ? disk.state() : is.disk,
    crashed: disk?.crashedTowards(seenBy.connection.resource.node.nodeId) === true,
    withPrimary: resource.is.role === "Primary" ||
      resource.connections.some((connection) => connection.is.peerRole === "Primary"),
  };
}

/** Lets go of the disk, if somebody else still has the data. */
export function detach(kernel: Kernel, device: DeviceObject, done: Done): void {
  if (device.is.disk === "Diskless") {
    done(undefined);
    return;
  }
  clusterWide(kernel, device.resource, {
    refuse: (members) => {
      for (const member of members) {
        const propose = () => proposeDisk(member, device, "Detaching");
        const refusal = kernel.change(member, propose, { wish: true, trial: true });
        if (refusal !== undefined) return member === device.resource ? refusal : REFUSED_BY_PEER;
      }
      return undefined;
    },
    commit: (members) => {
      commitAll(kernel, members, (member) => proposeDisk(member, device, "Detaching"));
      becomeDiskless(kernel, device);
    },
    done,
  });
}

/** The disk does not work any more; with `on-io-error detach` DRBD goes on without it. */
export function fail(kernel: Kernel, device: DeviceObject): void {
  if (!isAtLeast(device.is.disk, "Negotiating")) return;
  kernel.change(device.resource, () => device.is.disk = "Failed");
  becomeDiskless(kernel, device);
}

/** The last step of a detach. */
export function becomeDiskless(kernel: Kernel, device: DeviceObject, then: () => void = () => {}): void {
  const { world } = kernel;
  world.later(device.resource, world.draw(world.timing.latencyMs), () => {
    const { disk } = device;
    kernel.change(device.resource, () => device.is.disk = "Diskless");
    if (disk !== undefined) disk.primary = false;
    device.disk = undefined;
    then();
  });
}
