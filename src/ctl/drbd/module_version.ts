/** The version of DRBD's kernel module, as drbdadm says it. */
import { parseVersions } from "../../drbd/model/versions.ts";
import type { Effects } from "../../effects/effects.ts";
import { runLimited } from "../../effects/limited_run.ts";

const PATIENCE_MS = 5_000;

/** Undefined if it is not known, or not loaded. Never rejects. */
export async function moduleVersion(effects: Effects): Promise<string | undefined> {
  const result = await runLimited(effects, ["drbdadm", "--version"], { limitMs: PATIENCE_MS })
    .catch(() => undefined);
  const version = result?.code === 0 ? parseVersions(result.stdout)?.module : undefined;
  return version === undefined || version.startsWith("0.") ? undefined : version;
}
