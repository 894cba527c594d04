/** What must come about: services run where they can. */
import type { ResourceObject } from "../../model/kernel/objects.ts";
import { otherEnd } from "../../model/network/sessions.ts";
import {
  BACKOFF_MS,
  CONNECTION_REMOVED_MS,
  DRBDD_MS,
  LOST_RACE_MS,
  NOTICE_MS,
  PREPARE_AGAIN_MS,
  START_INTERVAL_MS,
  startBoundMs,
  stopBoundMs,
} from "../observed/bounds.ts";
import { isOnHold } from "../observed/hold_facts.ts";
import { apartMs } from "../observed/neighbours.ts";
import { delayMs } from "../observed/expected_delay.ts";
import type { Place } from "../observed/place.ts";
import { foundMs, hasLostRace, isFoundPrimary, isPartDown } from "../observed/place_facts.ts";
import type { RuleBook } from "./rule_book.ts";

/** A `may promote` that does not hold for so long was none. */
const SETTLE_MS = 25;
/** A service that failed before a stop is why it was stopped. */
const FAILURE_MATTERS_MS = 30_000;
/** Trouble that is over may still have made a stop long. */
const TROUBLE_MATTERS_MS = 60_000;

/** Why nothing ran when it could. */
export type Cause = "cold start" | "node lost" | "cut off" | "service failed" | "disk lost" | "handed over";

/** A time in which services could run and did not. */
export interface Gap {
  readonly cause: Cause;
  readonly resource: string;
  readonly gapMs: number;
  /** What was allowed in that very case. */
  readonly boundMs: number;
}

/** How often services ran again, and the longest gap, by cause. */
export type Gaps = Partial<Record<Cause, { readonly count: number; readonly worst: Gap }>>;

/** The places of one resource, and how long it has been waited for. */
class Course {
  /** The last thing that happened to it from outside. */
  disturbedMs = 0;
  /** Since when it could run, but does not, and why. */
  gap: { readonly sinceMs: number; readonly cause: Cause } | undefined;
  boundMs = 0;
  lastPlace: Place | undefined;
  /** A service could not be started or stopped as it should. */
  troubledMs = -Infinity;

  constructor(readonly name: string, readonly places: readonly Place[]) {}

  /** Nothing that was due before counts: something happened since, or nobody could run. */
  get fromMs(): number {
    return Math.max(this.disturbedMs, this.gap?.sinceMs ?? -Infinity);
  }
}

export class LivenessRule {
  readonly #courses: readonly Course[];
  readonly gaps: Gaps = {};

  constructor(places: readonly Place[], readonly rules: RuleBook) {
    const names = [...new Set(places.map(({ name }) => name))];
    this.#courses = names.map((name) => new Course(name, places.filter((place) => place.name === name)));
  }

  /** Something happened to a resource, or to all of them: whatever was waited for gets its time again. */
  disturb(nowMs: number, resource?: string): void {
    for (const course of this.#courses) {
      if (resource === undefined || course.name === resource) course.disturbedMs = nowMs;
    }
  }

  look(nowMs: number): void {
    for (const course of this.#courses) this.#look(course, nowMs);
  }

  #look(course: Course, nowMs: number): void {
    const { places } = course;
    if (places.some((place) => place.isTroubled)) course.troubledMs = nowMs;
    const running = places.find((place) => place.ranMs === nowMs);
    if (running !== undefined) {
      if (course.gap !== undefined) this.#ran(course, nowMs);
      course.gap = undefined;
      course.lastPlace = running;
      return;
    }
    const able = places.some(isLeftAsItIs) ? [] : places.filter(canRun);
    this.rules.count("does not run", able.length === 0);
    if (able.length === 0) {
      course.gap = undefined;
      return;
    }
    if (able.some(waitsForPeer)) course.disturbedMs = nowMs;
    course.gap ??= { sinceMs: nowMs, cause: causeOf(course.lastPlace, nowMs) };
    const dueMs = Math.min(...able.map((place) => dueAtMs(place, course, nowMs)));
    course.boundMs = dueMs - course.gap.sinceMs;
    if (nowMs <= dueMs) return;
    const where = able.map(({ machine }) => machine.name).join(", ");
    const text = `nothing has run for ${(nowMs - course.gap.sinceMs) / 1000} s, ${
      course.boundMs / 1000
    } s are enough`;
    this.rules.broken("does not run", where, course.name, text);
  }

