/** What only the kernel knows, for a feed from drbdsetup: the version of DRBD's module, and earlier split brains. */
import type { Cluster } from "../../drbd/model/cluster.ts";
import type { Effects } from "../../effects/effects.ts";
import type { HealthBoard } from "../../daemon/status/health_board.ts";
import { isTooOld, tooOld } from "../../health/assess.ts";
import { moduleVersion } from "../drbd/module_version.ts";
import { splitBrainPeers } from "../drbd/split_brain.ts";

/** Time limit for drbdadm, which says the version of the kernel module. */
const MODULE_WITHIN_MS = 2_000;

/** DRBD calls its helper only once: for what split before, the kernel's log is asked, as by the other commands. Never rejects. */
export async function askKernel(effects: Effects, cluster: Cluster, board: HealthBoard): Promise<void> {
  const [found, version] = await Promise.all([
    splitBrainPeers(effects, cluster),
    moduleVersion(effects, MODULE_WITHIN_MS),
  ]);
  if (version !== undefined) board.setModule(version);
  for (const [name, peers] of found) for (const peer of peers) board.splitBrain(name, peer);
}

/** With a module of DRBD 8 the tools of DRBD 9 may fail: that it is too old says more than how they fail. Never rejects. */
export async function withModule(failure: string, effects: Effects): Promise<string> {
  const version = await moduleVersion(effects, MODULE_WITHIN_MS);
  return isTooOld(version) ? `${tooOld(version).what} (${failure})` : failure;
}
