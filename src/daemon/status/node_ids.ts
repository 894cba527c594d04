/** This node's own id in each resource. events2 does not show it; `drbdsetup status --verbose` does. */
import { describe } from "../../effects/describe.ts";
import type { Effects } from "../../effects/effects.ts";
import { runLimited } from "../../effects/limited_run.ts";
import type { Logger } from "../../logging/logging.ts";

const ARGV = ["drbdsetup", "status", "--verbose"] as const;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const LIMIT_MS = 5_000;
/** A line of a resource begins with its name; those of its children are indented. Long lines are broken at blanks. */
const RESOURCE_LINE = /^([^\s]+)\s+node-id:(\d+)\s/gm;

/** Asks drbdsetup. Returns ids by resource: none, if they cannot be found out. Never rejects. */
export async function askNodeIds(
  effects: Effects,
  log: Logger,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  try {
    const { stdout } = await runLimited(effects, ARGV, {
      limitMs: LIMIT_MS,
      signal,
      maxOutputBytes: MOST_OUTPUT_BYTES,
    });
    return new Map(Array.from(stdout.matchAll(RESOURCE_LINE), ([, name = "", id]) => [name, Number(id)]));
  } catch (error) {
    log.debug("Cannot determine this node's ids: {error}", { error: describe(error) });
    return new Map();
  }
}
