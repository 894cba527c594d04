/** Resyncs: two peers exchange bitmaps, then one sends the other what differs. */
import { isStable } from "../network/peer_reports.ts";
import {
  type ConnectionObject,
  type DeviceObject,
  type PeerDeviceObject,
  peerDevicesOf,
} from "../kernel/objects.ts";
import { ResyncRun } from "./resync_run.ts";
import { isBroken, keepBusy, otherEnd, send } from "../network/sessions.ts";
import { isAtLeast, isSyncSource, isSyncTarget } from "../kernel/states.ts";
import type { Kernel } from "../kernel/transaction.ts";

/** How often a resync looks whether the network that it is waiting for is back. */
const STALLED_MS = 500;

/** Both sides know now how much there is to do. */
export function prepareResync(
  kernel: Kernel,
  source: PeerDeviceObject | undefined,
  target: PeerDeviceObject | undefined,
  kib: number,
): void {
  if (source === undefined || target === undefined) return;
  const rate = kernel.world.resyncRate(source.connection.resource);
  const run = new ResyncRun(source, target, kib, rate);
  run.stable = target.is.stable;
  for (const end of [source, target]) {
    end.resync = run;
    end.device.disk?.setOutOfSync(end.nodeId, kib);
  }
}

/**
 * One end exchanges the bitmaps of these volumes, one after the other, and is then ready for the resync. What comes
 * meanwhile is read after the last of them.
 */
export function exchangeBitmaps(kernel: Kernel, end: ConnectionObject, volumes: readonly number[]): void {
  exchangeNext(kernel, end, volumes, undefined);
}

function exchangeNext(
  kernel: Kernel,
  end: ConnectionObject,
  volumes: readonly number[],
  goOn: (() => void) | undefined,
): void {
  const { world } = kernel;
  const [volume, ...rest] = volumes;
  const peer = volume === undefined ? undefined : end.peerDevice(volume);
  if (peer === undefined) {
    goOn?.();
    return;
  }
  const run = peer.resync;
  const isWaiting = () => peer.resync === run && peer.is.replication.startsWith("WFBitMap");
  // The target gets the source's bitmap before it sends its own.
  const tripMs = peer.is.replication === "WFBitMapT" ? world.timing.latencyMs[1] : 0;
  world.later(end.resource, world.draw(world.timing.bitmapMs) + tripMs, () => {
    if (!isWaiting()) {
      exchangeNext(kernel, end, rest, goOn);
      return;
    }
    const side = peer.is.replication === "WFBitMapS" ? "source" : "target";
    const whenDone = goOn ?? keepBusy(end);
    world.help(end.resource, `before-resync-${side}`, { connection: end, device: peer.device }, () => {
      if (isWaiting()) {
        kernel.change(end.resource, () => {
          peer.is.replication = side === "source" ? "SyncSource" : "SyncTarget";
        });
      }
      exchangeNext(kernel, end, rest, whenDone);
    });
  });
}

/** The state of a peer-device changed: its resync may start, stop, or be over before its end. */
export function resyncChanged(kernel: Kernel, peer: PeerDeviceObject): void {
  const run = peer.resync;
  if (run === undefined) return;
  const { nowMs } = kernel.world;
  if (!run.target.is.stable) run.stable = false;
  const wasAtIt = peer.was.replication !== "Established";
  if (peer.is.replication === "Off" || (peer.is.replication === "Established" && wasAtIt)) {
    if (run.isMoving) run.stop(nowMs);
    peer.device.disk?.setOutOfSync(peer.nodeId, run.leftKib(nowMs));
    peer.resync = undefined;
    return;
  }
  const moves = run.source.is.replication === "SyncSource" && run.target.is.replication === "SyncTarget" &&
    run.source.resync === run && run.target.resync === run;
  if (moves && !run.isMoving) {
    run.start(nowMs);
    planEnd(kernel, run);
  } else if (!moves && run.isMoving) {
    run.stop(nowMs);
  }
}

function planEnd(kernel: Kernel, run: ResyncRun<PeerDeviceObject>): void {
  const { world } = kernel;
  const { turn, target } = run;
  const end = () => {
    if (run.turn !== turn || target.resync !== run) return;
    if (isBroken(world, target.connection)) world.later(target.connection.resource, STALLED_MS, end);
    else finish(kernel, run);
  };
  world.later(target.connection.resource, run.remainingMs(world.nowMs), end);
}

