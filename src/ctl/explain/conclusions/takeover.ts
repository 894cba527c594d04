/** Which nodes could run the services of a resource if the one that does failed: what this node can see of that. Pure. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { type Connection, deviceOf, peerDevicesOf, type Resource } from "../../../drbd/model/model.ts";
import { peerName, primaryPeers } from "../../../health/peers.ts";
import { protection } from "../facts/protection.ts";
import type { Facts } from "../facts/facts.ts";
import { HERE, votesWithout } from "./votes.ts";

export interface TakeOver {
  readonly node: string;
  readonly isHere: boolean;
  /** `runs`: it is Primary there. `unknown`: something that has to be known cannot be seen from here. */
  readonly can: "runs" | "yes" | "no" | "unknown";
  /** What speaks against it, or is not known; otherwise what it rests on. */
  readonly why: readonly string[];
  /** What to do about that. */
  readonly next: readonly string[];
}

/** What speaks against a node. */
interface Obstacle {
  readonly why: string;
  readonly next?: string;
  /** It is not known whether it is one. */
  readonly isUnknown?: true;
}

/** This node first, then its peers. */
export function takeOvers(facts: Facts): TakeOver[] {
  const resource = "value" in facts.resource ? facts.resource.value : undefined;
  return [
    here(facts, resource),
    ...(resource?.connections.map((connection) => there(facts, resource, connection)) ?? []),
  ];
}

/** The node without which the services have to be started elsewhere; undefined while they run nowhere. */
export function runningNode({ resource, node }: Facts): string | undefined {
  const found = "value" in resource ? resource.value : undefined;
  if (found === undefined) return undefined;
  return found.role === "Primary" ? node : primaryPeers(found)[0];
}

function here(facts: Facts, resource: Resource | undefined): TakeOver {
  const { node } = facts;
  if (resource?.role === "Primary") return { node, isHere: true, can: "runs", why: [], next: [] };
  const [lost] = resource === undefined ? [] : primaryPeers(resource);
  return concluded({ node, isHere: true }, [
    ...daemonObstacles(facts),
    ...configObstacles(facts),
    ...(resource === undefined ? missingObstacles(facts) : [
      ...deviceObstacles(facts),
      ...dataHere(resource, lost),
      ...quorumObstacles(facts, resource, lost),
    ]),
    ...unitObstacles(facts),
    ...failureObstacles(facts),
  ], [
    ...(resource === undefined ? [] : ["UpToDate data"]),
    ...votesText(facts, resource, lost),
    ...(facts.promoter?.config.runner === "systemd" ? ["its units are there"] : []),
  ]);
}

function there(facts: Facts, resource: Resource, connection: Connection): TakeOver {
  const node = peerName(connection);
  const { connectionState, peerRole } = connection;
  if (peerRole === "Primary") return { node, isHere: false, can: "runs", why: [], next: [] };
  const lost = resource.role === "Primary" ? HERE : primaryPeers(resource)[0];
  const obstacles: Obstacle[] = connectionState !== "Connected"
    ? [{
      why: `not seen from here (${connectionState}): it may be down, or cut off`,
      next: `is ${node} up, and the network to it?`,
      isUnknown: true,
    }]
    : [...dataThere(resource, connection, lost), ...quorumObstacles(facts, resource, lost)];
  return concluded({ node, isHere: false }, obstacles, [
    `as far as DRBD goes${inBrackets(votesText(facts, resource, lost))}`,
    `its drbdd and units: drbddctl explain ${facts.name} there`,
  ]);
}

function concluded(
  node: Pick<TakeOver, "node" | "isHere">,
  obstacles: readonly Obstacle[],
  grounds: readonly string[],
): TakeOver {
  const can = obstacles.length === 0
    ? "yes"
    : obstacles.every(({ isUnknown }) => isUnknown === true)
    ? "unknown"
    : "no";
  return {
    ...node,
    can,
    why: obstacles.length === 0 ? grounds : obstacles.map(({ why }) => why),
    next: [...new Set(obstacles.flatMap(({ next }) => next ?? []))],
  };
}

function daemonObstacles({ daemon }: Facts): Obstacle[] {
  if ("unknown" in daemon) {
    return [{ why: `whether drbdd runs is not known: ${daemon.unknown}`, isUnknown: true }];
  }
  return daemon.value.isRunning ? [] : [{ why: "drbdd does not run", next: "systemctl start drbdd" }];
}

function configObstacles(facts: Facts): Obstacle[] {
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

function missingObstacles({ resource, name }: Facts): Obstacle[] {
  return "unknown" in resource
    ? [{ why: `the state of DRBD is not known: ${resource.unknown}`, isUnknown: true }]
    : [{ why: "not up in DRBD", next: `drbdadm up ${name}` }];
}

function deviceObstacles({ missingDevices }: Facts): Obstacle[] {
  return missingDevices.map((path) => ({
    why: `its backing device ${path} is missing`,
    next: `ls -l ${path}`,
  }));
}

/** A disk of its own, or one of a peer that would still be there. */
function dataHere(resource: Resource, lost: string | undefined): Obstacle[] {
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

function dataThere(resource: Resource, connection: Connection, lost: string | undefined): Obstacle[] {
  const others = resource.connections.filter((each) => each !== connection && peerName(each) !== lost);
  return peerDevicesOf(resource, connection.peerNodeId).filter(({ volume, peerDiskState }) =>
    peerDiskState !== "UpToDate" &&
    !(lost !== HERE && deviceOf(resource, volume)?.diskState === "UpToDate") &&
    !others.some((each) => isUpToDate(resource, each, volume))
  ).map(({ volume, peerDiskState }) => ({
    why: `its disk of volume ${volume} is ${peerDiskState}, and nobody else would have UpToDate data`,
  }));
}

function isUpToDate(resource: Resource, { peerNodeId }: Connection, volume: number): boolean {
  return peerDevicesOf(resource, peerNodeId).some((each) =>
    each.volume === volume && each.peerDiskState === "UpToDate"
  );
}

function quorumObstacles({ options }: Facts, resource: Resource, lost: string | undefined): Obstacle[] {
  const votes = votesWithout(resource, "value" in options ? options.value.quorum : undefined, lost);
  if (votes === undefined || votes.isEnough) return [];
  return [{ why: `no quorum: ${votes.present} of ${votes.all} nodes with a disk would be there` }];
}

function votesText({ options }: Facts, resource: Resource | undefined, lost: string | undefined): string[] {
  const votes = resource &&
    votesWithout(resource, "value" in options ? options.value.quorum : undefined, lost);
  return votes === undefined ? [] : [`quorum of ${votes.present} of ${votes.all}`];
}

function inBrackets(texts: readonly string[]): string {
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

/** Units that are missing, masked, or enabled by themselves: what drbddctl check --system finds. */
function unitObstacles({ unitFindings, promoter }: Facts): Obstacle[] {
  if (promoter?.config.runner !== "systemd") return [];
  if ("unknown" in unitFindings) {
    return [{ why: `whether its units are there is not known: ${unitFindings.unknown}`, isUnknown: true }];
  }
  return unitFindings.value.filter(({ isFatal }) => isFatal === true).map(({ problem, remedy }) => ({
    why: problem,
    next: remedy,
  }));
}

function failureObstacles({ start: { failedStart, waitsFor } }: Facts): Obstacle[] {
  return [
    ...(failedStart === undefined ? [] : [{ why: `its last start here failed: ${failedStart.why}` }]),
    ...(waitsFor === undefined ? [] : [{ why: `it waits for ${waitsFor.what}` }]),
  ];
}
