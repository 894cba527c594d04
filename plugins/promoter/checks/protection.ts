/** Whether and how DRBD's options prevent two Primaries: the split-brain protection of a resource. */
import type { DrbdOptions } from "./drbd_options.ts";
import type { SplitBrainProtection } from "../decide/state.ts";

/** The protection, or why there is none. */
export type Protection =
  | { readonly by: Exclude<SplitBrainProtection, "none"> }
  | {
    readonly by: "none";
    /** Why there is none: the options found. */
    readonly lack: string;
    /** What the administrator can do. */
    readonly remedy: string;
  };

/**
 * Quorum protects if it requires a majority of the nodes: two disjoint groups cannot both have one. Without it, fencing protects if every
 * connection has a fencing policy. Nothing protects if DRBD allows two Primaries.
 */
export function protectionOf(options: DrbdOptions, resource: string): Protection {
  const { connections } = options;
  const dual = connections.filter(({ allowTwoPrimaries }) => allowTwoPrimaries === true);
  if (dual.length > 0) {
    const peers = dual.map(({ name }) => name).join(", ");
    return {
      by: "none",
      lack: `allow-two-primaries is yes on the connection to ${peers}: DRBD allows two Primaries at once`,
      remedy: `net { allow-two-primaries no; } in the resource's file, then drbdadm adjust ${resource}`,
    };
  }
  const lack = lackOfQuorum(options);
  if (lack === undefined) return { by: "quorum" };
  const isFenced = connections.length > 0 &&
    connections.every(({ fencing }) => fencing !== undefined && fencing !== "dont-care");
  if (isFenced) return { by: "fencing" };
  return {
    by: "none",
    lack: `neither quorum nor fencing keeps two nodes from being Primary at once (${lack})`,
    remedy: `options { quorum majority; } in the resource's file, then drbdadm adjust ${resource}`,
  };
}

/** Why quorum does not protect; undefined if it does. */
function lackOfQuorum({ quorum, connections }: DrbdOptions): string | undefined {
  if (quorum === "majority" || quorum === "all") return undefined;
  if (quorum === undefined) return "this DRBD has no quorum";
  // DRBD counts only nodes with a disk: half of all nodes is at least half of those.
  const nodes = connections.length + 1;
  if (/^\d+$/.test(quorum)) {
    return Number(quorum) * 2 > nodes
      ? undefined
      : `quorum is ${quorum}, which is not more than half of ${nodes} nodes`;
  }
  return `quorum is ${quorum}`;
}
