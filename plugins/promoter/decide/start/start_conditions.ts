/**
 * Whether DRBD's options are known well enough to start on, and which changes of a resource require asking for them again. Options can
 * change without an event, with visible consequences: when quorum is switched off it "returns" where it was lost, and a connection lost
 * afterwards costs no quorum.
 */
import { LONGEST_ANSWER_AGE_MS, type Moment, type State } from "../state.ts";
import type { View } from "../view.ts";

/** A recent answer says that DRBD prevents two Primaries. */
export function isProtected(state: State, { nowMs }: Pick<Moment, "nowMs">): boolean {
  const { protection, protectionAskedMs, answersCountFromMs } = state;
  return protection !== undefined && protection !== "none" && protectionAskedMs >= answersCountFromMs &&
    nowMs - protectionAskedMs <= LONGEST_ANSWER_AGE_MS;
}

/** After such a change no start relies on earlier answers. */
export function invalidatesAnswers(before: View | undefined, now: View): boolean {
  return before === undefined || before.quorum !== now.quorum || !isSame(before.connected, now.connected) ||
    !isSame(before.disconnected, now.disconnected);
}

/** Such a change may lead to a start: its preconditions are checked at once. */
export function mayLeadToStart(before: View | undefined, now: View): boolean {
  return before === undefined || invalidatesAnswers(before, now) || before.mayPromote !== now.mayPromote ||
    before.role !== now.role || before.primaryPeer !== now.primaryPeer;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, place) => name === b[place]);
}

/** The resource has become Primary here. */
export function becamePrimary(before: View | undefined, view: View | undefined): boolean {
  return view?.role === "Primary" && before?.role !== "Primary";
}
