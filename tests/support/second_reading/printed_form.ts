/**
 * A snapshot in the form of the naive reading: what drbdsetup printed last of each object, made from the
 * typed fields and counters, not from texts that the core kept.
 */
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import type { Counter } from "../../../src/drbd/model/counter.ts";
import type { Connection, Device, Path, PeerDevice, Resource } from "../../../src/drbd/model/model.ts";
import {
  connectionStatistics,
  deviceStatistics,
  peerDeviceStatistics,
} from "../../../src/drbd/model/statistics.ts";
import type { Fields, NaiveState } from "./naive_reading.ts";

const NOT_TOLD_HALVED = "9223372036854775807";
const NOT_TOLD = "18446744073709551615";
const NOT_TOLD_32_BIT = "4294967295";

export function printedForm(cluster: Cluster): NaiveState {
  return Object.fromEntries(Array.from(cluster, (resource) => [resource.name, {
    own: resourceFields(resource),
    devices: byId(resource.devices, ({ volume }) => [volume], deviceFields),
    connections: byId(resource.connections, ({ peerNodeId }) => [peerNodeId], connectionFields),
    peerDevices: byId(
      resource.peerDevices,
      ({ peerNodeId, volume }) => [peerNodeId, volume],
      peerDeviceFields,
    ),
    paths: byId(
      resource.paths,
      ({ peerNodeId, local, peer }) => [peerNodeId, local, peer],
      pathFields,
    ),
  }]));
}

function byId<Child>(
  children: readonly Child[],
  id: (child: Child) => readonly (string | number)[],
  fields: (child: Child) => Fields,
): Record<string, Fields> {
  return Object.fromEntries(children.map((child) => [id(child).join(" "), fields(child)]));
}

function resourceFields(resource: Resource): Fields {
  return present({
    role: resource.role,
    suspended: list(resource.suspended),
    "force-io-failures": yesNo(resource.forceIoFailures),
    "write-ordering": resource.writeOrdering,
    may_promote: yesNo(resource.mayPromote),
    promotion_score: String(resource.promotionScore),
  });
}

function deviceFields(device: Device): Fields {
  const counters = deviceStatistics(device);
  return present({
    minor: String(device.minor),
    backing_dev: device.backingDev ?? "none",
    disk: device.diskState,
    client: device.client,
    open: device.open,
    quorum: yesNo(device.quorum),
    size: count(device.sizeKib, NOT_TOLD_HALVED),
    read: count(counters.readKib, NOT_TOLD_HALVED),
    written: count(counters.writtenKib, NOT_TOLD_HALVED),
    "al-writes": count(counters.alWrites, NOT_TOLD),
    "bm-writes": count(counters.bmWrites, NOT_TOLD),
    "upper-pending": count(counters.upperPending, NOT_TOLD_32_BIT),
    "lower-pending": count(counters.lowerPending, NOT_TOLD_32_BIT),
    "al-suspended": yesNo(counters.alSuspended ?? true),
    blocked: list(device.blocked),
  });
}

function connectionFields(connection: Connection): Fields {
  const { apInFlightSectors, rsInFlightSectors } = connectionStatistics(connection);
  return present({
    "conn-name": connection.connName,
    connection: connection.connectionState,
    role: connection.peerRole,
    congested: yesNo(connection.congested),
    "ap-in-flight": apInFlightSectors === undefined ? undefined : String(apInFlightSectors),
    "rs-in-flight": rsInFlightSectors === undefined ? undefined : String(rsInFlightSectors),
  });
}

function peerDeviceFields(peerDevice: PeerDevice): Fields {
  const { progress, ...counters } = peerDeviceStatistics(peerDevice);
  return present({
    replication: peerDevice.replicationState,
    "peer-disk": peerDevice.peerDiskState,
    "peer-client": peerDevice.peerClient,
    "resync-suspended": list(peerDevice.resyncSuspended),
    done: progress?.donePercent.toFixed(2),
    received: count(counters.receivedKib, NOT_TOLD_HALVED),
    sent: count(counters.sentKib, NOT_TOLD_HALVED),
    "out-of-sync": count(counters.outOfSyncKib, NOT_TOLD_HALVED),
    pending: count(counters.pending, NOT_TOLD_32_BIT),
    unacked: count(counters.unacked, NOT_TOLD_32_BIT),
    dbdt1: progress?.rateMibPerS?.toFixed(2),
    eta: progress && String(progress.etaSeconds ?? "nan"),
  });
}

function pathFields(path: Path): Fields {
  return { established: yesNo(path.established) };
}

function present(fields: Record<string, string | undefined>): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => value === undefined ? [] : [[key, value]]),
  );
}

function count(counter: Counter | undefined, notTold: string): string {
  return counter === undefined ? notTold : String(counter);
}

function list(words: readonly string[]): string {
  return words.length === 0 ? "no" : words.join(",");
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
