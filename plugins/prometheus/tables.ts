/**
 * The metrics about DRBD, as tables. Names, labels and units of all that drbd-reactor shows are its own, since
 * dashboards and alert rules of its users select by them; README.md says which those are.
 */
import {
  CONNECTION_STATES,
  DISK_STATES,
  REPLICATION_STATES,
  ROLES,
  SUSPEND_REASONS,
  type Tristate,
} from "../../src/drbd/vocabulary.ts";
import type { Connection, Device, Path, PeerDevice, Resource } from "../../src/drbd/model.ts";
import {
  type ConnectionStatistics,
  connectionStatistics,
  type DeviceStatistics,
  deviceStatistics,
  type PeerDeviceStatistics,
  peerDeviceStatistics,
} from "../../src/drbd/statistics.ts";
import { counter, gauge, type Row, state, type Table, type ValueRow } from "./row.ts";

const KIB = { unit: "bytes", factor: 1024 } as const;
const SECTORS = { unit: "bytes", factor: 512 } as const;
const MIB_PER_S = { factor: 1024 * 1024 } as const;

const RESOURCES: Table<Resource> = {
  labels: ["name"],
  subjects: (resource) => [resource],
  labelsOf: ({ name }) => [name],
  rows: [
    state("drbd_resource_role", "Role of the resource on this node", ROLES, ({ role }) => role),
    gauge(
      "drbd_resource_suspended",
      "Whether I/O of the resource is suspended, for whatever reason",
      ({ suspended }) => suspended.length > 0,
    ),
    {
      name: "drbd_resource_suspended_reason",
      type: "gauge",
      help: "Whether I/O of the resource is suspended for this reason",
      label: "reason",
      words: SUSPEND_REASONS,
      isEnum: false,
      holding: ({ suspended }) => suspended,
    },
    gauge(
      "drbd_resource_maypromote",
      "Whether the resource could be promoted on this node",
      ({ mayPromote }) => mayPromote,
    ),
    gauge(
      "drbd_resource_promotionscore",
      "How good the data of this node are for a promotion, higher is better",
      ({ promotionScore }) => promotionScore,
    ),
    gauge(
      "drbd_resource_forceiofailures",
      "Whether the resource was demoted by force, so that all I/O fails until nobody has it open",
      ({ forceIoFailures }) => forceIoFailures,
    ),
  ],
};

interface ConnectionSubject {
  readonly resource: Resource;
  readonly connection: Connection;
  readonly statistics: ConnectionStatistics;
}

const CONNECTIONS: Table<ConnectionSubject> = {
  labels: ["name", "conn_name", "peer_node_id"],
  subjects: (resource) =>
    resource.connections.map((connection) => ({
      resource,
      connection,
      statistics: connectionStatistics(connection),
    })),
  labelsOf: ({ resource, connection }) => [resource.name, connection.connName, connection.peerNodeId],
  rows: [
    state(
      "drbd_connection_state",
      "State of the connection to the peer",
      CONNECTION_STATES,
      ({ connection }) => connection.connectionState,
    ),
    gauge(
      "drbd_connection_congested",
      "Whether more waits to be sent to the peer than the connection takes",
      ({ connection }) => connection.congested,
    ),
    gauge(
      "drbd_connection_apinflight_bytes",
      "Data of applications on their way to the peer",
      ({ statistics }) => statistics.apInFlightSectors,
      SECTORS,
    ),
    gauge(
      "drbd_connection_rsinflight_bytes",
      "Data of resyncs on their way to the peer",
      ({ statistics }) => statistics.rsInFlightSectors,
      SECTORS,
    ),
  ],
};

interface PeerDeviceSubject {
  readonly resource: Resource;
  readonly connName: string;
  readonly peerDevice: PeerDevice;
  readonly statistics: PeerDeviceStatistics;
}

const PEER_DEVICES: Table<PeerDeviceSubject> = {
  labels: ["name", "conn_name", "peer_node_id", "volume"],
  subjects(resource) {
    const names = new Map(resource.connections.map((each) => [each.peerNodeId, each.connName]));
    return resource.peerDevices.map((peerDevice) => ({
      resource,
      connName: names.get(peerDevice.peerNodeId) ?? "",
      peerDevice,
      statistics: peerDeviceStatistics(peerDevice),
    }));
  },
  labelsOf: ({ resource, connName, peerDevice }) => [
    resource.name,
    connName,
    peerDevice.peerNodeId,
    peerDevice.volume,
  ],
  rows: [
    state(
      "drbd_peerdevice_disk_state",
      "State of the peer's disk",
      DISK_STATES,
      ({ peerDevice }) => peerDevice.peerDiskState,
    ),
    state(
      "drbd_peerdevice_replication_state",
      "State of the replication to the peer",
      REPLICATION_STATES,
      ({ peerDevice }) => peerDevice.replicationState,
    ),
    gauge(
      "drbd_peerdevice_outofsync_bytes",
      "Data that this node and the peer do not have alike, as far as this node knows",
      ({ statistics }) => statistics.outOfSyncKib,
      KIB,
    ),
    asUnknown(counter(
      "drbd_peerdevice_sent_bytes",
      "Data sent to the peer since the connection was made",
      ({ statistics }) => statistics.sentKib,
      KIB,
    )),
    asUnknown(counter(
      "drbd_peerdevice_received_bytes",
      "Data received from the peer since the connection was made",
      ({ statistics }) => statistics.receivedKib,
      KIB,
    )),
    gauge(
      "drbd_peerdevice_resync_suspended",
      "Whether resyncs with the peer are suspended, for whatever reason",
      ({ peerDevice }) => peerDevice.resyncSuspended.length > 0,
    ),
    gauge(
      "drbd_peerdevice_resync_done_ratio",
      "Part of the resync or verify that is done, while there is one",
      ({ statistics }) => ratio(statistics.progress?.donePercent),
      { unit: "ratio" },
    ),
    gauge(
      "drbd_peerdevice_resync_eta_seconds",
      "Time that the resync or verify will still take at its present rate, while there is one that moves",
      ({ statistics }) => statistics.progress?.etaSeconds,
      { unit: "seconds" },
    ),
    gauge(
      "drbd_peerdevice_resync_bytes_per_second",
      "Present rate of the resync or verify, while there is one",
      ({ statistics }) => statistics.progress?.rateMibPerS,
      MIB_PER_S,
    ),
  ],
};

