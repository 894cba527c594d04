/** What has to be done beside a stop by systemd: a promotion without its unit is taken back, and the journal is kept. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import { failureOf, runLimited } from "../../../src/effects/limited_run.ts";
import type { Logger } from "../../../src/logging/logging.ts";

/** DRBD's event of a demotion comes within this after it; until then it is looked for again and again. */
const NEWS_MS = 300;
const NEWS_STEP_MS = 50;
/** A demotion waits for peers that do not answer, as long as DRBD waits for them. */
const DEMOTION_MS = 30_000;
/** The journal's way to the disk: nobody waits for it. */
const JOURNAL_MS = 60_000;

/**
 * A promotion that is cut off is not taken back by its unit, as that was never up; but DRBD may have promoted. Demotes
 * the resource if it is still Primary a moment later. Returns why that failed, undefined otherwise.
 *
 * @throws {ProgramError} If there is no drbdsetup.
 */
export async function demoteIfNeeded(
  effects: Effects,
  resource: string,
  isPrimary: () => boolean,
): Promise<string | undefined> {
  for (let waitedMs = 0; waitedMs < NEWS_MS; waitedMs += NEWS_STEP_MS) {
    if (!isPrimary()) return undefined;
    await effects.clock.sleep(NEWS_STEP_MS);
  }
  if (!isPrimary()) return undefined;
  // Whoever has the device open keeps it.
  const result = await runLimited(effects, ["drbdsetup", "secondary", resource], { limitMs: DEMOTION_MS });
  return result.code === 0 ? undefined : failureOf(result);
}

/** What leads to a stop must not be lost if the node is reset because the stop fails. Never rejects. */
export async function keepJournal(effects: Effects, log: Logger): Promise<void> {
  try {
    for (const option of ["--flush", "--sync"]) {
      await runLimited(effects, ["journalctl", option], { limitMs: JOURNAL_MS });
    }
  } catch (error) {
    log.debug("Cannot flush the journal: {error}", { error: describe(error) });
  }
}
