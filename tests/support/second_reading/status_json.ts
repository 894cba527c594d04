/**
 * `drbdsetup status --json`, statistics aside: what a snapshot says of it, and what drbdsetup printed, in the
 * same form. The node's own id and whether a connection is encrypted are left out: events2 does not print them.
 */
import { KEYS } from "../../../src/drbd/events2/keys.ts";
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import {
  type Connection,
  type Device,
  type Path,
  pathsOf,
  type PeerDevice,
  peerDevicesOf,
  type Resource,
} from "../../../src/drbd/model/model.ts";

/** A part of the printed JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The status of all resources as drbdsetup would print it, children sorted. */
export function statusOf(cluster: Cluster): Json {
  return Array.from(cluster, resourceStatus);
}

function resourceStatus(resource: Resource): Json {
  return {
    name: resource.name,
    role: resource.role,
    suspended: resource.suspended.length > 0,
    "suspended-user": resource.suspended.includes("user"),
    "suspended-no-data": resource.suspended.includes("no-data"),
    "suspended-fencing": resource.suspended.includes("fencing"),
    "suspended-quorum": resource.suspended.includes("quorum"),
    "force-io-failures": resource.forceIoFailures,
    "write-ordering": resource.writeOrdering ?? null,
    devices: resource.devices.map(deviceStatus),
    connections: resource.connections.map((connection) => connectionStatus(resource, connection)),
  };
}

function deviceStatus(device: Device): Json {
  return {
    volume: device.volume,
    minor: device.minor ?? null,
    "disk-state": device.diskState,
    client: device.client === "yes",
    open: device.open === "yes",
    quorum: device.quorum,
    size: Number(device.sizeKib),
  };
}

function connectionStatus(resource: Resource, connection: Connection): Json {
  const { peerNodeId } = connection;
  return {
    "peer-node-id": peerNodeId,
    name: connection.connName,
    "connection-state": connection.connectionState,
    congested: connection.congested,
    "peer-role": connection.peerRole,
    paths: pathsOf(resource, peerNodeId).map(pathStatus),
    peer_devices: peerDevicesOf(resource, peerNodeId).map(peerDeviceStatus),
  };
}

function pathStatus(path: Path): Json {
  return {
    this_host: addressStatus(path.local),
    remote_host: addressStatus(path.peer),
    established: path.established,
  };
}

/** `FAMILY:HOST:PORT`, an IPv6 host in brackets. */
function addressStatus(address: string): Json {
  const [, family = "", host = "", port = ""] = /^([^:]+):\[?(.*?)\]?:(\d+)$/.exec(address) ?? [];
  return { address: host, port: Number(port), family };
}

function peerDeviceStatus(peerDevice: PeerDevice): Json {
  return {
    volume: peerDevice.volume,
    "replication-state": peerDevice.replicationState,
    "peer-disk-state": peerDevice.peerDiskState,
    "peer-client": peerDevice.peerClient === "yes",
    "resync-suspended": peerDevice.resyncSuspended.join(",") || "no",
  };
}

/** Counters have the same keys in events2 and in JSON. */
const COUNTERS = Object.values(KEYS).flatMap((table) =>
  [...table].filter(([, { part }]) => part === "statistics").map(([key]) => key)
);

/** Keys that are not compared: counters, and what events2 does not print. */
const LEFT_OUT = new Set([
  ...COUNTERS,
  ...["node-id", "tls", "has-sync-details", "has-online-verify-details"],
  ...["percent-in-sync", "percent-resync-done", "estimated-seconds-to-finish"],
  ...["db0/dt0 [MiB/s]", "db1/dt1 [MiB/s]", "db/dt [MiB/s]"],
]);

/** What drbdsetup printed, without what is left out, children sorted. */
export function printedStatus(text: string): Json {
  return sorted(withoutCounters(JSON.parse(text)));
}

function withoutCounters(json: Json): Json {
  if (isList(json)) return json.map(withoutCounters);
  if (typeof json !== "object" || json === null) return json;
  const entries = Object.entries(json).filter(([key]) => !LEFT_OUT.has(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutCounters(value)]));
}

/** Lists of drbdsetup have no order of their own. */
function sorted(json: Json): Json {
  if (isList(json)) return json.map(sorted).sort((a, b) => compare(sortKey(a), sortKey(b)));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, sorted(value)]));
}

function sortKey(json: Json): string {
  if (typeof json !== "object" || json === null || isList(json)) return JSON.stringify(json);
  const id = json["peer-node-id"] ?? json["volume"] ?? json["name"] ?? json["this_host"] ?? null;
  return typeof id === "number" ? String(id).padStart(9, "0") : JSON.stringify(id);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