interface DeviceSubject {
  readonly resource: Resource;
  readonly device: Device;
  readonly statistics: DeviceStatistics;
}

const DEVICES: Table<DeviceSubject> = {
  labels: ["name", "volume", "minor"],
  subjects: (resource) =>
    resource.devices.map((device) => ({ resource, device, statistics: deviceStatistics(device) })),
  labelsOf: ({ resource, device }) => [resource.name, device.volume, device.minor ?? ""],
  rows: [
    state("drbd_device_state", "State of the local disk", DISK_STATES, ({ device }) => device.diskState),
    gauge(
      "drbd_device_client",
      "Whether the device is diskless on purpose",
      ({ device }) => yesNo(device.client),
    ),
    gauge("drbd_device_quorum", "Whether the device has quorum", ({ device }) => device.quorum),
    gauge("drbd_device_open", "Whether somebody has the device open", ({ device }) => yesNo(device.open)),
    gauge(
      "drbd_device_unintentionaldiskless",
      "Whether the device has no disk though it is meant to have one",
      ({ device }) => device.diskState === "Diskless" && device.client !== "yes",
    ),
    gauge("drbd_device_size_bytes", "Size of the device", ({ device }) => device.sizeKib, KIB),
    counter(
      "drbd_device_read_bytes_total",
      "Data read from the local disk",
      ({ statistics }) => statistics.readKib,
      KIB,
    ),
    counter(
      "drbd_device_written_bytes_total",
      "Data written to the local disk",
      ({ statistics }) => statistics.writtenKib,
      KIB,
    ),
    counter(
      "drbd_device_alwrites_total",
      "Writes to the activity log in the metadata",
      ({ statistics }) => statistics.alWrites,
    ),
    counter(
      "drbd_device_bmwrites_total",
      "Writes to the bitmap in the metadata",
      ({ statistics }) => statistics.bmWrites,
    ),
    gauge(
      "drbd_device_upperpending",
      "Requests to the device that are not yet answered",
      ({ statistics }) => statistics.upperPending,
    ),
    gauge(
      "drbd_device_lowerpending",
      "Requests of DRBD to the local disk that are not yet answered",
      ({ statistics }) => statistics.lowerPending,
    ),
    gauge(
      "drbd_device_alsuspended",
      "Whether writing to the activity log is suspended",
      ({ statistics }) => statistics.alSuspended,
    ),
  ],
};

interface PathSubject {
  readonly resource: Resource;
  readonly connName: string;
  readonly path: Path;
}

const PATHS: Table<PathSubject> = {
  labels: ["name", "conn_name", "peer_node_id", "local", "peer"],
  subjects(resource) {
    const names = new Map(resource.connections.map((each) => [each.peerNodeId, each.connName]));
    return resource.paths.map((path) => ({ resource, connName: names.get(path.peerNodeId) ?? "", path }));
  },
  labelsOf: ({ resource, connName, path }) => [
    resource.name,
    connName,
    path.peerNodeId,
    path.local,
    path.peer,
  ],
  rows: [
    gauge(
      "drbd_path_established",
      "Whether the network path to the peer is up",
      ({ path }) => path.established,
    ),
  ],
};

/** Takes a table together with its subjects, whatever those are. */
export interface TableVisitor {
  table<Subject>(table: Table<Subject>): void;
}

/** Shows `visitor` all tables, in the order of the output. */
export function visitTables(visitor: TableVisitor): void {
  visitor.table(RESOURCES);
  visitor.table(CONNECTIONS);
  visitor.table(PEER_DEVICES);
  visitor.table(DEVICES);
  visitor.table(PATHS);
}

function yesNo(tristate: Tristate): boolean | undefined {
  return tristate === "yes" ? true : tristate === "no" ? false : undefined;
}

/** Percent have two decimals; dividing whole numbers leaves no others. */
function ratio(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : Math.round(percent * 100) / 10_000;
}

/**
 * Checkers and OpenMetrics want counters to be called `_total`. These are called as drbd-reactor called them, so their
 * type stays open: dashboards select by name, and Prometheus computes the same with both.
 */
function asUnknown<Subject>(row: ValueRow<Subject>): Row<Subject> {
  return { ...row, type: "unknown" };
}
