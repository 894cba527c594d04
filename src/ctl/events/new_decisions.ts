/** Decisions of drbdd as they come, from what it keeps in /run. */
import { keptDecisionsPath, readDecisions } from "../../daemon/kept/decision_file.ts";
import type { Decision } from "../../daemon/status/decision_log.ts";
import type { Effects } from "../../effects/effects.ts";

/** drbdd writes them within a second. */
const POLL_INTERVAL_MS = 500;

export interface NamedDecision extends Decision {
  readonly resource: string;
}

/**
 * Those that come from now on, of these resources only or, if `names` is empty, of all, until `signal` aborts. `onMissing`
 * is called once if drbdd keeps none that can be read.
 */
export async function* newDecisions(
  effects: Effects,
  names: readonly string[],
  signal: AbortSignal,
  onMissing: (path: string) => void,
): AsyncGenerator<NamedDecision, void> {
  const path = keptDecisionsPath(effects);
  const written = async () => (await effects.files.stat(path).catch(() => undefined))?.modifiedMs;
  let seenMs = await written();
  if (seenMs === undefined) onMissing(path);
  let seen = keysOf(await all());
  while (!signal.aborted) {
    await effects.clock.sleep(POLL_INTERVAL_MS, signal);
    const nowMs = await written();
    if (nowMs === seenMs || nowMs === undefined) continue;
    seenMs = nowMs;
    const found = await all();
    // A file that cannot be read says nothing of what was decided.
    if (found.length === 0) continue;
    yield* found.filter((each) => !seen.has(keyOf(each))).sort((a, b) => a.wallMs - b.wallMs);
    seen = keysOf(found);
  }

  async function all(): Promise<NamedDecision[]> {
    return Array.from(
      await readDecisions(effects),
      ([resource, list]) =>
        names.length > 0 && !names.includes(resource) ? [] : list.map((each) => ({ ...each, resource })),
    ).flat();
  }
}

function keyOf({ resource, wallMs, text }: NamedDecision): string {
  return `${resource} ${wallMs} ${text}`;
}

function keysOf(list: readonly NamedDecision[]): ReadonlySet<string> {
  return new Set(list.map(keyOf));
}
