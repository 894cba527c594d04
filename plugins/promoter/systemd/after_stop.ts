/** Further work during a stop by systemd: a promotion without its unit is undone, and the journal is flushed. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import { failureOf, runLimited } from "../../../src/effects/limited_run.ts";
import type { Logger } from "../../../src/logging/logging.ts";

/** How long after a demotion DRBD's event can come; until then it is checked repeatedly. */
const EVENT_DELAY_MS = 300;
const EVENT_STEP_MS = 50;
/** A demotion waits for peers that do not answer, as long as DRBD waits for them. */
const DEMOTION_MS = 30_000;
/** Flushing the journal is never awaited. */
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
  for (let waitedMs = 0; waitedMs < EVENT_DELAY_MS; waitedMs += EVENT_STEP_MS) {
    if (!isPrimary()) return undefined;
    await effects.clock.sleep(EVENT_STEP_MS);
  }
  if (!isPrimary()) return undefined;
  // The device is open.
  const result = await runLimited(effects, ["drbdsetup", "secondary", resource], { limitMs: DEMOTION_MS });
  return result.code === 0 ? undefined : failureOf(result);
}

/** The reasons of a stop must not be lost if the node is reset because the stop fails. Never rejects. */
export async function keepJournal(effects: Effects, log: Logger): Promise<void> {
  try {
    for (const option of ["--flush", "--sync"]) {
      await runLimited(effects, ["journalctl", option], { limitMs: JOURNAL_MS });
    }
  } catch (error) {
    log.debug("Cannot flush the journal: {error}", { error: describe(error) });
  }
}
