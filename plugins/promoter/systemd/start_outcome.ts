/** The outcome of a start by systemd, derived from the state of the units and from what systemctl said. */
import type { RunResult } from "../../../src/effects/effects.ts";
import { failureOf } from "../../../src/effects/limited_run.ts";
import type { Done } from "../control/services.ts";
import type { Properties } from "./units/systemctl.ts";
import { BEGUN_AT, CHANGED_AT } from "./units/unit_looks.ts";

/** A stop came before the start was over. */
export const GIVEN_UP: Done = { outcome: "nothingBegan", why: "a stop is due", cause: "givenUp" };

/** Nothing was started, and something is in the way. */
export function nothingBegan(why: string): Done {
  return { outcome: "nothingBegan", why };
}

/** DRBD refused the promotion. */
export function refused(promote: string): Done {
  const why = `DRBD refused the promotion (journalctl -u ${promote})`;
  return { outcome: "nothingBegan", why, cause: "refused" };
}

/** A unit failed after the promotion of this start began: what failed before that is no news. */
export function failedSince(unit: Properties | undefined, promote: Properties | undefined): boolean {
  const begunAt = Number(promote?.get(BEGUN_AT) ?? 0);
  return unit?.get("ActiveState") === "failed" && Number(unit.get(CHANGED_AT) ?? Infinity) >= begunAt;
}

/** Units that failed say best why a target is not up, and their logs why they failed. */
export function whyNotStarted(failed: readonly string[], result: RunResult): string {
  if (failed.length > 0) {
    const options = failed.map((unit) => `-u ${unit}`).join(" ");
    return `${failed.join(", ")} failed (journalctl ${options})`;
  }
  return result.code === 0 ? "the target did not stay active" : `systemctl start: ${failureOf(result)}`;
}

/** systemd tried, and a job failed: without a failed unit of the start list that is the promotion's. */
export function isRefusal({ code, stderr }: RunResult): boolean {
  return code === 0 || /\bjob for \S+ (failed|canceled)/i.test(stderr);
}
