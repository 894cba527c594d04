/** What drbdd has to do in time, besides starting and stopping where DRBD says so. */
import type { Unit } from "../../systemd/unit.ts";
import { DRBDD_MS, NOTICE_MS } from "../observed/bounds.ts";
import { DeadlineClock, PeerDeadlineClocks } from "./deadline_clock.ts";
import { isOnHold } from "../observed/hold_facts.ts";
import { ownRank, peerRank } from "../observed/neighbours.ts";
import type { Place } from "../observed/place.ts";
import { isFoundPrimary, START_LOOK_MS } from "../observed/place_facts.ts";
import type { Rule, RuleBook } from "./rule_book.ts";

/** A lost disk is left within this. */
const LOST_DISK_MS = 5_000;
/** A better node that comes has to be there for 5 s, and then gets the services; one that was there, 10 s later. */
const BETTER_NODE_MS = 5_000 + DRBDD_MS + 1_000;
const KNOWN_BETTER_NODE_MS = BETTER_NODE_MS + 10_000;
/** A service that failed is noticed, and then something is done. */
const FAILED_SERVICE_MS = NOTICE_MS + DRBDD_MS;
/** Where nobody could take over, what was restarted without success is tried once a minute. */
const ALONE_MS = 60_000 + FAILED_SERVICE_MS;
/** `drbdadm adjust` is run within this. */
const ADJUST_MS = 5_000;
/** A drbdd that has begun is noticed within this. */
const NOTICED_MS = 300;
/** What died while the devices served no I/O, or so much later, has not failed by itself. */
const IO_MATTERS_MS = 15_000;
/** Drop-ins of what is configured no more are looked at again after a minute. */
const DROP_INS_MS = 66_000;
const DROP_INS_LOOK_MS = 1_000;

/** What is due at one place. */
class Clocks {
  readonly lostDisk = new DeadlineClock();
  readonly newBetterNode = new PeerDeadlineClocks();
  readonly knownBetterNode = new PeerDeadlineClocks();
  readonly failedService = new DeadlineClock();
  readonly failedAlone = new DeadlineClock();
  readonly dropIns = new DeadlineClock();
  readonly skipped = new DeadlineClock();
  readonly adjustment = new DeadlineClock();
  /** Volumes that were lost, and peers that were better, when drbdd began to see the services run. */
  knownLost: readonly number[] = [];
  knownBetter: readonly string[] = [];
  /** The peer that was Primary last, and peers that gave the resource up though they were there: nobody moves back to them. */
  lastPrimary: string | undefined;
  gaveUp: readonly string[] = [];
  dropInsLookedMs = -Infinity;
  hasDropIns = false;
  /** The drbdd that last had it in its configuration. */
  managedBy: unknown;

  constructor(readonly place: Place) {}
}

export class DeadlineRules {
  readonly #clocks: readonly Clocks[];

  constructor(places: readonly Place[], readonly rules: RuleBook) {
    this.#clocks = places.map((place) => new Clocks(place));
  }

  look(nowMs: number): void {
    for (const clocks of this.#clocks) {
      this.#moves(clocks, nowMs);
      this.#failures(clocks, nowMs);
      this.#dropIns(clocks, nowMs);
      this.#skipped(clocks, nowMs);
      this.#adjustment(clocks, nowMs);
    }
  }

