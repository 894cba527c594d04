/** What the rules say of services that run where a resource is Secondary. */
import { DRBDD_MS, STOP_AGAIN_MS } from "../observed/bounds.ts";
import { DeadlineClock } from "./deadline_clock.ts";
import { isKnownOnHold, isOnHold } from "../observed/hold_facts.ts";
import type { Place } from "../observed/place.ts";
import type { ProgramRun } from "../programs/programs.ts";
import type { Rule, RuleBook } from "./rule_book.ts";
import { type SecondarySpec, secondaryTargetOf } from "../setup/spec.ts";
import type { DrbdFacts } from "../observed/timeline.ts";

/** The resource has to have been fit for so long, as a start that failed, and one that is not right, are repeated after. */
const CONDITIONS_MS = 5_000;
const START_AGAIN_MS = 20_000;
/** Whether the target is still active is looked at so often. */
const LOOK_MS = 60_000;
/** What is not there any more is believed after this. */
const GONE_MS = 5_000;
/** systemctl and drbdsetup have their answers. */
const PROGRAMS_MS = 1_000;
/** What runs is asked for again after this, and drop-ins that could not be written are tried again. */
const ASK_AGAIN_MS = 6_000;
/** Until drbdd has read what DRBD says. */
const NEWS_MS = 100;
/** A promotion waits so long for a stop. */
const LONGEST_WAIT_MS = 180_000;
/** What made a stop hard may do so for a while after it is over. */
const STUBBORN_MS = 60_000;

/** What is due at one place. */
class Clocks {
  /** They run though they have no place here: beside a Primary, and for another reason. */
  readonly beside = new DeadlineClock();
  readonly unfit = new DeadlineClock();
  /** They should run, and never have since that; or have, and do not any more. */
  readonly start = new DeadlineClock();
  readonly again = new DeadlineClock();
  hasRun = false;
  stubbornUntilMs = -Infinity;
  /** Something was wrong with the node, its systemd or the services, or somebody stopped them. */
  disturbedMs = -Infinity;

  constructor(readonly place: Place, readonly spec: SecondarySpec) {}
}

export class SecondaryRules {
  readonly #clocks: readonly Clocks[];

