/** How often a unit that failed is restarted. */
import type { ResourceConfig } from "../../../../plugins/promoter/config.ts";
import { BACKOFF_MS } from "../observed/bounds.ts";
import type { Place } from "../observed/place.ts";
import type { RuleBook } from "./rule_book.ts";
import { RECENT_MS, wasOut } from "./stop_reasons.ts";

const RESTART_WINDOW_MS = 600_000;
/** A restart that comes too early by this is not noticed. */
const TOLERANCE_MS = 500;

/** Restarts of a unit that drbdd decides on: up to the limit, and once a minute where nobody can take over. */
export function checkRestart(
  rules: RuleBook,
  place: Place,
  config: ResourceConfig,
  unit: string,
  nowMs: number,
): void {
  place.history.restartMs = nowMs;
  // What ended in an outage has not failed.
  if (wasOut(place)) return rules.count("too many restarts", true);
  const { restarts } = place.history;
  const before = restarts.filter((each) => each.unit === unit && nowMs - each.atMs < RESTART_WINDOW_MS);
  restarts.push({ unit, atMs: nowMs });
  // Where nobody can take over, it goes on at a lower rate.
  const lateMs = place.machine.responsiveness.eventLagMs;
  const isAlone = place.timeline.some(
    nowMs - RECENT_MS - lateMs,
    ({ upToDatePeers }) => upToDatePeers.length === 0,
  );
  const isSlow = nowMs - (before.at(-1)?.atMs ?? -Infinity) >= BACKOFF_MS - TOLERANCE_MS;
  const isBroken = before.length >= config.serviceFailureLimit && !(isAlone && isSlow);
  const text = `${unit} is restarted for the ${before.length + 1}th time in ten minutes`;
  rules.check("too many restarts", place.machine.name, place.name, isBroken ? text : undefined);
}
