/** How two nodes get connected: they meet, shake hands, and all others agree. */
import { clusterWide, commitAll } from "../changes/cluster_wide.ts";
import { handshake, type HandshakeResult, markEqual, type Side } from "./handshake.ts";
import { applyPeerReport, peerReportOf } from "./peer_reports.ts";
import type { ConnectionObject, DeviceObject, ResourceObject } from "../kernel/objects.ts";
import { failedHandshakeProbability } from "./packet_loss.ts";
import { exchangeBitmaps, prepareResync } from "../changes/resync.ts";
import { demote } from "../changes/roles.ts";
import { counterpart, join } from "./sessions.ts";
import { isAtLeast } from "../kernel/states.ts";
import { type Kernel, PRIMARY_IS_OUTDATED, TWO_PRIMARIES } from "../kernel/transaction.ts";

/** What the two ends make of one volume. */
interface Meeting {
  readonly volume: number;
  /** For the first end. */
  readonly result: HandshakeResult;
}

/** If both ends are connecting and can reach one another, they will meet. */
export function tryToMeet(kernel: Kernel, connection: ConnectionObject): void {
  const { world } = kernel;
  const other = counterpart(world, connection);
  if (other === undefined || !canMeet(kernel, connection, other)) return;
  const rounds = [++connection.round, ++other.round];
  const wanted = () =>
    connection.round === rounds[0] && other.round === rounds[1] && canMeet(kernel, connection, other);
  const { resource, peer } = connection;
  const delayMs = world.meetDelay(resource.node.name, peer.name, resource.config.name) ??
    world.draw(world.timing.connectMs);
  world.later(resource, delayMs + world.drawResendsMs(resource.node, peer), () => {
    if (!wanted()) return;
    setEstablished(kernel, connection, true);
    setEstablished(kernel, other, true);
    shakeHands(kernel, connection, other, wanted);
  });
}

function canMeet(kernel: Kernel, connection: ConnectionObject, other: ConnectionObject): boolean {
  return connection.is.connection === "Connecting" && other.is.connection === "Connecting" &&
    !connection.resource.gone && !other.resource.gone &&
    kernel.world.reaches(connection.resource, connection.peer);
}

/** Tells that the paths of a connection stand, or do not any more. */
export function setEstablished({ world }: Kernel, connection: ConnectionObject, established: boolean): void {
  const paths = connection.paths.filter((path) => path.established !== established);
  if (paths.length === 0) return;
  for (const path of paths) path.established = established;
  world.publish(connection.resource, { paths: paths.map((path) => [connection, path]) });
}

/** The network changed: those who wait for it try; those whose path is gone say so. */
export function meetAll(kernel: Kernel): void {
  const { world } = kernel;
  for (const node of world.nodes) {
    for (const resource of node.resources) {
      for (const connection of resource.connections) {
        if (connection.is.connection !== "Connecting") continue;
        if (world.reaches(resource, connection.peer)) {
          // Each pair once.
          const other = counterpart(world, connection);
          const isFirst = resource.node.nodeId < connection.peer.nodeId;
          if (isFirst || other?.is.connection !== "Connecting") tryToMeet(kernel, connection);
        } else {
          connection.round++;
          world.later(resource, world.timing.pingTimeoutMs, () => {
            const isLost = connection.is.connection === "Connecting" &&
              !world.reaches(resource, connection.peer);
            if (isLost) setEstablished(kernel, connection, false);
          });
        }
      }
    }
  }
}

function shakeHands(kernel: Kernel, a: ConnectionObject, b: ConnectionObject, wanted: () => boolean): void {
  const { world } = kernel;
  world.later(a.resource, world.draw(world.timing.handshakeMs), () => {
    if (!wanted()) return;
    if (isHandshakeLost(kernel, a)) return fail(kernel, a, b, wanted);
    clusterWide(kernel, a.resource, {
      wanted,
      joins: b.resource,
      refuse: (members) => {
        if (members.filter(({ is }) => is.role === "Primary").length > 1) return TWO_PRIMARIES;
        return meet(a, b).some((meeting) => overrulesPrimary(a, b, meeting))
          ? PRIMARY_IS_OUTDATED
          : undefined;
      },
      commit: (members) => connect(kernel, a, b, members),
      done: (refusal) => {
        if (refusal !== undefined) refused(kernel, a, b, wanted);
      },
    });
  });
}

/** Nobody draws where nothing is lost. */
function isHandshakeLost({ world }: Kernel, { resource, peer }: ConnectionObject): boolean {
  const link = world.lossyLink(resource.node, peer);
  return link !== undefined &&
    world.random.chance(failedHandshakeProbability(link.lossRate, world.timing.pingTimeoutMs));
}

/** No answer comes in time: both ends start over. */
function fail(kernel: Kernel, a: ConnectionObject, b: ConnectionObject, wanted: () => boolean): void {
  const { world } = kernel;
  world.later(a.resource, world.timing.pingTimeoutMs, () => {
    if (!wanted()) return;
    for (const end of [a, b]) kernel.change(end.resource, () => end.is.connection = "NetworkFailure");
  });
}

