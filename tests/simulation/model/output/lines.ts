/** What `drbdsetup events2 --full` prints of an object after the verb, and its other lines. */
import {
  type ConnectionObject,
  type DeviceObject,
  isSuspended,
  type PathObject,
  type PeerDeviceObject,
  type ResourceFields,
  type ResourceObject,
} from "../kernel/objects.ts";
import { promotionOf } from "./promotion.ts";
import { isAtLeast } from "../kernel/states.ts";

function yesNo(value: boolean): "yes" | "no" {
  return value ? "yes" : "no";
}

/** The reasons, in drbdsetup's order. */
export function suspendedText(fields: ResourceFields): string {
  if (!isSuspended(fields)) return "no";
  const reasons: string[] = [];
  if (fields.suspendedUser) reasons.push("user");
  if (fields.suspendedNoData) reasons.push("no-data");
  if (fields.suspendedFencing) reasons.push("fencing");
  if (fields.suspendedQuorum || fields.suspendedGeneration) reasons.push("quorum");
  return reasons.join(",");
}

export function resourceText(resource: ResourceObject): string {
  const { is, name, writeOrdering } = resource;
  const { mayPromote, score } = promotionOf(resource);
  return `resource name:${name} role:${is.role} suspended:${suspendedText(is)} ` +
    `force-io-failures:${yesNo(is.forceIoFailures)} write-ordering:${writeOrdering} ` +
    `may_promote:${yesNo(mayPromote)} promotion_score:${score}`;
}

export function backingDevOf(device: DeviceObject): string {
  return isAtLeast(device.is.disk, "Failed") && device.disk !== undefined ? device.config.backingDev : "none";
}

/** Without `blocked`, which is printed only when it changed. */
export function deviceText(device: DeviceObject): string {
  const { is } = device;
  return `device name:${device.resource.name} volume:${device.volume} minor:${device.minor} ` +
    `backing_dev:${backingDevOf(device)} disk:${is.disk} client:${yesNo(device.client)} ` +
    `open:${yesNo(device.openers.size > 0)} quorum:${yesNo(is.quorum)} size:${device.sizeKib} ` +
    `read:${device.readKib} written:${device.writtenKib} al-writes:${device.activityLogWrites} ` +
    `bm-writes:${device.bitmapWrites} upper-pending:0 lower-pending:0 al-suspended:no`;
}

export function blockedText(device: DeviceObject): "upper" | "no" {
  const { disk } = device.is;
  if (isSuspended(device.resource.is) || disk === "Attaching" || disk === "Negotiating") return "upper";
  const waits = device.resource.connections.some((connection) =>
    connection.peerDevice(device.volume)?.is.replication === "WFBitMapT"
  );
  return waits ? "upper" : "no";
}

function connectionIdentity(connection: ConnectionObject): string {
  const { resource, peer } = connection;
  return `name:${resource.name} peer-node-id:${peer.nodeId} conn-name:${peer.name}`;
}

export function connectionText(connection: ConnectionObject): string {
  const { is } = connection;
  return `connection ${connectionIdentity(connection)} connection:${is.connection} role:${is.peerRole} ` +
    "congested:no ap-in-flight:0 rs-in-flight:0";
}

/** The reasons why a resync is held up, in drbdsetup's order. */
export function resyncSuspendedText(peerDevice: PeerDeviceObject): string {
  if (!peerDevice.isSuspended) return "no";
  const reasons: string[] = [];
  if (peerDevice.is.suspendedUser) reasons.push("user");
  if (peerDevice.is.suspendedPeer) reasons.push("peer");
  if (peerDevice.is.suspendedDependency) reasons.push("dependency");
  return reasons.join(",");
}

/** KiB in which this disk and the peer's differ, as far as this node knows. */
export function outOfSyncKib(peerDevice: PeerDeviceObject, nowMs: number): number {
  if (peerDevice.resync !== undefined) return peerDevice.resync.leftKib(nowMs);
  return peerDevice.device.disk?.differsFrom(peerDevice.nodeId) ?? 0;
}

export function peerDeviceText(peerDevice: PeerDeviceObject, nowMs: number): string {
  const { is, resync } = peerDevice;
  const runs = resync !== undefined && resync.leftKib(nowMs) > 0 && !is.replication.startsWith("WFBitMap");
  const done = runs ? ` done:${resync.donePercent(nowMs).toFixed(2)}` : "";
  const eta = runs ? resync.etaSeconds(nowMs) : undefined;
  const rate = eta === undefined ? 0 : (resync?.rateKibPerS ?? 0) / 1024;
  return `peer-device ${connectionIdentity(peerDevice.connection)} volume:${peerDevice.device.volume} ` +
    `replication:${is.replication} peer-disk:${is.peerDisk} peer-client:${yesNo(peerDevice.peerClient)} ` +
    `resync-suspended:${resyncSuspendedText(peerDevice)}${done} received:${peerDevice.receivedKib} ` +
    `sent:${peerDevice.sentKib} out-of-sync:${outOfSyncKib(peerDevice, nowMs)} pending:0 unacked:0` +
    (runs ? ` dbdt1:${rate.toFixed(2)} eta:${eta === undefined ? "nan" : Math.round(eta)}` : "");
}

export function pathIdentity(connection: ConnectionObject, path: PathObject): string {
  return `path ${connectionIdentity(connection)} local:${path.local} peer:${path.peer}`;
}

export function pathText(connection: ConnectionObject, path: PathObject): string {
  return `${pathIdentity(connection, path)} established:${yesNo(path.established)}`;
}

export function destroyDeviceLine(device: DeviceObject): string {
  return `destroy device name:${device.resource.name} volume:${device.volume}`;
}

export function destroyConnectionLine(connection: ConnectionObject): string {
  return `destroy connection ${connectionIdentity(connection)}`;
}

/** What a user-mode helper is about, besides its resource. */
export interface HelperSubject {
  readonly connection?: ConnectionObject;
  readonly device?: DeviceObject;
}

export function helperText(resource: ResourceObject, helper: string, subject: HelperSubject): string {
  const who = subject.connection === undefined
    ? `name:${resource.name}`
    : connectionIdentity(subject.connection);
  const what = subject.device === undefined
    ? ""
    : ` volume:${subject.device.volume} minor:${subject.device.minor}`;
  return `helper ${who}${what} helper:${helper}`;
}
