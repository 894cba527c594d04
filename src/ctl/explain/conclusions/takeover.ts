/** Which nodes could run the services of a resource if the one that does failed: what this node can see of that. Pure. */
import type { Connection, Resource } from "../../../drbd/model/model.ts";
import { peerName, primaryPeers } from "../../../health/peers.ts";
import type { Facts } from "../facts/facts.ts";
import { HERE, votesWithout } from "./votes.ts";
import {
  type Blocker,
  configBlockers,
  daemonBlockers,
  dataHere,
  dataThere,
  deviceBlockers,
  failureBlockers,
  missingBlockers,
  quorumBlockers,
  quorumBlockersThere,
  unitBlockers,
} from "./takeover_blockers.ts";

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
    ...daemonBlockers(facts),
    ...configBlockers(facts),
    ...(resource === undefined ? missingBlockers(facts) : [
      ...deviceBlockers(facts),
      ...dataHere(resource, lost),
      ...quorumBlockers(facts, resource, lost),
    ]),
    ...unitBlockers(facts),
    ...failureBlockers(facts),
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
  const blockers: Blocker[] = connectionState !== "Connected"
    ? [{
      why: `not seen from here (${connectionState}): it may be down, or cut off`,
      next: `is ${node} up, and the network to it?`,
      isUnknown: true,
    }]
    : [...dataThere(resource, connection, lost), ...quorumBlockersThere(facts, resource, lost)];
  return concluded({ node, isHere: false }, blockers, [
    `according to DRBD${inBrackets(votesText(facts, resource, lost))}`,
    `its drbdd and units: drbddctl explain ${facts.name} there`,
  ]);
}

function concluded(
  node: Pick<TakeOver, "node" | "isHere">,
  blockers: readonly Blocker[],
  grounds: readonly string[],
): TakeOver {
  const can = blockers.length === 0
    ? "yes"
    : blockers.every(({ isUnknown }) => isUnknown === true)
    ? "unknown"
    : "no";
  return {
    ...node,
    can,
    why: blockers.length === 0 ? grounds : blockers.map(({ why }) => why),
    next: [...new Set(blockers.flatMap(({ next }) => next ?? []))],
  };
}

function votesText({ options }: Facts, resource: Resource | undefined, lost: string | undefined): string[] {
  const votes = resource &&
    votesWithout(resource, "value" in options ? options.value.quorum : undefined, lost);
  return votes === undefined ? [] : [`quorum of ${votes.present} of ${votes.all}`];
}

function inBrackets(texts: readonly string[]): string {
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}
