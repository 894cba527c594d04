/**
 * Judges what drbdd decides to do at the moment it decides: a start, a stop, a restart. By what the kernel, systemd and
 * the clock say: what drbdd knows can be older by as long as it could not see.
 */
import type { StateMachine } from "../../../../plugins/promoter/control/actor.ts";
import { markPathOf } from "../../../../plugins/promoter/control/start/promotion_mark.ts";
import type { ResourceConfig } from "../../../../plugins/promoter/config.ts";
import type { Action, Severity, Step } from "../../../../plugins/promoter/decide/state.ts";
import {
  BACKOFF_MS,
  CONNECTION_REMOVED_MS,
  FIND_MS,
  LOST_RACE_MS,
  RESTART_BY_SYSTEMD_MS,
  START_INTERVAL_MS,
  STOP_AGAIN_MS,
  stopBoundMs,
} from "../observed/bounds.ts";
import { apartMs, tooEarlyTogether } from "../observed/neighbours.ts";
import { delayMs } from "../observed/expected_delay.ts";
import { isKnownOnHold } from "../observed/hold_facts.ts";
import type { Place } from "../observed/place.ts";
import { hasLostRace, isLongGone, isStillAhead } from "../observed/place_facts.ts";
import { checkMove } from "./move_rules.ts";
import { checkRestart } from "./restart_limit.ts";
import type { Rule, RuleBook } from "./rule_book.ts";
import { betterPeers, hasFailure, hasOutage, isAfterLostRace, RECENT_MS } from "./stop_reasons.ts";
import type { DrbdFacts } from "../observed/timeline.ts";

/** From the kernel to the decision, when nothing is late. */
const NEWS_MS = 150;
/** Lines that are so close to one another may be read in one go. */
const READ_MS = 2;
/** Options are asked for again when something changes that could lead to a start; that takes so long. */
const ASKED_MS = 1_000;
/** No start rests on an answer that is older. */
const ANSWER_AGE_MS = 60_000;
/** What was asked while answers were late may fail so much later. */
const UNKNOWN_MS = 10_000;
/** A hold-back that is shorter by this is not noticed. */
const TOLERANCE_MS = 500;
/** Until drbdd knows that a start failed: the shell runner waits for an event of DRBD. */
const LOST_RACE_NEWS_MS = 1_000;
/** After a move that came back there is none to that node for so long. */
const SETBACK_MS = 60_000;

export class Decisions {
  constructor(readonly place: (resource: string) => Place, readonly rules: RuleBook) {}

  /** `stateMachine`, observed. */
  observe(stateMachine: StateMachine): StateMachine {
    return (state, input, policy, moment) => {
      const result = stateMachine(state, input, policy, moment);
      // The configuration of the resource is all the policy that state machines are given.
      const config = policy as ResourceConfig;
      if (result.actions.length > 0) {
        const place = this.place(config.name);
        place.note(moment.nowMs);
        for (const action of result.actions) this.#check(place, config, action, result, moment.nowMs);
      }
      return result;
    };
  }

