/** The recent start times that ExecStartPre= of drbdd.service keeps, to restart a daemon that keeps failing more slowly. */
import { runtimePath } from "../daemon/status/config_status.ts";
import type { Effects } from "../effects/effects.ts";

const NAME = "starts";

/**
 * Forgets previous starts, when the daemon ends on request or a restart would not help. Never rejects: a failure only slows
 * down the next starts.
 */
export async function forgetStarts(effects: Pick<Effects, "environment" | "files">): Promise<void> {
  const path = runtimePath(effects, NAME);
  if (path !== undefined) await effects.files.remove(path).catch(() => {});
}
