/**
 * A resource as JSON, in the shape of `drbdsetup status --json`: the same keys with the same meaning, so that programs
 * written for that read this as well. Source of the shape: the *_status_json functions of drbdsetup.c.
 *
 * Arrays are in the order of volumes and node ids. Added are `may-promote`, `promotion-score`, `backing-dev`, `health` and `promoter`.
 * Fields that events2 does not print are missing: `tls`, and the details of a resync (`rs-*`, `ov-*`, `want`, rates over
 * longer times). `has-sync-details` is therefore always false, which drbdsetup prints as well for a resync without
 * details.
 */
import type { Counter } from "../../../src/drbd/model/counter.ts";
import {
  type Connection,
  type Device,
  deviceOf,
  type Path,
  pathsOf,
  type PeerDevice,
  peerDevicesOf,
  type Resource,
} from "../../../src/drbd/model/model.ts";
import {
  connectionStatistics,
  deviceStatistics,
  peerDeviceStatistics,
  type SyncProgress,
} from "../../../src/drbd/model/statistics.ts";
import { SUSPEND_REASONS } from "../../../src/drbd/model/vocabulary.ts";
import type { Health } from "../../../src/health/problem.ts";
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import { healthObject } from "./health_json.ts";
import { promoterObject } from "./promoter_json.ts";

/** `node-id` while unknown. */
export const UNKNOWN_NODE_ID = -1;
/** drbdsetup's estimate of a resync's duration if there was no recent progress. */
const NO_ESTIMATE = 987_654_321;

type Json = string | number | bigint | boolean | null | readonly Json[] | {
  readonly [key: string]: Json | undefined;
};

/** One line of JSON text. `nodeId` is the node's own id within the resource. */
export function resourceToJson(
  resource: Resource,
  nodeId: number,
  health: Health,
  promoter: ObservedPromoter | undefined,
): string {
  return stringify({ ...resourceObject(resource, nodeId, health), "promoter": promoterObject(promoter) });
}

function resourceObject(resource: Resource, nodeId: number, health: Health) {
  const { suspended } = resource;
  return {
    "name": resource.name,
    "node-id": nodeId,
    "role": resource.role,
    "suspended": suspended.length > 0,
    ...Object.fromEntries(
      SUSPEND_REASONS.map((reason) => [`suspended-${reason}`, suspended.includes(reason)]),
    ),
    "force-io-failures": resource.forceIoFailures,
    "write-ordering": resource.writeOrdering,
    "may-promote": resource.mayPromote,
    "promotion-score": resource.promotionScore,
    "health": healthObject(health),
    "devices": resource.devices.map(deviceObject),
    "connections": resource.connections.map((connection) => connectionObject(resource, connection)),
  };
}

function deviceObject(device: Device): Json {
  const counted = deviceStatistics(device);
  return {
    "volume": device.volume,
    "minor": device.minor,
    "disk-state": device.diskState,
    "client": device.client === "yes",
    "open": device.open === "yes",
    "quorum": device.quorum,
    "backing-dev": device.backingDev ?? null,
    "size": device.sizeKib,
    "read": counted.readKib,
    "written": counted.writtenKib,
    "al-writes": counted.alWrites,
    "bm-writes": counted.bmWrites,
    "upper-pending": counted.upperPending,
    "lower-pending": counted.lowerPending,
  };
}

function connectionObject(resource: Resource, connection: Connection): Json {
  const { peerNodeId } = connection;
  const counted = connectionStatistics(connection);
  return {
    "peer-node-id": peerNodeId,
    "name": connection.connName,
    "connection-state": connection.connectionState,
    "congested": connection.congested,
    "peer-role": connection.peerRole,
    "ap-in-flight": counted.apInFlightSectors,
    "rs-in-flight": counted.rsInFlightSectors,
    "paths": pathsOf(resource, peerNodeId).map(pathObject),
    "peer_devices": peerDevicesOf(resource, peerNodeId).map((peerDevice) =>
      peerDeviceObject(peerDevice, deviceOf(resource, peerDevice.volume))
    ),
  };
}

function pathObject(path: Path): Json {
  return {
    "this_host": addressObject(path.local),
    "remote_host": addressObject(path.peer),
    "established": path.established,
  };
}

/** Splits `FAMILY:HOST:PORT`, without the brackets of an IPv6 address. */
function addressObject(address: string): Json {
  const [, family = "", host = address, port = ""] = /^([^:]+):(.*):(\d+)$/.exec(address) ?? [];
  return {
    "address": host.replace(/^\[(.*)\]$/, "$1"),
    "port": port === "" ? undefined : Number(port),
    "family": family === "" ? undefined : family,
  };
}

function peerDeviceObject(peerDevice: PeerDevice, device: Device | undefined): Json {
  const counted = peerDeviceStatistics(peerDevice);
  return {
    "volume": peerDevice.volume,
    "replication-state": peerDevice.replicationState,
    "peer-disk-state": peerDevice.peerDiskState,
    "peer-client": peerDevice.peerClient === "yes",
    "resync-suspended": peerDevice.resyncSuspended.length === 0 ? "no" : peerDevice.resyncSuspended.join(","),
    "received": counted.receivedKib,
    "sent": counted.sentKib,
    "out-of-sync": counted.outOfSyncKib,
    "pending": counted.pending,
    "unacked": counted.unacked,
    "has-sync-details": false,
    "has-online-verify-details": false,
    "percent-in-sync": percentInSync(counted.outOfSyncKib, device?.sizeKib),
    ...(counted.progress === undefined ? {} : progressObject(counted.progress)),
  };
}

function progressObject({ donePercent, rateMibPerS, etaSeconds }: SyncProgress) {
  return {
    "db1/dt1 [MiB/s]": rateMibPerS,
    // The rate comes with the estimate: without one, statistics were not printed.
    "estimated-seconds-to-finish": rateMibPerS === undefined ? undefined : etaSeconds ?? NO_ESTIMATE,
    "percent-resync-done": donePercent,
  };
}

/** Rounded like drbdsetup, so a small difference is 100.00. Empty where drbdsetup would divide by zero. */
function percentInSync(outOfSyncKib: Counter | undefined, sizeKib: Counter | undefined): number | undefined {
  if (outOfSyncKib === undefined || sizeKib === undefined || Number(sizeKib) === 0) return undefined;
  return Number((100 * (1 - Number(outOfSyncKib) / Number(sizeKib))).toFixed(2));
}

/** A whole number too big for a JavaScript number is printed with all its digits. */
function stringify(value: Json): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) => typeof each === "bigint" ? rawJSON(String(each)) : each,
  );
}

/** Part of the language since 2025; TypeScript does not know it yet. */
const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };
