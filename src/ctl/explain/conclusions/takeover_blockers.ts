/** What keeps a node from running the services of a resource, as far as this node can see. Pure. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { type Connection, deviceOf, peerDevicesOf, type Resource } from "../../../drbd/model/model.ts";
import { peerName } from "../../../health/peers.ts";
import { protection } from "../facts/protection.ts";
import type { Facts } from "../facts/facts.ts";
import { HERE, votesWithout } from "./votes.ts";

/** What speaks against a node. */
export interface Blocker {
  readonly why: string;
  readonly next?: string;
  /** It is not known whether it is one. */
  readonly isUnknown?: true;
}

export function daemonBlockers({ daemon }: Facts): Blocker[] {
  if ("unknown" in daemon) {
    return [{ why: `whether drbdd runs is not known: ${daemon.unknown}`, isUnknown: true }];
  }
  return daemon.value.isRunning ? [] : [{ why: "drbdd does not run", next: "systemctl start drbdd" }];
}

export function configBlockers(facts: Facts): Blocker[] {
  const { name, promoter, hold } = facts;
  if (promoter === undefined) return [{ why: "no promoter manages it here" }];
  const protects = protection(facts);
  return [
    ...(hold === undefined ? [] : [{ why: describeHold(hold), next: `drbddctl unhold ${name}` }]),
    ...(protects?.by === "none"
      ? [{ why: `no split-brain protection: ${protects.lack}`, next: protects.remedy }]
      : []),
  ];
}

export function missingBlockers({ resource, name }: Facts): Blocker[] {
  return "unknown" in resource
    ? [{ why: `the state of DRBD is not known: ${resource.unknown}`, isUnknown: true }]
    : [{ why: "not up in DRBD", next: `drbdadm up ${name}` }];
}

/** What DRBD has attached is there, whatever became of its path. */
export function deviceBlockers({ missingDevices, resource }: Facts): Blocker[] {
  const devices = "value" in resource ? resource.value?.devices ?? [] : [];
  const isAttached = (path: string) =>
    devices.some(({ backingDev, diskState }) => backingDev === path && diskState === "UpToDate");
  return missingDevices.filter((path) => !isAttached(path)).map((path) => ({
    why: `its backing device ${path} is missing`,
    next: `ls -l ${path}`,
  }));
}

/** Its own disk, or that of a peer that would still be connected. */
export function dataHere(resource: Resource, lost: string | undefined): Blocker[] {
  return resource.devices.filter(({ volume, diskState }) =>
    diskState !== "UpToDate" &&
    !resource.connections.some((connection) =>
      peerName(connection) !== lost && isUpToDate(resource, connection, volume)
    )
  ).map(({ volume, diskState }) => ({
    why: `its disk of volume ${volume} is ${diskState}, and nobody else${
      lost === undefined ? "" : ` but ${lost}`
    } has UpToDate data`,
  }));
}

export function dataThere(resource: Resource, connection: Connection, lost: string | undefined): Blocker[] {
  const others = resource.connections.filter((each) => each !== connection && peerName(each) !== lost);
  return peerDevicesOf(resource, connection.peerNodeId).filter(({ volume, peerDiskState }) =>
    peerDiskState !== "UpToDate" &&
    !(lost !== HERE && deviceOf(resource, volume)?.diskState === "UpToDate") &&
    !others.some((each) => isUpToDate(resource, each, volume))
  ).map(({ volume, peerDiskState }) => ({
    why: `its disk of volume ${volume} is ${peerDiskState}, and no other node would have UpToDate data`,
  }));
}

function isUpToDate(resource: Resource, { peerNodeId }: Connection, volume: number): boolean {
  return peerDevicesOf(resource, peerNodeId).some((each) =>
    each.volume === volume && each.peerDiskState === "UpToDate"
  );
}

/** A peer may be connected to nodes that this one does not see. */
export function quorumBlockersThere(
  facts: Facts,
  resource: Resource,
  lost: string | undefined,
): Blocker[] {
  const areAllSeen = resource.connections.every(({ connectionState }) => connectionState === "Connected");
  return quorumBlockers(facts, resource, lost).map((blocker) =>
    areAllSeen
      ? blocker
      : { why: `${blocker.why}, unless it is connected to one that this node does not see`, isUnknown: true }
  );
}

export function quorumBlockers({ options }: Facts, resource: Resource, lost: string | undefined): Blocker[] {
  const votes = votesWithout(resource, "value" in options ? options.value.quorum : undefined, lost);
  if (votes === undefined || votes.isEnough) return [];
  return [{ why: `no quorum: ${votes.present} of ${votes.all} nodes with a disk would be there` }];
}

/** Units that are missing, masked, or enabled by themselves: what drbddctl check --system finds. */
export function unitBlockers({ unitFindings, promoter }: Facts): Blocker[] {
  if (promoter?.config.runner !== "systemd") return [];
  if ("unknown" in unitFindings) {
    return [{ why: `whether its units are there is not known: ${unitFindings.unknown}`, isUnknown: true }];
  }
  return unitFindings.value.filter(({ isFatal }) => isFatal === true).map(({ problem, remedy }) => ({
    why: problem,
    next: remedy,
  }));
}

export function failureBlockers({ start: { failedStart, waitsFor } }: Facts): Blocker[] {
  return [
    ...(failedStart === undefined ? [] : [{ why: `its last start here failed: ${failedStart.why}` }]),
    ...(waitsFor === undefined ? [] : [{ why: `it waits for ${waitsFor.what}` }]),
  ];
}