  #check(
    place: Place,
    config: ResourceConfig,
    action: Action,
    { decision, severity = "info" }: Step,
    nowMs: number,
  ): void {
    this.#hold(
      "no reason",
      place,
      decision === undefined,
      () => `${action.kind} is decided without a reason`,
    );
    if (action.kind === "start" || action.kind === "restartUnit") {
      this.#checkHold(place, nowMs, () => `a ${action.kind} of what is on hold`);
    }
    if (action.kind === "start") this.#checkStart(place, config, nowMs);
    if (action.kind === "start" || action.kind === "thaw") place.history.freezeMs = Infinity;
    if (action.kind === "freeze") {
      place.history.freezeMs = nowMs;
      this.#checkSeverity(place, severity);
    }
    if (action.kind === "stop") this.#checkStop(place, config, severity, nowMs);
    if (action.kind === "restartUnit") checkRestart(this.rules, place, config, action.unit, nowMs);
  }

  /** `isNeeded`: what is on hold has to be stopped anyway, as without quorum. */
  #checkHold(place: Place, nowMs: number, text: () => string, isNeeded = false): void {
    if (isKnownOnHold(place, nowMs)) this.#hold("while on hold", place, !isNeeded, text);
  }

  #checkStart(place: Place, config: ResourceConfig, nowMs: number): void {
    const { timeline, history, machine } = place;
    const sinceMs = nowMs - machine.responsiveness.eventLagMs - NEWS_MS;
    const never = (holds: (facts: DrbdFacts) => boolean) => !timeline.some(sinceMs, holds);
    const leastMs = hasLostRace(place, sinceMs) ? LOST_RACE_MS : START_INTERVAL_MS;
    const pausedMs = nowMs - history.startMs;
    this.#hold(
      "start interval",
      place,
      pausedMs < leastMs,
      () => `a start ${pausedMs / 1000} s after the last one`,
    );
    const heldMs = nowMs - history.stoppedMs;
    // Where nobody could take over, nobody is waited for.
    const isAlone = timeline.some(history.stoppedMs, ({ upToDatePeers }) => upToDatePeers.length === 0);
    if (history.isHeldBack && isAlone) this.rules.count("hold-back", true);
    else if (history.isHeldBack) {
      const isBroken = heldMs < BACKOFF_MS - TOLERANCE_MS;
      this.#hold("hold-back", place, isBroken, () => `a start ${heldMs / 1000} s after its services failed`);
    }
    history.startMs = nowMs;
    history.startSeesFromMs = sinceMs;
    history.isStopBeforeStart = place.isBeingStopped;
    history.primarySinceStartMs = undefined;
    history.isHeldBack = false;
    history.isStartAhead = config.runner === "systemd";
    if (place.spec.secondary) history.startOverMs = Infinity;
    if (history.move !== undefined && nowMs - history.move.atMs < SETBACK_MS) {
      history.cameBack = { atMs: nowMs, peer: history.move.peer };
    }
    history.move = undefined;
    this.#hold(
      "start on an old snapshot",
      place,
      machine.life?.isDrbdsetupAway(NEWS_MS) === true,
      () => "a start while drbdsetup does not run",
    );
    this.#hold(
      "start of nothing",
      place,
      never(({ exists }) => exists),
      () => "a start of an unknown resource",
    );
    const isOurs = place.isPrimary && !place.isByHand;
    this.#hold(
      "start on another's Primary",
      place,
      place.isByHand && never(({ isPrimary }) => !isPrimary),
      () => "a start on what an administrator holds Primary by hand",
    );
    this.#checkProtection(place, nowMs);
    if (isOurs) return;
    this.#hold(
      "start beside a Primary",
      place,
      never(({ primaryPeer }) => primaryPeer === undefined),
      () => `a start beside ${timeline.now.primaryPeer}, which is Primary`,
    );
    this.#hold(
      "start against DRBD",
      place,
      never(({ mayPromote, isPrimary }) => mayPromote || isPrimary),
      () => "a start though may_promote is no",
    );
    this.#checkDelay(place, config, sinceMs, nowMs);
    const newsMs = NEWS_MS + machine.responsiveness.eventLagMs;
    const together = tooEarlyTogether(place, nowMs, newsMs);
    if (apartMs(place) > 0) this.#hold("start together", place, together !== undefined, () => together ?? "");
  }

  #checkProtection(place: Place, nowMs: number): void {
    const { timeline, machine } = place;
    const unprotectedMs = timeline.sinceMs(({ protection }) => protection === "none");
    const promotableMs = timeline.sinceMs(({ mayPromote }) => mayPromote) ?? nowMs;
    // It is asked for again when a start is ahead; before the answer is there, one of up to 60 s ago counts.
    const lateMs = machine.responsiveness.eventLagMs + NEWS_MS;
    const wasBefore = unprotectedMs !== undefined && unprotectedMs <= promotableMs - lateMs;
    const isAnswered = nowMs - promotableMs > ASKED_MS + lateMs;
    const isOld = unprotectedMs !== undefined && nowMs - unprotectedMs > ANSWER_AGE_MS + lateMs;
    // Who could not know yet is not to blame for what DRBD then allows.
    place.history.isStartUnprotected = isOld || (wasBefore && isAnswered);
    this.#hold(
      "start without protection",
      place,
      place.history.isStartUnprotected,
      () => "a start where nothing keeps two nodes from being Primary",
    );
  }

  #checkDelay(place: Place, config: ResourceConfig, sinceMs: number, nowMs: number): void {
    const { timeline, machine } = place;
    // What is taken back before the lines of it are read is not seen.
    const promotableMs = timeline.sinceMs(({ mayPromote }) => mayPromote, { momentMs: READ_MS });
    // What was taken back while nobody could see it was not seen.
    if (promotableMs === undefined || machine.responsiveness.eventLag.covers(promotableMs, nowMs)) {
      return this.rules.count("start too early", true);
    }
    this.#checkRemoval(place, nowMs);
    let dueMs = Infinity;
    for (const facts of timeline.from(sinceMs)) {
      dueMs = Math.min(dueMs, delayMs(config, machine.name, facts));
    }
    const waitedMs = nowMs - promotableMs;
    const { disks } = timeline.now;
    this.#hold(
      "start too early",
      place,
      waitedMs < dueMs,
      () => `a start after ${waitedMs} ms, with disks ${disks}: ${dueMs} ms are due`,
    );
  }

  /** `drbdadm down` begins with the connections: what it takes down is not started meanwhile. */
  #checkRemoval({ timeline, machine, history, reloadedMs, name }: Place, nowMs: number): void {
    const { connectionRemovedMs: removedMs } = timeline;
    const lateMs = machine.responsiveness.eventLagMs + NEWS_MS;
    if (nowMs - removedMs >= CONNECTION_REMOVED_MS || nowMs - removedMs <= lateMs) return;
    // Who began to manage it later does not know what there was.
    const sinceMs = Math.max(history.begunMs, reloadedMs, machine.responsiveness.seesSinceMs ?? nowMs);
    if (sinceMs >= removedMs) return this.rules.count("start too early", true);
    const text = `a start ${nowMs - removedMs} ms after a connection was removed`;
    this.rules.broken("start too early", machine.name, name, text);
  }

  /** An outage is seen with `journalctl -p warning`. */
  #checkSeverity(place: Place, severity: Severity): void {
    this.#hold("not a warning", place, severity !== "warn", () => "quorum is lost, and that is no warning");
  }

  #checkStop(place: Place, config: ResourceConfig, severity: Severity, nowMs: number): void {
    const { history, machine: { responsiveness } } = place;
    const lateMs = responsiveness.eventLagMs + responsiveness.systemdLateMs;
    const isPast = isLongGone(place, nowMs, RECENT_MS + lateMs);
    // A stop may have become due while the start was still going on.
    const isQuiet = !place.timeline.some(
      nowMs - RECENT_MS - lateMs,
      ({ exists, hasQuorum }) => !exists || !hasQuorum,
    );
    const newsMs = isQuiet ? 0 : LOST_RACE_NEWS_MS + lateMs;
    const isNothing = isPast || isAfterLostRace(place, nowMs - newsMs);
    // A resource that is left alone is not followed; at the end of drbdd it is stopped anyway.
    const ends = place.machine.life?.isEnding === true && config.stopServicesOnExit;
    // After one that fails, the other commands of a stop follow.
    const moreMs = config.runner === "shell" ? stopBoundMs(place.spec, true) : 0;
    const wasFailed = nowMs - place.stopFailedMs <= STOP_AGAIN_MS + RECENT_MS + moreMs + lateMs;
    // What becomes of a start is not known if systemctl does not work, or before it is made.
    const isUnknown = nowMs - (responsiveness.sinceMs ?? nowMs) < UNKNOWN_MS || isStillAhead(place);
    // Of a start that was cut off the shell runner has a mark, and nothing to see what became of it.
    const begunMs = Math.max(history.begunMs, place.reloadedMs);
    const isMarked = config.runner === "shell" && nowMs - begunMs <= FIND_MS &&
      markPathOf(place.name) in place.machine.files.all();
    const isExcused = ends || history.isStopOpen || wasFailed || isUnknown || isMarked;
    if (isExcused) this.rules.count("stop of nothing", true);
    else this.#hold("stop of nothing", place, isNothing, () => "a stop of what does not run here");
    // systemd may not have got the last one.
    const isUnheard = history.startMs < history.stopMs && (responsiveness.sinceMs ?? nowMs) > history.stopMs;
    const isAgain = wasFailed || isUnheard || (history.isStopOpen && place.ranMs < history.stopMs);
    const isOutage = hasOutage(place, config, nowMs, lateMs);
    const better = betterPeers(place, config, nowMs - RECENT_MS - RESTART_BY_SYSTEMD_MS - lateMs);
    const other = ends || isAgain || isOutage || better.size > 0;
    if (better.size > 0) history.moves++;
    const isFailure = hasFailure(place, config, nowMs, lateMs);
    this.#checkHold(place, nowMs, () => "a stop of what could go on, on hold", isAgain || isOutage);
    this.#hold("stop without need", place, !other && !isFailure, () => "a stop of what could go on");
    if (!ends && !isAgain && !isOutage && !isFailure && better.size > 0) {
      checkMove(this.rules, place, better, nowMs);
    }
    // What was lost a moment ago need not be known yet.
    const knownFromMs = nowMs - NEWS_MS - responsiveness.eventLagMs;
    const isQuorumLost =
      !place.timeline.some(knownFromMs, ({ isPrimary, hasQuorum }) => !isPrimary || hasQuorum) &&
      config.onQuorumLoss === "shutdown";
    const isStart = place.isBeingStarted || place.startFailedMs >= nowMs - RECENT_MS - lateMs;
    // What a start that was cut off has promoted anyway has no services yet.
    const isRemnant = history.stopMs > history.startMs && place.ranMs < history.stopMs;
    if (isQuorumLost && !ends && !isAgain && !isStart && !isRemnant) this.#checkSeverity(place, severity);
    // Where they were given up, they are counted again when they come back.
    if (isFailure) history.restarts.length = 0;
    if (!isAgain) history.isHeldBack = isFailure && !other && config.onServiceFailure === "fail-over";
    history.isStopForFailure = isFailure;
    if (isFailure) history.failureStoppedMs = nowMs;
    history.stopMs = nowMs;
    history.stoppedMs = nowMs;
    history.isStopOpen = true;
  }

  #hold(rule: Rule, { machine, name }: Place, isBroken: boolean, text: () => string): void {
    this.rules.check(rule, machine.name, name, isBroken ? text() : undefined);
  }
}