  constructor(places: readonly Place[], readonly rules: RuleBook) {
    this.#clocks = places.flatMap((place) =>
      place.spec.secondary === undefined ? [] : [new Clocks(place, place.spec.secondary)]
    );
  }

  look(nowMs: number): void {
    for (const clocks of this.#clocks) {
      if (isTroubled(clocks) || holdersOf(clocks).some(({ isFrozen }) => isFrozen)) {
        clocks.stubbornUntilMs = nowMs + STUBBORN_MS;
      }
      this.#stops(clocks, nowMs);
      this.#starts(clocks, nowMs);
    }
  }

  /** They end as soon as they can where the resource is Primary, and where there are no UpToDate data. */
  #stops(clocks: Clocks, nowMs: number): void {
    const { place, spec: { services } } = clocks;
    const runs = holdersOf(clocks).length > 0;
    const isUnfit = runs && !place.isPrimary && !isFit(place.timeline.now);
    const whose = place.machine.life;
    const isExcused = !isResponsive(clocks);
    const isStubborn = nowMs < clocks.stubbornUntilMs;
    const each = services.map(({ stopMs, stopTimeoutMs }) => isStubborn ? 2 * stopTimeoutMs : stopMs);
    // A drbdd that has just begun looks first what runs; one whose stop failed repeats it.
    const boundMs = each.reduce((sum, ms) => sum + ms, 0) + DRBDD_MS + PROGRAMS_MS +
      (isStubborn || isFresh(clocks, nowMs) ? STOP_AGAIN_MS + ASK_AGAIN_MS : 0);
    const besideMs = clocks.beside.look(nowMs, { isDue: runs && place.isPrimary, isExcused, whose });
    const unfitMs = clocks.unfit.look(nowMs, { isDue: isUnfit, isExcused, whose });
    const goneMs = place.timeline.now.exists ? 0 : GONE_MS;
    this.#due("Secondary's beside Primary", clocks, runs && place.isPrimary, besideMs > boundMs, isExcused);
    this.#due("Secondary's without data", clocks, isUnfit, unfitMs > boundMs + goneMs, isExcused);
  }

  /** They run where the resource has been Secondary and UpToDate for long enough. */
  #starts(clocks: Clocks, nowMs: number): void {
    const { place, spec: { services, config } } = clocks;
    const { machine, history } = place;
    const { responsiveness } = machine;
    const target = machine.manager.unit(secondaryTargetOf(config.name));
    const isActive = target.state === "active";
    const isPromoting = place.isBeingStarted || history.openStarts > 0 || history.isStartAhead || place.isUp;
    const mayRun = isFit(place.timeline.now) && !isPromoting && machine.isPowered;
    // Of a start by somebody else, which was refused, drbdd knows nothing.
    if (!isFit(place.timeline.now)) clocks.hasRun = false;
    clocks.hasRun ||= isActive;
    const isExcused = !isResponsive(clocks) || isTroubled(clocks) || isOnHold(place, nowMs) ||
      responsiveness.canPrepareSinceMs === undefined || target.loadState !== "loaded";
    const isDue = mayRun && !isActive;
    const whose = machine.life;
    const startMs = services.reduce((sum, each) => sum + each.startMs, 0) + DRBDD_MS + PROGRAMS_MS;
    const stopMs = services.reduce((sum, each) => sum + 2 * each.stopTimeoutMs, 0);
    const firstMs = clocks.start.look(nowMs, { isDue: isDue && !clocks.hasRun, isExcused, whose });
    const againMs = clocks.again.look(nowMs, { isDue: isDue && clocks.hasRun, isExcused, whose });
    const boundMs = CONDITIONS_MS + START_AGAIN_MS + ASK_AGAIN_MS + stopMs + startMs;
    const isLate = firstMs > boundMs || againMs > boundMs + LOOK_MS;
    this.#due("Secondary's do not run", clocks, mayRun, isDue && isLate, isExcused);
  }

  /** drbdd runs a program. */
  ran(machine: unknown, { argv }: ProgramRun): void {
    const [program, ...args] = argv;
    const [verb, ...units] = program === "systemctl" ? args.filter((arg) => !arg.startsWith("-")) : [];
    if (verb !== "start") return;
    for (const clocks of this.#clocks) {
      const { place } = clocks;
      if (place.machine !== machine || !units.includes(secondaryTargetOf(place.name))) continue;
      this.#checkStart(clocks, place.machine.nowMs());
    }
  }

  #checkStart({ place }: Clocks, nowMs: number): void {
    const sinceMs = nowMs - NEWS_MS - place.machine.responsiveness.eventLagMs;
    const isRight = place.timeline.some(sinceMs, isFit);
    this.#check(
      "Secondary's start",
      place,
      isRight ? undefined : "a start though it is not Secondary and UpToDate",
    );
    const isHeld = isKnownOnHold(place, nowMs);
    this.#check("while on hold", place, isHeld ? "a start of services for a Secondary on hold" : undefined);
  }

  /** drbdd is about to promote: what runs on a Secondary has stopped by then. */
  promotes(place: Place): void {
    const clocks = this.#clocks.find((each) => each.place === place);
    if (clocks === undefined) return;
    const hasWaited = place.machine.nowMs() - place.history.startMs >= LONGEST_WAIT_MS;
    // Who is Primary already is not promoted, and what drbdd does not manage it does not stop.
    const isExcused = place.isPrimary || !isManaged(clocks) || hasWaited;
    this.rules.count("promotion before stop", isExcused);
    if (isExcused || holdersOf(clocks).length === 0) return;
    const text = "it is promoted while services for a Secondary run";
    this.rules.broken("promotion before stop", place.machine.name, place.name, text);
  }

  #check(rule: Rule, place: Place, text: string | undefined): void {
    this.rules.check(rule, place.machine.name, place.name, text);
  }

  #due(rule: Rule, { place }: Clocks, isDue: boolean, isLate: boolean, isExcused: boolean): void {
    if (isDue) this.rules.count(rule, isExcused);
    if (isDue && isLate) this.rules.broken(rule, place.machine.name, place.name, "for longer than it takes");
  }
}

/** The resource is Secondary, and all local data are good. */
function isFit({ exists, isPrimary, disks }: DrbdFacts): boolean {
  return exists && !isPrimary && disks.length > 0 && disks.every((disk) => disk === "UpToDate");
}

function holdersOf({ place }: Clocks) {
  return place.machine.beside.of(place.name);
}

function isManaged({ place }: Clocks): boolean {
  return place.machine.promoters.some(({ secondaries = [] }) =>
    secondaries.some(({ name }) => name === place.name)
  );
}

/** drbdd is there, manages them, and gets prompt answers. */
function isResponsive(clocks: Clocks): boolean {
  return clocks.place.machine.responsiveness.isThere && isManaged(clocks);
}

function isTroubled({ place: { machine }, spec: { services } }: Clocks): boolean {
  return services.some(({ name }) => (machine.troubles.get(name)?.size ?? 0) > 0);
}

/** drbdd could not see or act a moment ago. */
function isFresh({ place: { machine: { responsiveness } } }: Clocks, nowMs: number): boolean {
  return nowMs - (responsiveness.sinceMs ?? nowMs) < ASK_AGAIN_MS;
}
