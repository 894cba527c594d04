/** The delay before a promotion, so that a node with better data, or a preferred one, goes first. The figures are drbd-reactor's. */
import type { DiskState } from "../../../../src/drbd/model/vocabulary.ts";
import type { View } from "../view.ts";

/** The settings of a resource that affect the delay. */
export interface DelayPolicy {
  /** Node names, best first. */
  readonly preferredNodes: readonly string[];
  readonly fencingPromoteDelayS: number;
  readonly onQuorumLoss: "shutdown" | "freeze";
  readonly sleepBeforePromoteFactor: number;
}

/** A part of the delay, and its reason. */
export interface DelayPart {
  readonly seconds: number;
  readonly why: string;
}

const DISK_SECONDS: ReadonlyMap<DiskState, number> = new Map([
  ["Diskless", 6],
  ["Attaching", 6],
  ["Detaching", 6],
  ["Failed", 6],
  ["Negotiating", 6],
  ["DUnknown", 6],
  ["Inconsistent", 3],
  ["Outdated", 2],
  ["Consistent", 1],
  ["UpToDate", 0],
]);
/** A disk state that drbdd does not know is treated as the worst. */
const UNKNOWN_DISK_SECONDS = 6;
/** A frozen Primary that reconnects must thaw before another node takes over. */
const FREEZE_ADVANTAGE_SECONDS = 2;

/** The parts of the delay for `node`, before the factor; zero ones are omitted. */
export function delayParts(
  view: View,
  policy: DelayPolicy,
  protection: "quorum" | "fencing",
  node: string,
): DelayPart[] {
  const parts: DelayPart[] = [worstDisk(view), preference(policy, node)];
  if (protection === "fencing" && view.isMissingPeers) {
    parts.push({ seconds: policy.fencingPromoteDelayS, why: "a peer is not connected" });
  }
  if (policy.onQuorumLoss === "freeze" && view.role === "Secondary") {
    parts.push({ seconds: FREEZE_ADVANTAGE_SECONDS, why: "a frozen Primary may come back" });
  }
  return parts.filter((part) => part.seconds > 0);
}

/** The delay in milliseconds. */
export function delayMs(parts: readonly DelayPart[], policy: DelayPolicy): number {
  return parts.reduce((sum, part) => sum + part.seconds, 0) * policy.sleepBeforePromoteFactor * 1000;
}

function worstDisk(view: View): DelayPart {
  const seconds = (disk: DiskState) => DISK_SECONDS.get(disk) ?? UNKNOWN_DISK_SECONDS;
  const worst = view.disks.toSorted((a, b) => seconds(b) - seconds(a))[0];
  return worst === undefined
    ? { seconds: 0, why: "" }
    : { seconds: seconds(worst), why: `a local disk is ${worst}` };
}

function preference({ preferredNodes }: DelayPolicy, node: string): DelayPart {
  const place = placeAmong(preferredNodes, node);
  return {
    seconds: place,
    why: place === preferredNodes.length ? "it is no preferred node" : "other nodes are preferred",
  };
}

/** The index of `node` in the list, or the list's length: then all in it are better. */
export function placeAmong(preferredNodes: readonly string[], node: string): number {
  const place = preferredNodes.indexOf(node);
  return place < 0 ? preferredNodes.length : place;
}
