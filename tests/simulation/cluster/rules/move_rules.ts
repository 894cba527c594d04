/** Moves to a better node: not before it has been there for some time, and not again soon after one that came back. */
import type { Place } from "../observed/place.ts";
import type { RuleBook } from "./rule_book.ts";

/** A better node has to be UpToDate for so long, without interruption. */
const STEADY_MS = 5_000;
/** What does not take over, or gives back what it got, is left alone for so long. */
const SETBACK_MS = 60_000;
/** What comes too early by this is not noticed. */
const TOLERANCE_MS = 500;
/** What was otherwise for so short a time was not seen. */
const READ_MS = 2;

/** drbdd stops the services for nothing but a better node, one of `better`. */
export function checkMove(rules: RuleBook, place: Place, better: ReadonlySet<string>, nowMs: number): void {
  checkSteadiness(rules, place, better, nowMs);
  const { history, history: { cameBack } } = place;
  const peer = better.size === 1 ? [...better][0] : undefined;
  if (cameBack !== undefined && peer !== undefined && cameBack.peer === peer) {
    const pausedMs = nowMs - cameBack.atMs;
    const text = `a move to ${peer} ${pausedMs / 1000} s after the last one came back`;
    const isBroken = pausedMs < SETBACK_MS - TOLERANCE_MS;
    rules.check("moves again", place.machine.name, place.name, isBroken ? text : undefined);
  }
  history.move = { atMs: nowMs, peer };
}

function checkSteadiness(rules: RuleBook, place: Place, better: ReadonlySet<string>, nowMs: number): void {
  const { timeline, machine, machine: { responsiveness } } = place;
  const times = [...better].flatMap((peer) => {
    const sinceMs = timeline.sinceMs(({ upToDatePeers }) => upToDatePeers.includes(peer), {
      momentMs: READ_MS,
    });
    return sinceMs === undefined ? [] : [sinceMs];
  });
  const sinceMs = Math.min(...times);
  // That it went is news of a moment ago, or that it came and went was seen by nobody.
  const isExcused = times.length < better.size || responsiveness.eventLag.covers(sinceMs, nowMs);
  if (isExcused) return rules.count("moves too soon", true);
  const thereMs = nowMs - sinceMs;
  const isBroken = thereMs < STEADY_MS - responsiveness.eventLagMs - TOLERANCE_MS;
  const text = `a move to a node that has been UpToDate for ${thereMs / 1000} s`;
  rules.check("moves too soon", machine.name, place.name, isBroken ? text : undefined);
}