/** What the two ends would make of each volume. */
function meet(a: ConnectionObject, b: ConnectionObject): Meeting[] {
  return a.peerDevices.map(({ device }) => ({
    volume: device.volume,
    result: handshake(sideOf(a, device), sideOf(b, b.peerDevice(device.volume)?.device)),
  }));
}

/** Whether a Primary would lose data that its users have seen: somebody else has gone on meanwhile. */
function overrulesPrimary(a: ConnectionObject, b: ConnectionObject, { volume, result }: Meeting): boolean {
  if (result.outcome !== "source" && result.outcome !== "target") return false;
  const target = result.outcome === "target" ? a : b;
  const disk = target.peerDevice(volume)?.device.is.disk;
  return target.resource.is.role === "Primary" && disk !== undefined && isAtLeast(disk, "Consistent");
}

/** A Primary meets another one, or newer data: it has to give in before they can connect. */
function refused(kernel: Kernel, a: ConnectionObject, b: ConnectionObject, wanted: () => boolean): void {
  const { world } = kernel;
  let waits = false;
  for (const end of [a, b]) {
    const { resource } = end;
    if (resource.is.role !== "Primary" || !resource.is.suspendedQuorum) continue;
    if (resource.options.onSuspendedPrimaryOutdated === "force-secondary") {
      demote(kernel, resource, { force: true }, () => {});
      waits = true;
    }
  }
  if (!waits && a.resource.options.rrConflict === "disconnect") {
    for (const end of [a, b]) kernel.change(end.resource, () => end.is.connection = "Disconnecting");
    return;
  }
  world.later(a.resource, world.draw(world.timing.connectRetryMs), () => shakeHands(kernel, a, b, wanted));
}

function connect(
  kernel: Kernel,
  a: ConnectionObject,
  b: ConnectionObject,
  members: readonly ResourceObject[],
): void {
  const meetings = meet(a, b);
  if (meetings.some(({ result }) => result.outcome === "split-brain")) {
    splitBrain(kernel, a);
    splitBrain(kernel, b);
    return;
  }
  join(a, b);
  const proposals = [propose(a, b, meetings, false), propose(b, a, meetings, true)];
  commitAll(kernel, members, (member) => {
    if (member === a.resource) proposals[0]?.();
    if (member === b.resource) proposals[1]?.();
  });
  startResyncs(kernel, a, b, meetings);
}

function sideOf(end: ConnectionObject, device: DeviceObject | undefined): Side {
  const { resource } = end;
  const disk = device?.disk;
  return {
    nodeId: resource.node.nodeId,
    disk,
    state: device?.is.disk ?? "Diskless",
    crashed: disk?.crashedTowards(end.peer.nodeId) === true,
    withPrimary: resource.is.role === "Primary" ||
      resource.connections.some((connection) => connection.is.peerRole === "Primary"),
  };
}

/** What changes on the side of `mine`, by what both are before it. */
function propose(
  mine: ConnectionObject,
  theirs: ConnectionObject,
  meetings: readonly Meeting[],
  isMirrored: boolean,
): () => void {
  const { role } = theirs.resource.is;
  const states = meetings.map(({ volume, result }) => {
    const device = theirs.peerDevice(volume)?.device;
    return { volume, result, report: device === undefined ? undefined : peerReportOf(device, theirs) };
  });
  return () => {
    mine.is.connection = "Connected";
    mine.is.peerRole = role;
    for (const { volume, result, report } of states) {
      const peer = mine.peerDevice(volume);
      if (peer === undefined || report === undefined) continue;
      applyPeerReport(peer, report);
      const isTarget = result.outcome === (isMirrored ? "source" : "target");
      peer.is.replication = result.outcome === "none" ? "Established" : isTarget ? "WFBitMapT" : "WFBitMapS";
    }
  };
}

function startResyncs(
  kernel: Kernel,
  a: ConnectionObject,
  b: ConnectionObject,
  meetings: readonly Meeting[],
): void {
  const volumes: number[] = [];
  for (const { volume, result } of meetings) {
    const disks = [a, b].map((end) => end.peerDevice(volume)?.device.disk);
    if (result.outcome === "none") {
      markEqual(disks[0], disks[1], a.resource.node.nodeId, b.resource.node.nodeId);
      continue;
    }
    const [source, target] = result.outcome === "source" ? [a, b] : [b, a];
    prepareResync(kernel, source.peerDevice(volume), target.peerDevice(volume), result.kib);
    volumes.push(volume);
  }
  exchangeBitmaps(kernel, a, volumes);
  exchangeBitmaps(kernel, b, volumes);
}

/** The data of both have gone different ways: somebody has to decide which are given up. */
function splitBrain(kernel: Kernel, end: ConnectionObject): void {
  const { world } = kernel;
  const device = end.peerDevices[0]?.device;
  const subject = device === undefined ? { connection: end } : { connection: end, device };
  end.round++;
  world.help(end.resource, "initial-split-brain", subject, () => {
    world.help(end.resource, "split-brain", subject, () => {
      if (end.is.connection !== "Connecting") return;
      kernel.change(end.resource, () => end.is.connection = "Disconnecting");
    });
  });
}