  #ran({ gap, boundMs, name }: Course, nowMs: number): void {
    if (gap === undefined) return;
    const found: Gap = { cause: gap.cause, resource: name, gapMs: nowMs - gap.sinceMs, boundMs };
    const { count = 0, worst = found } = this.gaps[gap.cause] ?? {};
    this.gaps[gap.cause] = { count: count + 1, worst: found.gapMs > worst.gapMs ? found : worst };
  }
}

/** When all has to run here at the latest. */
function dueAtMs(place: Place, course: Course, nowMs: number): number {
  const { timeline, history, machine, spec } = place;
  const delay = delayMs(spec.config, machine.name, timeline.now) + apartMs(place);
  const attendedMs = machine.responsiveness.sinceMs ?? nowMs;
  // What a drbdd that begins finds half done, it has to look at.
  const knownMs = foundMs(place, attendedMs);
  const preparedMs = (machine.responsiveness.canPrepareSinceMs ?? nowMs) + PREPARE_AGAIN_MS;
  const again = history.startMs + (hasLostRace(place) ? LOST_RACE_MS : START_INTERVAL_MS);
  // A start in between, where nobody could take over, does not end the minute of a failure before it.
  const heldMs = Math.max(history.stoppedMs + backoffMs(place), history.failureStoppedMs + BACKOFF_MS);
  if (!place.isPrimary) {
    // A drbdd that began later counts from when it could see it, and one that read another table from then on.
    const sincePromotableMs = timeline.sinceMs(({ mayPromote }) => mayPromote) ?? nowMs;
    const seesSinceMs = Math.max(machine.responsiveness.seesSinceMs ?? nowMs, place.reloadedMs);
    const promotableMs = Math.max(sincePromotableMs, seesSinceMs) + Math.max(delay, SETTLE_MS);
    const removedMs = timeline.connectionRemovedMs + CONNECTION_REMOVED_MS;
    const beginMs = Math.max(promotableMs, again, heldMs, knownMs, preparedMs, removedMs, course.fromMs);
    return beginMs + startBoundMs(spec) + DRBDD_MS;
  }
  if (isFreshStart(place, course)) {
    // Its first programs may have been late until a moment ago.
    const beforeMs = history.isStopBeforeStart ? stopBoundMs(spec, false) : 0;
    return Math.max(history.startMs, course.fromMs, attendedMs) + beforeMs + startBoundMs(spec) + DRBDD_MS;
  }
  const primaryMs = timeline.sinceMs(({ isPrimary }) => isPrimary) ?? nowMs;
  const quorumMs = timeline.sinceMs(({ hasQuorum }) => hasQuorum) ?? nowMs;
  const isAnew = isStartedAnew(place, course);
  const beginMs = Math.max(
    primaryMs,
    quorumMs,
    history.stopMs,
    place.serviceEndedMs,
    place.ranMs,
    heldMs,
    knownMs,
    course.fromMs,
    isAnew ? again : -Infinity,
  );
  // Where nobody can take over, what fails again after that is started once a minute.
  const isAlone = timeline.some(nowMs - NOTICE_MS, ({ upToDatePeers }) => upToDatePeers.length === 0);
  const paceMs = isAlone ? BACKOFF_MS : 0;
  const noticeMs = hasFailure(place, course) || isPartDown(place)
    ? NOTICE_MS * spec.config.serviceFailureLimit + paceMs
    : NOTICE_MS;
  const isStubborn = place.isBeingStopped && nowMs - course.troubledMs < TROUBLE_MATTERS_MS;
  const stopMs = isAnew ? stopBoundMs(spec, isStubborn) : 0;
  return beginMs + noticeMs + stopMs + startBoundMs(spec) + DRBDD_MS;
}

/** A service of it failed in this gap, so that it is restarted up to its limit, or stopped. */
function hasFailure({ hasFailedUnit, hasFailures, serviceEndedMs }: Place, { gap }: Course): boolean {
  return hasFailedUnit || hasFailures || serviceEndedMs >= (gap?.sinceMs ?? 0) - FAILURE_MATTERS_MS;
}

