/** The peer needs 0.2 s to take over: between the decision to start and systemctl there is no other program. */
import { BACKOFF_MS } from "../observed/bounds.ts";
import { isOnHold } from "../observed/hold_facts.ts";
import type { Place } from "../observed/place.ts";
import type { RuleBook } from "./rule_book.ts";

/** From the decision to start to the program: no other one has the time to run. */
const PROMPT_MS = 1;
const LOOK_HOLDS_MS = 66_000;
const STOPPED_MS = 2_500;

/** The program of a start begins at `nowMs`. */
export function checkStartLatency(rules: RuleBook, place: Place, nowMs: number): void {
  const { history, machine: { responsiveness } } = place;
  if (!history.isStartAhead) return;
  history.isStartAhead = false;
  // What was looked at in time holds for a minute. That DRBD protects again is announced by nothing:
  // it is due at once. Where the resource is Primary, there is no race. Nor is a
  // start announced that is due as soon as a stop is over, or because a disk has become better.
  // A start that is due earlier than was planned after a stop has not been looked ahead to.
  const isEarly = nowMs - Math.max(history.stopMs, history.stoppedMs) < BACKOFF_MS;
  const isExcused = isEarly || nowMs - (responsiveness.sinceMs ?? nowMs) < LOOK_HOLDS_MS ||
    !place.isProtected ||
    place.isPrimary || place.spec.secondary !== undefined || isOnHold(place, nowMs) ||
    place.timeline.hadOtherDisks(nowMs - STOPPED_MS);
  rules.count("late start", isExcused);
  const lateMs = nowMs - history.startMs;
  if (isExcused || lateMs < PROMPT_MS) return;
  const text = `systemctl is run ${lateMs.toFixed(0)} ms after the start was decided on`;
  rules.broken("late start", place.machine.name, place.name, text);
}