  /** A lost disk is left, and a better node gets the services, where the configuration says so. */
  #moves(clocks: Clocks, nowMs: number): void {
    const { place } = clocks;
    const { timeline: { now }, spec: { config }, machine } = place;
    // With another table drbdd starts over, and looks for a better node as after a start.
    const isSteady = place.isPrimary && place.isResponsive && now.hasQuorum && !place.isBeingStopped &&
      !place.isByHand && place.ranMs === nowMs && nowMs - place.reloadedMs > NOTICED_MS;
    const own = ownRank(place);
    if (now.primaryPeer !== clocks.lastPrimary) {
      if (clocks.lastPrimary !== undefined) clocks.gaveUp = [...clocks.gaveUp, clocks.lastPrimary];
      clocks.lastPrimary = now.primaryPeer;
    }
    // A drbdd that sees nothing does not see either that such a peer goes and comes back.
    const isBlind = machine.responsiveness.seesSinceMs === undefined || !machine.responsiveness.isThere;
    clocks.gaveUp = clocks.gaveUp.filter((peer) =>
      (isBlind || now.upToDatePeers.includes(peer)) && peer !== now.primaryPeer
    );
    const better = now.upToDatePeers.filter((peer) =>
      peerRank(place, peer) < own && !clocks.gaveUp.includes(peer)
    );
    if (!isSteady) clocks.knownLost = now.lostVolumes;
    // What is there until drbdd has looked what became of a start was there before.
    const { startOverMs } = place.history;
    const isJustStarted = startOverMs <= nowMs && nowMs - startOverMs < START_LOOK_MS;
    if (!isSteady || place.isBeingStarted || isJustStarted) clocks.knownBetter = better;
    clocks.knownLost = clocks.knownLost.filter((volume) => now.lostVolumes.includes(volume));
    clocks.knownBetter = clocks.knownBetter.filter((peer) => better.includes(peer));
    const isLost = isSteady && config.onDiskDetach === "fail-over" && now.isLostSavedElsewhere &&
      now.lostVolumes.some((volume) => !clocks.knownLost.includes(volume));
    const isWanted = isSteady && config.preferredNodesPolicy === "always" && !isOnHold(place, nowMs);
    const come = isWanted ? better.filter((peer) => !clocks.knownBetter.includes(peer)) : [];
    const known = isWanted ? clocks.knownBetter : [];
    const whose = machine.life;
    const lostMs = clocks.lostDisk.look(nowMs, { isDue: isLost, isExcused: false, whose });
    this.#due(
      "lost disk",
      place,
      isLost,
      lostMs > LOST_DISK_MS,
      "the services are still where the disk is lost",
    );
    // A node that gave it back, or did not take over, has that counted against it.
    const isExcused = place.history.moves > 0;
    const newMs = clocks.newBetterNode.look(nowMs, come, { isExcused, whose });
    const knownMs = clocks.knownBetterNode.look(nowMs, known, { isExcused, whose });
    const isLate = newMs > BETTER_NODE_MS || knownMs > KNOWN_BETTER_NODE_MS;
    const text = "the services have not moved to the better node";
    this.#due("better node", place, come.length + known.length > 0, isLate, text, isExcused);
  }

  /** What failed for good is started again, or all of it is stopped. */
  #failures(clocks: Clocks, nowMs: number): void {
    const { place } = clocks;
    const { config } = place.spec;
    const isWanted = config.onServiceFailure !== "ignore" &&
      (config.runner === "systemd" || config.monitor !== undefined);
    // What was started again may take long to be ready.
    const isStarting = place.holders.some(({ isReady }) => !isReady);
    const isDue = isWanted && place.isPrimary && place.hasFailures && place.hasQuorum &&
      !place.isBeingStarted &&
      !place.isBeingStopped && !isStarting;
    const servesMs = nowMs - (place.servesSinceMs ?? nowMs);
    const isExcused = !place.isResponsive || !place.servesAll || place.isStoppedByHand || place.isTroubled ||
      place.isByHand || isFoundPrimary(place) || isOnHold(place, nowMs) || servesMs < IO_MATTERS_MS;
    const whose = place.machine.life;
    // When a peer has the data at last, it is due from then on.
    const isAlone = place.timeline.now.upToDatePeers.length === 0;
    const aloneMs = clocks.failedAlone.look(nowMs, { isDue: isDue && isAlone, isExcused, whose });
    const dueMs = clocks.failedService.look(nowMs, { isDue: isDue && !isAlone, isExcused, whose });
    const isLate = aloneMs > ALONE_MS || dueMs > FAILED_SERVICE_MS;
    this.#due("failed service", place, isDue, isLate, "a service failed and nothing is done", isExcused);
  }

  /** Nothing of drbdd's is left at units that no configuration names any more, once they are down. */
  #dropIns(clocks: Clocks, nowMs: number): void {
    const { place } = clocks;
    const isGone = place.spec.config.runner === "systemd" && !place.isManaged && place.machine.isPowered &&
      place.machine.life !== undefined;
    if (isGone && nowMs - clocks.dropInsLookedMs >= DROP_INS_LOOK_MS) {
      clocks.dropInsLookedMs = nowMs;
      clocks.hasDropIns = hasDropIns(place);
    }
    const isDue = isGone && clocks.hasDropIns;
    const { life, promoters, responsiveness } = place.machine;
    if (place.isManaged) clocks.managedBy = life;
    // A drbdd that was started without any promoter loads nothing of it, and one whose last promoter failed to remove
    // them when it ended has nobody left who could.
    else if (responsiveness.canPrepareSinceMs === undefined || !responsiveness.isThere) {
      clocks.managedBy = undefined;
    }
    const isNobodyThere = clocks.managedBy !== life &&
      promoters.every(({ resources }) => resources.length === 0);
    const isExcused = !responsiveness.isThere || isNobodyThere || place.loaded().some(isBusy);
    const dueMs = clocks.dropIns.look(nowMs, { isDue, isExcused, whose: place.machine.life });
    this.#due("drop-ins", place, isGone, dueMs > DROP_INS_MS, "drop-ins of it are still there", isExcused);
  }

  /** `drbdadm adjust` is run once in each life of drbdd. */
  #adjustment({ place, adjustment }: Clocks, nowMs: number): void {
    const { machine, spec: { config } } = place;
    const isWanted = config.adjustResourceOnStart && place.isManaged && machine.isPowered;
    const isDue = isWanted && place.last.adjustedMs < place.last.bornMs - NOTICED_MS;
    const isExcused = !machine.responsiveness.isThere;
    const dueMs = adjustment.look(nowMs, { isDue, isExcused, whose: machine.life });
    this.#due(
      "not adjusted",
      place,
      isWanted,
      isDue && dueMs > ADJUST_MS,
      "drbdadm adjust is not run",
      isExcused,
    );
  }

  /** A unit that was not started, as its condition was not met, is named in a warning each time. */
  #skipped({ place, skipped: clock }: Clocks, nowMs: number): void {
    const unit = place.isPrimary ? skippedUnit(place) : undefined;
    const isDue = unit !== undefined;
    const isExcused = !place.isResponsive || place.isByHand || place.hasFailedUnit || place.isBeingStarted ||
      place.isBeingStopped;
    // Once it is named, what is due is over, until the condition is looked at again.
    const isSilent = isDue && (place.last.warnedMs.get(unit.name) ?? -Infinity) < (unit.conditionMs ?? nowMs);
    const silentMs = clock.look(nowMs, { isDue: isSilent, isExcused, whose: place.machine.life });
    const text = `${unit?.name} was not started, as its condition is not met, and nothing is said`;
    this.#due("not reported", place, isDue, silentMs > FAILED_SERVICE_MS, text, isExcused);
  }

  #due(rule: Rule, place: Place, isDue: boolean, isLate: boolean, text: string, isExcused = false): void {
    if (isDue) this.rules.count(rule, isExcused);
    if (isDue && isLate) this.rules.broken(rule, place.machine.name, place.name, text);
  }
}

/** One whose turn came since the promotion, and whose condition was not met then. */
function skippedUnit(place: Place): Unit | undefined {
  const [target, promote, ...services] = place.loaded();
  const promotedMs = promote?.activeEnterMs;
  if (promotedMs === undefined || target?.state !== "active") return undefined;
  return services.find((unit) =>
    unit.state === "inactive" && unit.job === undefined && !unit.wasConditionMet &&
    (unit.conditionMs ?? -Infinity) > promotedMs
  );
}

function isBusy({ isUp, job }: Unit): boolean {
  return isUp || job !== undefined;
}

function hasDropIns({ units, machine }: Place): boolean {
  const paths = Object.keys(machine.files.all());
  return units.some((unit) => paths.some((path) => path.startsWith(`/run/systemd/system/${unit}.d/drbdd`)));
}
