/** Problems of a resource itself: role, I/O and disks on this node. */
import type { ObservedPeerDevice, ObservedResource } from "./observed.ts";
import { isPrimaryUnseen, peerName, primaryPeers } from "./peers.ts";
import type { Problem, Severity } from "./problem.ts";
import { isSyncing } from "./resync.ts";

/** Several Primaries, or split brain: nodes write, or wrote, to different data. */
export function splitBrainProblems(
  resource: ObservedResource,
  helperPeers: readonly number[],
): Problem[] {
  const { name, role, connections } = resource;
  const primaries = [...(role === "Primary" ? ["this node"] : []), ...primaryPeers(resource)];
  const problems: Problem[] = [];
  if (primaries.length > 1) {
    problems.push({
      id: "split-brain",
      severity: "down",
      about: "",
      what: `two Primaries: ${primaries.join(" and ")}`,
      next: `stop its services on ${
        primaries.length === 2 ? "one of the two" : "all nodes but one"
      }, then drbdadm secondary ${name} there`,
    });
  }
  for (const connection of connections) {
    if (connection.connectionState !== "StandAlone") continue;
    const peer = peerName(connection);
    problems.push(
      helperPeers.includes(connection.peerNodeId)
        ? {
          id: "split-brain",
          severity: "down",
          about: peer,
          what:
            `split brain with ${peer}: both nodes have data of their own, and the connection is StandAlone`,
          next: resolution(name, peer),
        }
        : {
          id: "standalone",
          severity: "degraded",
          about: peer,
          what: `StandAlone, does not try to connect to ${peer}: after a split brain, or drbdadm disconnect`,
          next: `journalctl -k | grep -i split-brain; without one: drbdadm connect ${name}; with one: ${
            resolution(name, peer)
          }`,
        },
    );
  }
  return problems;
}

function resolution(name: string, peer: string): string {
  return `decide whose data to give up (this node or ${peer}), stop the services there, run there ` +
    `drbdadm secondary ${name} && drbdadm connect --discard-my-data ${name}, and drbdadm connect ${name} on the other`;
}

/** Quorum, suspended I/O, failing I/O. */
export function ioProblems(resource: ObservedResource): Problem[] {
  const { name, devices, suspended, forceIoFailures } = resource;
  const problems: Problem[] = [];
  const lost = devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  if (lost.length > 0) {
    problems.push({
      id: "no-quorum",
      severity: severityHere(resource),
      about: "",
      what: `no quorum (volume ${lost.join(", ")})`,
      next: `drbdadm status ${name}: which peers cannot be reached?`,
    });
  }
  if (suspended.length > 0) {
    const isMeant = suspended.every((reason) => reason === "user");
    problems.push({
      id: "io-suspended",
      severity: isMeant ? "degraded" : "down",
      about: "",
      what: `I/O is suspended: ${suspended.join(", ")}`,
      next: isMeant ? `drbdadm resume-io ${name}` : `drbdadm status ${name}`,
    });
  }
  if (forceIoFailures) {
    problems.push({
      id: "io-failing",
      severity: "down",
      about: "",
      what: "all I/O fails until the devices are closed (demoted by force)",
      next: `stop what has the devices open: drbdadm status ${name}`,
    });
  }
  return problems;
}

/** Disks of this node, and whether any good data can be reached. */
export function diskProblems(resource: ObservedResource): Problem[] {
  return resource.devices.flatMap((device) => {
    const { volume, diskState, client } = device;
    const peers = resource.peerDevices.filter((each) => each.volume === volume);
    const problems: Problem[] = [];
    if (diskState !== "UpToDate" && !peers.some(({ peerDiskState }) => peerDiskState === "UpToDate")) {
      problems.push({
        id: "no-good-data",
        severity: severityHere(resource),
        about: `volume ${volume}`,
        what: `no UpToDate data of volume ${volume} can be reached`,
        next: `connect a node that has them: drbdadm status ${resource.name}`,
      });
    }
    return [...problems, ...localDiskProblems(resource, { volume, diskState, client }, peers)];
  });
}

function localDiskProblems(
  { name, role }: ObservedResource,
  { volume, diskState, client }: Pick<ObservedResource["devices"][number], "volume" | "diskState" | "client">,
  peers: readonly ObservedPeerDevice[],
): Problem[] {
  const isLost = diskState === "Failed" || diskState === "Detaching" ||
    (diskState === "Diskless" && client !== "yes");
  if (isLost) {
    const happened = diskState === "Failed" ? "failed" : "is lost";
    const under = role === "Primary" ? ": the Primary here works over the network" : "";
    return [{
      id: "local-disk-failed",
      severity: "degraded",
      about: `volume ${volume}`,
      what: `the local disk of volume ${volume} ${happened} (${diskState})${under}`,
      next: `journalctl -k says why; when it is replaced: drbdadm attach ${name}/${volume}`,
    }];
  }
  if (diskState === "UpToDate" || diskState === "Diskless" || peers.some(isSyncing)) return [];
  return [{
    id: "local-disk-not-up-to-date",
    severity: "degraded",
    about: `volume ${volume}`,
    what: `the local disk of volume ${volume} is ${diskState}`,
    next: `it is resynced when a node with good data is connected: drbdadm status ${name}`,
  }];
}

/** Severity of what stops I/O here: a Primary is down; otherwise a peer may be Primary and the service run there. */
function severityHere(resource: ObservedResource): Severity {
  if (isPrimaryUnseen(resource)) return "unknown";
  return resource.role !== "Primary" && primaryPeers(resource).length > 0 ? "degraded" : "down";
}
