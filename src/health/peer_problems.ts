/** Problems with a resource's peers: connections, paths and the disks there. */
import type { ObservedPeerDevice, ObservedResource } from "./observed.ts";
import { peerName } from "./peers.ts";
import type { Problem } from "./problem.ts";
import { isSyncing, resyncProblems } from "./resync.ts";

export function peerProblems(resource: ObservedResource): Problem[] {
  const problems = resource.connections.flatMap((connection): Problem[] => {
    const { peerNodeId, connectionState } = connection;
    const peer = peerName(connection);
    // StandAlone has a problem of its own.
    if (connectionState === "StandAlone") return [];
    if (connectionState !== "Connected") {
      return [{
        id: "not-connected",
        severity: "degraded",
        about: peer,
        what: `not connected to ${peer} (${connectionState})`,
        next: `is ${peer} up, and the network to it? drbdadm status ${resource.name} there`,
      }];
    }
    const devices = resource.peerDevices.filter((each) => each.peerNodeId === peerNodeId);
    return [
      ...pathProblems(resource, peerNodeId, peer),
      ...devices.flatMap((each) => [
        ...resyncProblems(resource, peer, each),
        ...peerDiskProblems(resource, peer, each),
      ]),
    ];
  });
  // What runs says more than what waits for it.
  return problems.toSorted((a, b) => Number(a.id === "resync-paused") - Number(b.id === "resync-paused"));
}

function pathProblems({ paths, name }: ObservedResource, peerNodeId: number, peer: string): Problem[] {
  const all = paths.filter((path) => path.peerNodeId === peerNodeId);
  const down = all.filter(({ established }) => !established).length;
  if (down === 0 || down === all.length) return [];
  return [{
    id: "path-down",
    severity: "degraded",
    about: peer,
    what: `${down} of ${all.length} paths to ${peer} are down`,
    next: `look at that network: drbdsetup show ${name} has the addresses`,
  }];
}

function peerDiskProblems({ name }: ObservedResource, peer: string, device: ObservedPeerDevice): Problem[] {
  const { volume, replicationState, peerDiskState, peerClient, outOfSyncKib = 0 } = device;
  if (replicationState === "Ahead" || replicationState === "Behind") {
    return [{
      id: "not-replicating",
      severity: "degraded",
      about: `${peer} volume ${volume}`,
      what: `volume ${volume} is not replicated with ${peer} now (${replicationState})`,
      next: "it is resynced when the link is no longer congested",
    }];
  }
  if (isSyncing(device)) return [];
  if (peerDiskState !== "UpToDate" && !(peerDiskState === "Diskless" && peerClient === "yes")) {
    return [{
      id: "peer-disk-not-up-to-date",
      severity: "degraded",
      about: `${peer} volume ${volume}`,
      what: `the disk of volume ${volume} on ${peer} is ${peerDiskState}`,
      next: `drbdadm status ${name} on ${peer}`,
    }];
  }
  if (outOfSyncKib > 0 && replicationState === "Established") {
    return [{
      id: "out-of-sync",
      severity: "degraded",
      about: `${peer} volume ${volume}`,
      what: `${outOfSyncKib} KiB of volume ${volume} differ from ${peer}`,
      next: `drbdadm disconnect ${name} and drbdadm connect ${name} resync what a verification found`,
    }];
  }
  return [];
}
