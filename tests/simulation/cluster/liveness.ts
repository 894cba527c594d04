/** What must come about: services run where they can. */
import type { ResourceObject } from "../model/objects.ts";
import { promotionOf } from "../model/promotion.ts";
import { otherEnd } from "../model/sessions.ts";
import { failoverBoundMs } from "./bounds.ts";
import type { Place } from "./place.ts";
import type { Violations } from "./violations.ts";

/** A service that failed matters for so long: its node holds back, and others may have failed before. */
const FAILURE_MATTERS_MS = 200_000;

/** The places of one resource, and how long it has been waited for. */
class Course {
  /** The last thing that happened to it. */
  disturbedMs = 0;
  /** Since when it could run, but does not. */
  gapSinceMs: number | undefined;
  failedMs = -Infinity;

  constructor(readonly name: string, readonly places: readonly Place[]) {}
}

export class LivenessRule {
  readonly #courses: readonly Course[];
  /** The longest time until services ran that could, and where. */
  worst: { readonly gapMs: number; readonly resource: string; readonly boundMs: number } | undefined;
  /** How often services ran again. */
  failovers = 0;

  constructor(places: readonly Place[], readonly violations: Violations) {
    const names = [...new Set(places.map(({ name }) => name))];
    this.#courses = names.map((name) => new Course(name, places.filter((place) => place.name === name)));
  }

  /** Something happened to a resource, or to all of them: whatever was waited for has its time anew. */
  disturb(nowMs: number, resource?: string): void {
    for (const course of this.#courses) {
      if (resource !== undefined && course.name !== resource) continue;
      course.disturbedMs = nowMs;
      if (course.gapSinceMs !== undefined) course.gapSinceMs = nowMs;
    }
  }

  /** A service ended by itself. */
  failed(nowMs: number, resource: string): void {
    this.disturb(nowMs, resource);
    for (const course of this.#courses) if (course.name === resource) course.failedMs = nowMs;
  }

  look(nowMs: number): void {
    for (const course of this.#courses) this.#look(course, nowMs);
  }

  #look(course: Course, nowMs: number): void {
    const { places, gapSinceMs } = course;
    const [first] = places;
    if (first === undefined) return;
    if (places.some((place) => place.runs && place.outcome === "written")) {
      if (gapSinceMs !== undefined) this.#ran(course, nowMs - gapSinceMs);
      course.gapSinceMs = undefined;
      return;
    }
    if (!places.some(canRun) || places.some(isLeftAsItIs)) {
      course.gapSinceMs = undefined;
      return;
    }
    course.gapSinceMs ??= nowMs;
    const boundMs = this.#boundMs(course, nowMs);
    if (nowMs - course.gapSinceMs <= boundMs) return;
    const where = places.filter(canRun).map(({ machine }) => machine.name).join(", ");
    this.violations.add("does not run", where, course.name, `nothing has run for ${boundMs / 1000} s`);
  }

  #ran(course: Course, gapMs: number): void {
    this.failovers++;
    const boundMs = this.#boundMs(course, -Infinity);
    if (gapMs > (this.worst?.gapMs ?? 0)) this.worst = { gapMs, resource: course.name, boundMs };
  }

  #boundMs({ places, failedMs }: Course, nowMs: number): number {
    const [first] = places;
    if (first === undefined) return 0;
    return failoverBoundMs(first.spec, {
      isFencing: places.some(({ resource }) => resource !== undefined && resource.options.quorum === "off"),
      failingNodes: places.filter((place) => place.isTroubled).length,
      hasFailed: nowMs - failedMs < FAILURE_MATTERS_MS,
    });
  }
}

/** It may be promoted here, or is Primary, and drbdd can start it. */
function canRun(place: Place): boolean {
  const { resource } = place;
  if (resource === undefined || !place.isLookedAfter || place.isTroubled) return false;
  if (place.isPrimary) return place.hasQuorum && place.outcome === "written";
  return promotionOf(resource).mayPromote && !hasPrimary(resource);
}

/** Somebody is Primary whom it reaches, if only by way of others. */
function hasPrimary(resource: ResourceObject): boolean {
  const seen = new Set([resource]);
  for (const each of seen) {
    if (each.is.role === "Primary") return true;
    for (const connection of each.connections) {
      const other = connection.isConnected ? otherEnd(connection)?.resource : undefined;
      if (other !== undefined) seen.add(other);
    }
  }
  return false;
}

/** A service failed, and the configuration says that nobody is to care. */
function isLeftAsItIs({ isHurt, isStoppedByHand, isPrimary, phase, spec: { config } }: Place): boolean {
  const isIgnored = config.onServiceFailure === "ignore" ||
    (config.runner === "shell" && config.monitor === undefined);
  return isPrimary && phase === "started" && (isStoppedByHand || (isHurt && isIgnored));
}
