/** How long a node has to hold back, worked out a second time from the manual, to compare with. */
import type { ResourceConfig } from "../../../../plugins/promoter/config.ts";
import type { DrbdFacts } from "./timeline.ts";

/** Milliseconds, for a node that has these facts. */
export function delayMs(
  config: ResourceConfig,
  node: string,
  { disks, protection, isMissingPeers, isPrimary }: DrbdFacts,
): number {
  const worst = Math.max(0, ...disks.map(secondsOf));
  const isFencing = protection === "fencing" && isMissingPeers;
  const seconds = worst + rankOf(config, node) + (isFencing ? config.fencingPromoteDelayS : 0) +
    (config.onQuorumLoss === "freeze" && !isPrimary ? 2 : 0);
  return Math.round(seconds * config.sleepBeforePromoteFactor * 1000);
}

/** The place of a node in preferred-nodes: the less, the better. */
export function rankOf({ preferredNodes }: ResourceConfig, node: string): number {
  const place = preferredNodes.indexOf(node);
  return place < 0 ? preferredNodes.length : place;
}

function secondsOf(disk: string): number {
  switch (disk) {
    case "UpToDate":
      return 0;
    case "Consistent":
      return 1;
    case "Outdated":
      return 2;
    case "Inconsistent":
      return 3;
    default:
      return 6;
  }
}
