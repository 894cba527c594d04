/** Other things that drbdsetup and drbdadm print: `status --json`, `show --json`, the version. */
import { outOfSyncKib, resyncSuspendedText, suspendedText } from "./lines.ts";
import type {
  ConnectionObject,
  DeviceObject,
  PathObject,
  PeerDeviceObject,
  ResourceObject,
} from "../kernel/objects.ts";

/** What `drbdadm --version` prints: that of the cluster in the recordings the model is held against. */
export function drbdadmVersion(): string {
  return [
    "DRBDADM_BUILDTAG=GIT-hash:\\ simulated",
    "DRBDADM_API_VERSION=2",
    "DRBD_KERNEL_VERSION_CODE=0x090212",
    "DRBD_KERNEL_VERSION=9.2.18",
    "DRBDADM_VERSION_CODE=0x092200",
    "DRBDADM_VERSION=9.34.0",
    "",
  ].join("\n");
}

function byName(resources: readonly ResourceObject[]): ResourceObject[] {
  return [...resources].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** As `drbdsetup status --json`. */
export function statusJson(resources: readonly ResourceObject[], nowMs: number): string {
  return `${JSON.stringify(byName(resources).map((resource) => statusOf(resource, nowMs)), undefined, 2)}\n`;
}

function statusOf(resource: ResourceObject, nowMs: number) {
  const { is } = resource;
  return {
    "name": resource.name,
    "node-id": resource.node.nodeId,
    "role": is.role,
    "suspended": suspendedText(is) !== "no",
    "suspended-user": is.suspendedUser,
    "suspended-no-data": is.suspendedNoData,
    "suspended-fencing": is.suspendedFencing,
    "suspended-quorum": is.suspendedQuorum || is.suspendedGeneration,
    "force-io-failures": is.forceIoFailures,
    "write-ordering": resource.writeOrdering,
    "devices": resource.devices.map(statusOfDevice),
    "connections": resource.connections.map((connection) => statusOfConnection(connection, nowMs)),
  };
}

function statusOfDevice(device: DeviceObject) {
  return {
    "volume": device.volume,
    "minor": device.minor,
    "disk-state": device.is.disk,
    "client": device.client,
    "open": device.openers.size > 0,
    "quorum": device.is.quorum,
    "size": device.sizeKib,
    "read": device.readKib,
    "written": device.writtenKib,
    "al-writes": device.activityLogWrites,
    "bm-writes": device.bitmapWrites,
    "upper-pending": 0,
    "lower-pending": 0,
  };
}

function statusOfConnection(connection: ConnectionObject, nowMs: number) {
  return {
    "peer-node-id": connection.peer.nodeId,
    "name": connection.peer.name,
    "connection-state": connection.is.connection,
    "congested": false,
    "peer-role": connection.is.peerRole,
    "tls": false,
    "ap-in-flight": 0,
    "rs-in-flight": 0,
    "paths": connection.paths.map((path) => ({ ...hostsOf(path), "established": path.established })),
    "peer_devices": connection.peerDevices.map((peer) => statusOfPeerDevice(peer, nowMs)),
  };
}

function statusOfPeerDevice(peer: PeerDeviceObject, nowMs: number) {
  const { sizeKib } = peer.device;
  const outOfSync = outOfSyncKib(peer, nowMs);
  const inSync = sizeKib === 0 ? 100 : 100 * (1 - outOfSync / sizeKib);
  return {
    "volume": peer.device.volume,
    "replication-state": peer.is.replication,
    "peer-disk-state": peer.is.peerDisk,
    "peer-client": peer.peerClient,
    "resync-suspended": resyncSuspendedText(peer),
    "received": peer.receivedKib,
    "sent": peer.sentKib,
    "out-of-sync": outOfSync,
    "pending": 0,
    "unacked": 0,
    "has-sync-details": false,
    "has-online-verify-details": false,
    "percent-in-sync": Math.round(inSync * 100) / 100,
    ...(peer.resync === undefined
      ? {}
      : { "percent-resync-done": Math.round(peer.resync.donePercent(nowMs) * 100) / 100 }),
  };
}

function hostsOf(path: PathObject) {
  return { "this_host": hostOf(path.local), "remote_host": hostOf(path.peer) };
}

function hostOf(text: string) {
  const [family = "", address = "", port = ""] = text.split(":");
  return { address, "port": Number(port), family };
}

/** As `drbdsetup show --json`, with the options a promoter cares for. */
export function showJson(resources: readonly ResourceObject[]): string {
  return `${JSON.stringify(byName(resources).map(showOf), undefined, 4)}\n`;
}

function showOf(resource: ResourceObject) {
  const { options, node, devices, connections } = resource;
  return {
    "resource": resource.name,
    "options": {
      "on-no-data-accessible": options.onNoDataAccessible,
      "auto-promote": options.autoPromote,
      "quorum": String(options.quorum),
      "quorum-minimum-redundancy": String(options.quorumMinimumRedundancy),
      "on-no-quorum": options.onNoQuorum,
      "on-suspended-primary-outdated": options.onSuspendedPrimaryOutdated,
    },
    "_this_host": { "node-id": node.nodeId, "volumes": devices.map(showOfDevice) },
    ...(connections.length === 0 ? {} : { "connections": connections.map(showOfConnection) }),
  };
}

function showOfDevice(device: DeviceObject) {
  const volume = { "volume_nr": device.volume, "device_minor": device.minor };
  if (device.disk === undefined) return { ...volume, "disk": { "diskless": device.client ? "yes" : "no" } };
  return {
    ...volume,
    "backing-disk": device.config.backingDev,
    "meta-disk": "internal",
    "disk": { "on-io-error": "detach", "diskless": "no" },
  };
}

function showOfConnection(connection: ConnectionObject) {
  const { options } = connection.resource;
  return {
    "paths": connection.paths.map(hostsOf),
    ...(connection.is.connection === "StandAlone" ? { "_is_standalone": true } : {}),
    "_cstate": connection.is.connection,
    "net": {
      "protocol": "C",
      "allow-two-primaries": options.allowTwoPrimaries,
      "rr-conflict": options.rrConflict,
      "fencing": options.fencing,
      "_name": connection.peer.name,
    },
    "volumes": connection.peerDevices.map((peer) => ({
      "volume_nr": peer.device.volume,
      "disk": { "bitmap": !peer.peerClient },
    })),
    "_peer_node_id": connection.peer.nodeId,
  };
}
