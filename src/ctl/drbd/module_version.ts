/** The version of DRBD's kernel module, from drbdadm. */
import { parseVersions } from "../../drbd/model/versions.ts";
import type { Effects } from "../../effects/effects.ts";
import { runLimited } from "../../effects/limited_run.ts";

const LIMIT_MS = 5_000;

/** `0.0.0` if it is not loaded, undefined if unknown. Never rejects. */
export async function moduleVersion(effects: Effects, limitMs = LIMIT_MS): Promise<string | undefined> {
  const result = await runLimited(effects, ["drbdadm", "--version"], { limitMs })
    .catch(() => undefined);
  return result?.code === 0 ? parseVersions(result.stdout)?.module : undefined;
}
