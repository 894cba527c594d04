/**
 * The last times at which the service was started, which ExecStartPre= of drbdd.service keeps: a daemon that ends again and
 * again is restarted at a slower pace.
 */
import { runtimePath } from "../daemon/status/config_status.ts";
import type { Effects } from "../effects/effects.ts";

const NAME = "starts";

/**
 * The daemon ends because it was asked to, or because no restart would help: the starts before do not count any more. Does
 * not reject: then the next starts are slower than they need be.
 */
export async function forgetStarts(effects: Pick<Effects, "environment" | "files">): Promise<void> {
  const path = runtimePath(effects, NAME);
  if (path !== undefined) await effects.files.remove(path).catch(() => {});
}
