/** How long a node has to hold back, worked out a second time from the manual, to compare with. */
import type { ResourceConfig } from "../../../plugins/promoter/config.ts";

export interface DelayFacts {
  readonly disks: readonly string[];
  /** In preferred-nodes. */
  readonly place: number;
  /** Fencing avoids split brain, and a connection is not Connected. */
  readonly isFencing: boolean;
  readonly isSecondary: boolean;
}

/** Milliseconds. */
export function delayMs(
  config: ResourceConfig,
  { disks, place, isFencing, isSecondary }: DelayFacts,
): number {
  const worst = Math.max(0, ...disks.map(secondsOf));
  const seconds = worst + place + (isFencing ? config.fencingPromoteDelayS : 0) +
    (config.onQuorumLoss === "freeze" && isSecondary ? 2 : 0);
  return seconds * config.sleepBeforePromoteFactor * 1000;
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
