/**
 * State changes that all reachable nodes agree on: two-phase commits.
 *
 * The model commits on all of them at one moment, so there are no conflicts; what remains of the protocol is who can
 * be reached, who objects, and that nothing is decided as long as somebody is asked who does not answer.
 */
import type { ResourceObject } from "../kernel/objects.ts";
import { isBroken, otherEnd } from "../network/sessions.ts";
import { hasData } from "../kernel/sanitize.ts";
import { bit, isAtLeast } from "../kernel/states.ts";
import type { Kernel, Refusal } from "../kernel/transaction.ts";

export interface Plan {
  /** Asked whenever it is tried; if not, it is given up without a word. */
  wanted?(): boolean;
  /** Nodes beyond the connection that is to be made take part as well. */
  readonly joins?: ResourceObject;
  /** Somebody else is to go first. */
  yields?(members: readonly ResourceObject[]): boolean;
  /** Asked when all can be reached. */
  refuse(members: readonly ResourceObject[]): Refusal | undefined;
  commit(members: readonly ResourceObject[]): void;
  done?(refusal: Refusal | undefined): void;
}

/** Tries until all who are asked answer. */
export function clusterWide(kernel: Kernel, resource: ResourceObject, plan: Plan): void {
  const { world } = kernel;
  const attempt = () => {
    if (plan.wanted?.() === false) return;
    const members = reachable(kernel, resource, plan.joins);
    if (members === undefined || plan.yields?.(members) === true) {
      world.later(resource, world.draw(world.timing.twoPhaseRetryMs), attempt);
      return;
    }
    const refusal = plan.refuse(members);
    if (refusal === undefined) plan.commit(members);
    plan.done?.(refusal);
  };
  const delayMs = world.draw(world.timing.twoPhaseMs) + 2 * world.lagMs + drawResendsMs(kernel, resource);
  world.later(resource, delayMs, attempt);
}

/** The slowest of those who are asked directly. */
function drawResendsMs({ world }: Kernel, { node, connections }: ResourceObject): number {
  if (world.lossy.size === 0) return 0;
  const asked = connections.filter(({ isConnected }) => isConnected);
  return Math.max(0, ...asked.map(({ peer }) => world.drawResendsMs(node, peer)));
}

/** All who are asked; undefined if somebody among them does not answer, as its peers have not noticed yet. */
function reachable(
  { world }: Kernel,
  resource: ResourceObject,
  joins: ResourceObject | undefined,
): ResourceObject[] | undefined {
  const members = joins === undefined ? [resource] : [resource, joins];
  for (let place = 0; place < members.length; place++) {
    for (const connection of members[place]?.connections ?? []) {
      if (!connection.isConnected) continue;
      if (isBroken(world, connection)) return undefined;
      const peer = otherEnd(connection)?.resource;
      if (peer !== undefined && !members.includes(peer)) members.push(peer);
    }
  }
  return members;
}

/** Who took part in a state change, and who of them is Primary and has data, as bits. */
interface Reach {
  readonly reachable: number;
  readonly primaries: number;
}

export interface CommitOptions {
  readonly promotes?: ResourceObject;
  readonly demotes?: ResourceObject;
  /** What is open on the one that is demoted gets errors from then on. */
  readonly ignoreOpeners?: boolean;
  /** It is about who is there, so a Primary learns who is connected to others, but not to it. */
  readonly isRollCall?: boolean;
}

/**
 * Commits on all members at once. `propose` says what changes on each; that a Primary is out of its sight outdates a
 * node, and the Primary knows.
 */
export function commitAll(
  kernel: Kernel,
  members: readonly ResourceObject[],
  propose: (member: ResourceObject) => void,
  options: CommitOptions = {},
): void {
  const isPrimary = (member: ResourceObject) =>
    member === options.promotes ||
    (member !== options.demotes && member.is.role === "Primary" && isCapable(member));
  const reach: Reach = {
    reachable: members.reduce((bits, member) => bits | bit(member.node.nodeId), 0),
    primaries: members.filter(isPrimary).reduce((bits, member) => bits | bit(member.node.nodeId), 0),
  };
  for (const member of members) {
    const ignoreOpeners = options.ignoreOpeners === true && member === options.demotes;
    kernel.change(member, () => {
      propose(member);
      if (member.is.role !== "Primary") outdateBehindPrimary(member, reach);
      else if (options.isRollCall === true || member === options.promotes) outdateUnseen(member, reach);
    }, { ignoreOpeners });
    member.members = reach.reachable;
  }
}

/** A Primary that cannot write leaves nobody behind. */
function isCapable(resource: ResourceObject): boolean {
  return resource.devices.every((device) => hasData(device, "is") && device.is.quorum);
}

/** A Primary goes on out of sight: the data here are behind, or will be. */
function outdateBehindPrimary(member: ResourceObject, { primaries }: Reach): void {
  let seen = bit(member.node.nodeId);
  for (const connection of member.connections) {
    if (connection.isConnected) seen |= bit(connection.peer.nodeId);
  }
  if ((primaries & ~seen) === 0) return;
  for (const device of member.devices) if (isAtLeast(device.is.disk, "DUnknown")) device.is.disk = "Outdated";
}

/** A Primary knows that those that can be notified of it, but do not get its writes, are Outdated. */
function outdateUnseen(member: ResourceObject, { reachable }: Reach): void {
  for (const connection of member.connections) {
    if (connection.isConnected || (reachable & bit(connection.peer.nodeId)) === 0) continue;
    for (const peer of connection.peerDevices) {
      if (peer.is.peerDisk === "DUnknown" && !peer.peerClient) peer.is.peerDisk = "Outdated";
    }
  }
}

/** A peer was lost: finds out whether a Primary goes on out of sight, and goes on with the data if none does. */
export function afterLostPeer(kernel: Kernel, resource: ResourceObject): void {
  resource.callsRoll = true;
  clusterWide(kernel, resource, {
    // Of several who ask at once, the one with the lowest node id goes first.
    yields: (members) => members.some((other) => other.callsRoll && other.node.nodeId < resource.node.nodeId),
    refuse: () => undefined,
    done: () => resource.callsRoll = false,
    commit: (members) =>
      commitAll(kernel, members, (member) => {
        if (member !== resource) return;
        for (const device of member.devices) if (device.is.disk === "Consistent") device.is.disk = "UpToDate";
      }, { isRollCall: true }),
  });
}