function finish(kernel: Kernel, run: ResyncRun<PeerDeviceObject>): void {
  const { connection, device } = run.target;
  kernel.world.help(connection.resource, "after-resync-target", { connection, device }, () => {
    if (run.target.resync === run && isSyncTarget(run.target.is.replication)) completeTarget(kernel, run);
  });
}

function completeTarget(kernel: Kernel, run: ResyncRun<PeerDeviceObject>): void {
  const { target, source } = run;
  const { device } = target;
  const isGood = run.stable && isStable(source.device);
  const generation = source.device.disk?.generation;
  const others = peerDevicesOf(device).filter((peer) => peer !== target && isSyncTarget(peer.is.replication));
  // The same data once more from somebody else would be the same.
  const settled = isGood ? others.filter((peer) => generationOfPeer(peer) === generation) : [];
  device.writtenKib += run.totalKib;
  target.receivedKib += run.totalKib;
  source.sentKib += run.totalKib;
  if (device.disk !== undefined) {
    device.disk.generation = generation;
    device.disk.lostQuorum = false;
  }
  for (const peer of [target, ...settled]) {
    device.disk?.reconcile(peer.nodeId);
    peer.resync = undefined;
    send(kernel, peer.connection, (to) => completeSource(kernel, to, device.volume, isGood));
  }
  kernel.change(target.connection.resource, () => {
    for (const peer of [target, ...settled]) peer.is.replication = "Established";
    if (isGood) device.is.disk = target.is.peerDisk;
    else if (others.length === 0) device.is.disk = "Outdated";
  });
}

function generationOfPeer(peer: PeerDeviceObject) {
  return otherEnd(peer.connection)?.resource.device(peer.device.volume)?.disk?.generation;
}

function completeSource(kernel: Kernel, end: ConnectionObject, volume: number, isGood: boolean): void {
  const peer = end.peerDevice(volume);
  const isSource = peer !== undefined &&
    (isSyncSource(peer.is.replication) || peer.is.replication === "WFBitMapS");
  if (!isSource) return;
  peer.resync = undefined;
  peer.device.disk?.reconcile(peer.nodeId);
  kernel.change(end.resource, () => {
    peer.is.replication = "Established";
    if (isGood) peer.is.peerDisk = peer.device.is.disk;
  });
}

/**
 * A disk that is behind and has a good peer, but is not being resynchronised: its source was lost, or a Primary has
 * made its data known to be the right ones.
 */
export function catchUp(kernel: Kernel, device: DeviceObject): void {
  const source = sourceFor(device);
  if (source === undefined) return;
  const { world } = kernel;
  const { resource } = device;
  world.later(resource, world.draw(world.timing.bitmapMs), () => {
    const target = sourceFor(device);
    const theirs = target === undefined ? undefined : otherEnd(target.connection)?.peerDevice(device.volume);
    if (
      target === undefined || theirs?.is.replication !== "Established" || isBroken(world, target.connection)
    ) {
      return;
    }
    const isFull = device.disk?.generation === undefined || theirs.device.disk?.generation === undefined;
    const differs = Math.max(
      device.disk?.differsFrom(target.nodeId) ?? 0,
      theirs.device.disk?.differsFrom(theirs.nodeId) ?? 0,
    );
    prepareResync(kernel, theirs, target, isFull ? device.config.sizeKib : differs);
    kernel.change(resource, () => target.is.replication = "WFBitMapT");
    kernel.change(theirs.connection.resource, () => theirs.is.replication = "WFBitMapS");
    exchangeBitmaps(kernel, target.connection, [device.volume]);
    exchangeBitmaps(kernel, theirs.connection, [device.volume]);
  });
}

/** The peer to catch up from, if there is need. */
function sourceFor(device: DeviceObject): PeerDeviceObject | undefined {
  const { disk } = device.is;
  if (disk !== "Inconsistent" && disk !== "Outdated") return undefined;
  let source: PeerDeviceObject | undefined;
  for (const peer of peerDevicesOf(device)) {
    if (isSyncTarget(peer.is.replication) || peer.is.replication === "WFBitMapT") return undefined;
    const isGood = peer.is.replication === "Established" && peer.is.peerDisk === "UpToDate" && peer.is.stable;
    if (isGood && isAtLeast(peer.is.peerDisk, "UpToDate")) source ??= peer;
  }
  return source;
}