/** What runs is, or has to be, stopped before it is started. */
function isStartedAnew(place: Place, course: Course): boolean {
  const { history, startFailedMs, stopFailedMs, isBeingStopped, isBeingStarted } = place;
  const sinceMs = (course.gap?.sinceMs ?? 0) - FAILURE_MATTERS_MS;
  return isBeingStopped || hasFailure(place, course) || !isBeingStarted || history.stopMs >= sinceMs ||
    startFailedMs >= sinceMs || stopFailedMs >= sinceMs;
}

/** A start goes on, and nothing else has happened since it began. */
function isFreshStart({ history, serviceEndedMs }: Place, { troubledMs }: Course): boolean {
  return history.openStarts > 0 && history.startMs > Math.max(history.stopMs, serviceEndedMs, troubledMs);
}

/** How long this node leaves it to the others after its last stop. */
function backoffMs(place: Place): number {
  const { history, spec: { config } } = place;
  if (history.stopMs === -Infinity) return 0;
  // What an administrator stops looks as what ended by itself.
  const endedMs = Math.max(place.serviceEndedMs, place.last.stoppedByHandMs);
  // What ends when its devices serve no I/O has not failed.
  const isOutage = endedMs > -Infinity && endedMs === place.last.endedInOutageMs;
  const isFailure = !isOutage && (history.stopMs - endedMs < FAILURE_MATTERS_MS || place.hasFailedUnit);
  if (isFailure && config.onServiceFailure !== "ignore") return BACKOFF_MS;
  return START_INTERVAL_MS;
}

function causeOf(last: Place | undefined, nowMs: number): Cause {
  if (last === undefined) return "cold start";
  if (!last.machine.isPowered) return "node lost";
  if (nowMs - last.serviceEndedMs < FAILURE_MATTERS_MS) return "service failed";
  const { now } = last.timeline;
  if (now.exists && !now.hasQuorum) return "cut off";
  if (now.lostVolumes.length > 0) return "disk lost";
  return now.exists ? "handed over" : "node lost";
}

/** It may be promoted here, or is Primary, and drbdd can start it. */
function canRun(place: Place): boolean {
  const { resource, machine } = place;
  if (resource === undefined || !place.isResponsive || place.isTroubled || place.isByHand) return false;
  if (machine.responsiveness.canPrepareSinceMs === undefined || isOnHold(place, machine.nowMs())) {
    return false;
  }
  if (place.isPrimary) return place.hasQuorum && place.servesAll && !isFoundPrimary(place);
  return place.timeline.now.mayPromote && !hasPrimary(resource);
}

/** Somebody is Primary whom it reaches, if only by way of others. */
function hasPrimary(resource: ResourceObject): boolean {
  for (const each of reached(resource)) if (each.is.role === "Primary") return true;
  return false;
}

/** DRBD waits for a peer that does not answer, whose loss nobody has noticed yet. */
function waitsForPeer({ resource, machine: { world: { model } } }: Place): boolean {
  if (resource === undefined) return false;
  for (const each of reached(resource)) if (model.hasUnnoticedLoss(each)) return true;
  return false;
}

/** The resource on all nodes that are connected, directly or by way of others. */
function reached(resource: ResourceObject): ReadonlySet<ResourceObject> {
  const seen = new Set([resource]);
  // What is added to a set while it is gone through has its turn, too.
  for (const each of seen) {
    for (const connection of each.connections) {
      const other = connection.isConnected ? otherEnd(connection)?.resource : undefined;
      if (other !== undefined) seen.add(other);
    }
  }
  return seen;
}

/** A service failed, or was stopped, and the configuration says that nobody is to care. */
function isLeftAsItIs(place: Place): boolean {
  const { hasFailures, isStoppedByHand, isPrimary, spec: { config } } = place;
  const isIgnored = config.onServiceFailure === "ignore" ||
    (config.runner === "shell" && config.monitor === undefined);
  return isPrimary && (isStoppedByHand || (isIgnored && (hasFailures || isPartDown(place))));
}
