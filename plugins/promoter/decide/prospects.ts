/**
 * Whether what is known of DRBD's options is good enough to start on, and which changes of a resource have the options asked for again. They can have been changed without a word of DRBD, and
 * what happens next may be due to that: quorum that is switched off comes back where it was lost, and a connection that is
 * lost then costs no quorum.
 */
import { LONGEST_ANSWER_AGE_MS, type Moment, type State } from "./state.ts";
import type { View } from "./view.ts";

/** DRBD is known, by an answer that is young enough, to keep two nodes from being Primary at once. */
export function isProtected(state: State, { nowMs }: Pick<Moment, "nowMs">): boolean {
  const { avoidance, avoidanceAskedMs, answersCountFromMs } = state;
  return avoidance !== undefined && avoidance !== "none" && avoidanceAskedMs >= answersCountFromMs &&
    nowMs - avoidanceAskedMs <= LONGEST_ANSWER_AGE_MS;
}

/** After such a change no start rests on what was asked for before it. */
export function makesAnswersOld(before: View | undefined, now: View): boolean {
  return before === undefined || before.quorum !== now.quorum || !isSame(before.connected, now.connected) ||
    !isSame(before.disconnected, now.disconnected);
}

/** A start may follow from such a change: what it rests on is asked for at once, beside all else it has to wait for. */
export function mayLeadToStart(before: View | undefined, now: View): boolean {
  return before === undefined || makesAnswersOld(before, now) || before.mayPromote !== now.mayPromote ||
    before.role !== now.role || before.primaryPeer !== now.primaryPeer;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}
