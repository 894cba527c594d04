/** What follows from a change of state: w_after_state_change() in the kernel's drbd_state.c, and its helpers. */
import { afterLostPeer } from "./cluster_wide.ts";
import { setEstablished, tryToMeet } from "../network/connecting.ts";
import { newGeneration } from "./io.ts";
import { isStable, sendState } from "../network/peer_reports.ts";
import type { ConnectionObject, DeviceObject, PeerDeviceObject, ResourceObject } from "../kernel/objects.ts";
import { catchUp, resyncChanged } from "./resync.ts";
import { fencePeers } from "./roles.ts";
import { otherEnd, watch } from "../network/sessions.ts";
import { bit, isAtLeast, isHardLoss } from "../kernel/states.ts";
import type { Changes, Kernel } from "../kernel/transaction.ts";

export function afterStateChange(kernel: Kernel, changes: Changes): void {
  const { resource, connections, devices, peerDevices } = changes;
  for (const device of resource.devices) remember(device);
  for (const peer of peerDevices) notePeer(peer);
  for (const device of devices) noteDevice(kernel, device);
  for (const peer of peerDevices) resyncChanged(kernel, peer);
  for (const connection of connections) connectionChanged(kernel, connection);
  spread(kernel, changes);
  resourceChanged(kernel, resource);
  if (connections.length + devices.length + peerDevices.length > 0) {
    for (const device of resource.devices) catchUp(kernel, device);
  }
}

/** What is written to the disk's metadata. */
function remember({ disk, is, resource }: DeviceObject): void {
  if (disk === undefined || !isAtLeast(is.disk, "Inconsistent")) return;
  disk.consistent = isAtLeast(is.disk, "Outdated");
  disk.wasUpToDate = isAtLeast(is.disk, "Consistent");
  disk.primary = resource.is.role === "Primary";
}

function notePeer({ device, nodeId, is, was, connection }: PeerDeviceObject): void {
  device.disk?.rememberOutdated(nodeId, is.peerDisk === "Inconsistent" || is.peerDisk === "Outdated");
  const hadData = isUsable(was.peerDisk);
  if (connection.resource.is.role === "Primary" && hadData && !isUsable(is.peerDisk)) {
    device.newGenerationDue = true;
  }
}

/** Whether the peer takes part in the writes of a Primary. */
function isUsable(peerDisk: PeerDeviceObject["is"]["peerDisk"]): boolean {
  return isAtLeast(peerDisk, "Inconsistent") && peerDisk !== "DUnknown" && peerDisk !== "Outdated";
}

function noteDevice({ world }: Kernel, device: DeviceObject): void {
  const { resource, is, was } = device;
  if (device.disk !== undefined && is.quorum) device.disk.lostQuorum = false;
  if (resource.is.role !== "Primary") return;
  if (was.disk === "UpToDate" && !isAtLeast(is.disk, "Inconsistent")) device.newGenerationDue = true;
  if (was.quorum && !is.quorum) {
    if (device.disk !== undefined) device.disk.lostQuorum = true;
    world.help(resource, "quorum-lost", { device });
  }
}

function connectionChanged(kernel: Kernel, connection: ConnectionObject): void {
  const { is, was } = connection;
  if (was.connection === is.connection) return;
  if (was.connection === "Connected") lost(kernel, connection);
  else if (is.connection === "Disconnecting") finishDisconnect(kernel, connection);
  else if (is.connection === "Connecting") tryToMeet(kernel, connection);
  else if (was.connection === "Connecting" && isHardLoss(is.connection)) cleanUp(kernel, connection);
}

/** A connection is no more. */
function lost(kernel: Kernel, connection: ConnectionObject): void {
  const { resource } = connection;
  const other = otherEnd(connection);
  connection.session = undefined;
  connection.unread = undefined;
  connection.round++;
  if (other !== undefined) watch(kernel, other);
  if (isHardLoss(connection.is.connection)) afterLostPeer(kernel, resource);
  if (resource.options.fencing !== "dont-care" && resource.is.role === "Primary") {
    fencePeers(kernel, resource);
  }
  cleanUp(kernel, connection);
}

/** What is left of a connection is taken down, and unless it was meant to end, it starts over. */
function cleanUp(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const { resource } = connection;
  world.later(resource, world.draw(world.timing.latencyMs), () => {
    setEstablished(kernel, connection, false);
    world.help(resource, "disconnected", { connection }, () => {
      if (connection.is.connection === "Disconnecting") {
        kernel.change(resource, () => connection.is.connection = "StandAlone");
        return;
      }
      kernel.change(resource, () => connection.is.connection = "Unconnected");
      world.later(resource, 1, () => {
        if (connection.is.connection !== "Unconnected") return;
        kernel.change(resource, () => connection.is.connection = "Connecting");
      });
    });
  });
}

/** It was not connected: no peer has to be notified. */
function finishDisconnect(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const { resource, was } = connection;
  const isQuiet = was.connection === "Connecting" || was.connection === "Unconnected";
  connection.round++;
  // After a loss the clean-up is under way and ends it.
  if (!isQuiet) return;
  world.later(resource, world.draw(world.timing.latencyMs), () => {
    setEstablished(kernel, connection, false);
    kernel.change(resource, () => connection.is.connection = "StandAlone");
  });
}

/** Tells the neighbours what they see of this node. */
function spread(kernel: Kernel, { resource, devices, peerDevices }: Changes): void {
  const affected = new Set(devices);
  for (const device of resource.devices) {
    if (isStable(device, "was") !== isStable(device)) affected.add(device);
  }
  for (const { device, is, was } of peerDevices) {
    if (is.suspendedDependency !== was.suspendedDependency || is.suspendedUser !== was.suspendedUser) {
      affected.add(device);
    }
  }
  for (const device of affected) sendState(kernel, device);
}

function resourceChanged(kernel: Kernel, resource: ResourceObject): void {
  const { world } = kernel;
  const { is, was } = resource;
  if (is.suspendedGeneration && !was.suspendedGeneration) {
    world.later(resource, world.timing.resumeMs, () => {
      for (const device of resource.devices) {
        if (device.newGenerationDue && device.is.quorum) newGeneration(device);
      }
      kernel.change(resource, () => resource.is.suspendedGeneration = false);
    });
  }
}

/** Power fails: the disks of a Primary may lack, or have, what others do not. */
export function loseResource(resource: ResourceObject): void {
  resource.gone = true;
  for (const { disk } of resource.devices) {
    if (disk?.primary !== true) continue;
    disk.primary = false;
    disk.crashed = resource.connections.reduce((bits, { peer }) => bits | bit(peer.nodeId), 0);
  }
}
