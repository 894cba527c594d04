/** The promoter's view of a resource, derived from one snapshot. */
import type { Connection, Resource } from "../../../src/drbd/model/model.ts";
import type { DiskState, Role } from "../../../src/drbd/model/vocabulary.ts";

/** A resource as the state machine sees it. */
export interface View {
  readonly role: Role;
  readonly mayPromote: boolean;
  /** Every device has quorum. */
  readonly quorum: boolean;
  /** A peer known to be Primary, by its connection's name. */
  readonly primaryPeer: string | undefined;
  /** All peers known to be Primary, in order. */
  readonly primaryPeers: readonly string[];
  /** Names of connections that are Connected, and of those that are not, each in order. */
  readonly connected: readonly string[];
  readonly disconnected: readonly string[];
  /** A connection is not Connected. */
  readonly isMissingPeers: boolean;
  /** Local disk states, by volume. An intentionally diskless client is Diskless, too. */
  readonly disks: readonly DiskState[];
  /** Volumes without a local disk although the node is not a client of them. */
  readonly lostVolumes: readonly number[];
  /** Volumes that are UpToDate on at least one peer with a disk. */
  readonly upToDateElsewhere: readonly number[];
  /** Names of connections that are Connected and whose peer has all volumes UpToDate. */
  readonly upToDatePeers: readonly string[];
  /** All devices serve I/O: with quorum, UpToDate data here or on a connected peer, not suspended. */
  readonly isServing: boolean;
}

/** Derives the view from `resource` after a whole chunk of lines: a promoter must not see half of a change. */
export function viewOf(resource: Resource): View {
  const { devices, connections, peerDevices } = resource;
  const upToDate = peerDevices.filter((each) => each.peerDiskState === "UpToDate");
  const upToDateElsewhere = [...new Set(upToDate.map((each) => each.volume))].toSorted((a, b) => a - b);
  const isUpToDate = (peerNodeId: number) => {
    const volumes = upToDate.filter((each) => each.peerNodeId === peerNodeId).map((each) => each.volume);
    return devices.length > 0 && devices.every(({ volume }) => volumes.includes(volume));
  };
  const quorum = devices.every((device) => device.quorum);
  const hasData = devices.every(({ diskState, volume }) =>
    diskState === "UpToDate" || upToDateElsewhere.includes(volume)
  );
  const isConnected = (connection: Connection) => connection.connectionState === "Connected";
  const disconnected = namesOf(connections.filter((each) => !isConnected(each)));
  const primaryPeers = namesOf(connections.filter(({ peerRole }) => peerRole === "Primary"));
  return {
    role: resource.role,
    mayPromote: resource.mayPromote,
    quorum,
    primaryPeer: primaryPeers[0],
    primaryPeers,
    connected: namesOf(connections.filter(isConnected)),
    disconnected,
    isMissingPeers: disconnected.length > 0,
    disks: devices.map((device) => device.diskState),
    lostVolumes: devices
      .filter((device) => LOST_DISKS.has(device.diskState) && device.client !== "yes")
      .map((device) => device.volume),
    upToDateElsewhere,
    upToDatePeers: connections
      .filter(({ connectionState, peerNodeId }) => connectionState === "Connected" && isUpToDate(peerNodeId))
      .map((connection) => connection.connName),
    isServing: quorum && hasData && resource.suspended.length === 0 && !resource.forceIoFailures,
  };
}

function namesOf(connections: readonly Connection[]): string[] {
  return connections.map(({ connName }) => connName).sort();
}

/** A disk that serves no reads and writes. */
const LOST_DISKS: ReadonlySet<DiskState> = new Set(["Diskless", "Detaching", "Failed"]);
