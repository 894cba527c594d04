/** Resyncs and verifications of a resource. */
import type { ObservedPeerDevice, ObservedResource } from "./observed.ts";
import type { Problem } from "./problem.ts";

const RESYNC = /^(StartingSync[ST]|WFBitMap[ST]|WFSyncUUID|SyncSource|SyncTarget|PausedSync[ST])$/;
const VERIFY = /^Verify[ST]$/;

/** Whether data is being transferred between this node and the peer. */
export function isSyncing({ replicationState }: Pick<ObservedPeerDevice, "replicationState">): boolean {
  return RESYNC.test(replicationState) || VERIFY.test(replicationState);
}

/** A percentage between 0 and 100; undefined if it is not a number. */
export function clampedPercent(percent: number | undefined): number | undefined {
  return percent === undefined || !Number.isFinite(percent) ? undefined : Math.min(100, Math.max(0, percent));
}

/** The resync or verify with a peer, if one is running or paused. */
export function resyncProblems(
  { name }: Pick<ObservedResource, "name">,
  peer: string,
  peerDevice: ObservedPeerDevice,
): Problem[] {
  if (!isSyncing(peerDevice)) return [];
  const { volume, replicationState, resyncSuspended } = peerDevice;
  const about = `${peer} volume ${volume}`;
  const percent = clampedPercent(peerDevice.donePercent);
  // Never shown as 100 % before it is complete.
  const done = percent === undefined ? "" : `, ${(Math.floor(percent * 10) / 10).toFixed(1)} % done`;
  if (VERIFY.test(replicationState)) {
    return [{
      id: "verify-running",
      severity: "ok",
      about,
      what: `volume ${volume} is being verified with ${peer}${done}`,
      next: `drbddctl top shows how far it is`,
    }];
  }
  const which = `resync of volume ${volume} ${/S$|Source$/.test(replicationState) ? "to" : "from"} ${peer}`;
  if (replicationState.startsWith("PausedSync") || resyncSuspended.length > 0) {
    const by = resyncSuspended.length === 0 ? "" : ` (${resyncSuspended.join(", ")})`;
    return [{
      id: "resync-paused",
      severity: "degraded",
      about,
      what: `${which} is paused${by}${done}`,
      next: resyncSuspended.includes("user")
        ? `drbdadm resume-sync ${name}`
        : "it continues when the resync that it waits for is done: drbddctl top",
    }];
  }
  if (peerDevice.stuckForMs !== undefined) {
    const minutes = Math.floor(peerDevice.stuckForMs / 60_000);
    return [{
      id: "resync-stuck",
      severity: "degraded",
      about,
      what: `${which} is stuck${done}: no progress for ${minutes === 1 ? "a minute" : `${minutes} minutes`}`,
      next:
        `are disks and network of both nodes busy or failing? journalctl -k on both; drbdadm status ${name}`,
    }];
  }
  return [{
    id: "resync-running",
    severity: "degraded",
    about,
    what: `${which} is running${done}`,
    next: "nothing: drbddctl top shows how far it is",
  }];
}
