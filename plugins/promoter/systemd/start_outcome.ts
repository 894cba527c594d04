/** Derives the outcome of a start from the state of the units and the result of systemctl. */
import type { RunResult } from "../../../src/effects/effects.ts";
import { failureOf } from "../../../src/effects/limited_run.ts";
import type { Done } from "../control/services.ts";
import type { Properties } from "./units/systemctl.ts";
import { BEGUN_AT, CHANGED_AT } from "./units/unit_queries.ts";

/** A stop came first. */
export const GIVEN_UP: Done = { outcome: "nothingBegan", why: "a stop is due", cause: "givenUp" };

/** Nothing was started, because of an obstacle. */
export function nothingBegan(why: string): Done {
  return { outcome: "nothingBegan", why };
}

/** DRBD refused the promotion. */
export function refused(promote: string): Done {
  const why = `DRBD refused the promotion (journalctl -u ${promote})`;
  return { outcome: "nothingBegan", why, cause: "refused" };
}

/** A unit failed after the promotion of this start began; earlier failures do not count. */
export function failedSince(unit: Properties | undefined, promote: Properties | undefined): boolean {
  const begunAt = Number(promote?.get(BEGUN_AT) ?? 0);
  return unit?.get("ActiveState") === "failed" && Number(unit.get(CHANGED_AT) ?? Infinity) >= begunAt;
}

/** Failed units explain best why a target is not up, and their logs why they failed. */
export function whyNotStarted(failed: readonly string[], result: RunResult): string {
  if (failed.length > 0) {
    const options = failed.map((unit) => `-u ${unit}`).join(" ");
    return `${failed.join(", ")} failed (journalctl ${options})`;
  }
  return result.code === 0 ? "the target did not stay active" : `systemctl start: ${failureOf(result)}`;
}

/** A job failed, but no unit of the start list did: so it was the promotion's. */
export function isRefusal({ code, stderr }: RunResult): boolean {
  return code === 0 || /\bjob for \S+ (failed|canceled)/i.test(stderr);
}
