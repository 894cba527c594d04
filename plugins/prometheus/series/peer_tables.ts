/** The metrics of connections and peer devices. See `tables.ts`. */
import type { Connection, Path, PeerDevice, Resource } from "../../../src/drbd/model/model.ts";
import {
  type ConnectionStatistics,
  connectionStatistics,
  type PeerDeviceStatistics,
  peerDeviceStatistics,
} from "../../../src/drbd/model/statistics.ts";
import { CONNECTION_STATES, DISK_STATES, REPLICATION_STATES } from "../../../src/drbd/model/vocabulary.ts";
import {
  counter,
  gauge,
  KIB,
  MIB_PER_S,
  type Row,
  SECTORS,
  state,
  type Table,
  type ValueRow,
} from "./row.ts";

interface ConnectionSubject {
  readonly resource: Resource;
  readonly connection: Connection;
  readonly statistics: ConnectionStatistics;
}

export const CONNECTIONS: Table<ConnectionSubject> = {
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
      "drbd_connection_connected",
      "Whether the connection to the peer is Connected",
      ({ connection }) => connection.connectionState === "Connected",
    ),
    gauge(
      "drbd_connection_split_brain_suspected",
      "Whether the connection is StandAlone, as after a split brain or a disconnect by an administrator",
      ({ connection }) => connection.connectionState === "StandAlone",
    ),
    gauge(
      "drbd_connection_congested",
      "Whether the connection to the peer is congested",
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

export const PEER_DEVICES: Table<PeerDeviceSubject> = {
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
      "all",
    ),
    state(
      "drbd_peerdevice_replication_state",
      "State of the replication to the peer",
      REPLICATION_STATES,
      ({ peerDevice }) => peerDevice.replicationState,
      "all",
    ),
    gauge(
      "drbd_peerdevice_outofsync_bytes",
      "Data that differs between this node and the peer, as far as this node knows",
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
      "Completed share of a running resync or verify",
      ({ statistics }) => ratio(statistics.progress?.donePercent),
      { unit: "ratio" },
    ),
    gauge(
      "drbd_peerdevice_resync_eta_seconds",
      "Estimated time until a running resync or verify is complete",
      ({ statistics }) => statistics.progress?.etaSeconds,
      { unit: "seconds" },
    ),
    gauge(
      "drbd_peerdevice_resync_bytes_per_second",
      "Current rate of a running resync or verify",
      ({ statistics }) => statistics.progress?.rateMibPerS,
      MIB_PER_S,
    ),
  ],
};

interface PathSubject {
  readonly resource: Resource;
  readonly connName: string;
  readonly path: Path;
}

export const PATHS: Table<PathSubject> = {
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
