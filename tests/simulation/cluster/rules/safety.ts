/** What must never be: looked at after everything that happens. */
import { otherEnd } from "../../model/network/sessions.ts";
import {
  DRBDD_MS,
  FIND_MS,
  FREEZE_MS,
  RESTART_BY_SYSTEMD_MS,
  STOP_AGAIN_MS,
  stopBoundMs,
} from "../observed/bounds.ts";
import { DeadlineClock } from "./deadline_clock.ts";
import type { Place } from "../observed/place.ts";
import type { Rule, RuleBook } from "./rule_book.ts";

/** A stop that was made hard by a trouble may go on to be so for a while when that is over. */
const STUBBORN_MS = 60_000;
/** A unit that is just being started can be frozen, or is stopped, within this. */
const FREEZE_STARTING_MS = 11_000;

/** A peer that has lost quorum says so within this. */
const NEWS_OF_QUORUM_MS = 100;

/** What has to end at one place. */
class Duties {
  /** Services run that should not. */
  readonly stop = new DeadlineClock();
  /** The same, since it is clear that they must not: this node has no quorum, or a peer is Primary. */
  readonly clear = new DeadlineClock();
  /** Services run that should be frozen. */
  readonly freeze = new DeadlineClock();
  stubbornUntilMs = -Infinity;
  /** When its quorum last was that of a peer which had lost it, and had not noticed. */
  unawareMs = -Infinity;
  /** When drbdd last had had the time to find out what runs. */
  foundMs = -Infinity;
  /** They run though they should not, and have had more time than they need. */
  isLate = false;
  /** They have to end. */
  isDue = false;

  constructor(readonly place: Place) {}
}

export class Safety {
  readonly #deadlines: readonly Duties[];
  /** The deadlines of each resource. */
  readonly #resources: readonly (readonly Duties[])[];

  constructor(places: readonly Place[], readonly rules: RuleBook) {
    this.#deadlines = places.map((place) => new Duties(place));
    const names = [...new Set(places.map(({ name }) => name))];
    this.#resources = names.map((name) => this.#deadlines.filter(({ place }) => place.name === name));
  }

  look(nowMs: number): void {
    for (const deadlines of this.#deadlines) {
      this.#stops(deadlines, nowMs);
      this.#freezes(deadlines, nowMs);
    }
    for (const deadlines of this.#resources) this.#oneNode(deadlines, nowMs);
  }

  /**
   * Of all nodes, the services of one at most write, or run where they do not have to end. Once a disk was lost, DRBD
   * itself may let both halves of a cluster go on: who lost it counts for quorum, but need not know what others have
   * written.
   */
  #oneNode(all: readonly Duties[], nowMs: number): void {
    const active = all.filter(({ place }) =>
      // What was killed, and waits for I/O that is suspended, does nothing any more.
      place.holders.some(({ isAlive, isFrozen, isKilled, service }) =>
        isAlive && !isFrozen && !isKilled && service.kind !== "mount"
      ) ||
      writes(place)
    );
    if (active.length === 0) return;
    const offending = active.filter((deadlines) => writes(deadlines.place) || mayNotRun(deadlines));
    const isAllowedByDrbd = offending.length > 1 &&
      offending.every(({ place }) => place.isPrimary && (place.hasQuorum || writes(place))) &&
      !offending.some(({ place }) => place.history.isStartUnprotected) &&
      all.some((deadlines) => isDrbdsDoing(deadlines, nowMs));
    this.rules.count("two nodes", isAllowedByDrbd);
    const [first, second] = offending;
    if (isAllowedByDrbd || first === undefined || second === undefined) return;
    const { machine: { name: node }, name } = first.place;
    this.rules.broken("two nodes", node, name, `its services run here and on ${second.place.machine.name}`);
  }

  /** Where the resource is not Primary, or has no quorum, services end as soon as they can. */
  #stops(deadlines: Duties, nowMs: number): void {
    const { place } = deadlines;
    const { holders } = place;
    const why = holders.length === 0 ? undefined : reasonToStop(place);
    deadlines.isDue = why !== undefined;
    const findMs = isUnfound(deadlines, nowMs) ? FIND_MS : 0;
    // Somebody else's stop finds frozen processes that do not heed it.
    if (place.isTroubled || holders.some(({ isFrozen }) => isFrozen)) {
      deadlines.stubbornUntilMs = nowMs + STUBBORN_MS;
    }
    const isExcused = why !== undefined && isStopExcused(place, why);
    if (why !== undefined) this.rules.count(why, isExcused);
    const whose = place.machine.life;
    const dueMs = deadlines.stop.look(nowMs, { isDue: why !== undefined, isExcused, whose });
    const isClear = why !== undefined && (place.isPrimary || place.timeline.now.primaryPeer !== undefined);
    const clearMs = deadlines.clear.look(nowMs, { isDue: isClear, isExcused, whose });
    deadlines.isLate = false;
    if (why === undefined) return;
    // systemd has some time to restart them.
    const patienceMs = RESTART_BY_SYSTEMD_MS;
    // A stop that failed, as when somebody starts the target meanwhile, is repeated after a while.
    const failedMs = Math.max(place.stopFailedMs, place.machine.responsiveness.sinceMs ?? nowMs);
    const againMs = nowMs - failedMs <= dueMs + STOP_AGAIN_MS ? STOP_AGAIN_MS : 0;
    const boundMs = stopBoundMs(place.spec, nowMs < deadlines.stubbornUntilMs) + againMs + findMs;
    deadlines.isLate = clearMs > boundMs || dueMs > boundMs + patienceMs;
    if (!deadlines.isLate) return;
    this.rules.broken(
      why,
      place.machine.name,
      place.name,
      `its services still run after ${boundMs / 1000} s`,
    );
  }

  #freezes(deadlines: Duties, nowMs: number): void {
    const { place } = deadlines;
    const isDue = place.spec.config.onQuorumLoss === "freeze" && place.isPrimary && !place.hasQuorum &&
      !place.isBeingStopped &&
      place.holders.some(({ isFrozen, isKilled, service }) =>
        !isFrozen && !isKilled && service.kind !== "mount"
      );
    // What was stopped, and cannot end while I/O is suspended, belongs to no unit that could be frozen.
    const isExcused = !place.isResponsive || place.isBeingStarted || place.history.isStopOpen;
    if (isDue) this.rules.count("without quorum", isExcused);
    const dueMs = deadlines.freeze.look(nowMs, { isDue, isExcused, whose: place.machine.life });
    // What failed while systemctl did not work is tried again after a while.
    const attendedMs = place.machine.responsiveness.sinceMs ?? nowMs;
    const isFresh = place.holders.some(({ isReady }) => !isReady) ||
      nowMs - attendedMs < FREEZE_STARTING_MS ||
      // What somebody starts while the others are frozen is looked for every some seconds.
      nowMs - place.last.startedByHandMs < FREEZE_STARTING_MS ||
      nowMs - place.history.startMs < FREEZE_STARTING_MS;
    const isLate = dueMs > (isFresh ? FREEZE_STARTING_MS : FREEZE_MS);
    if (isDue) deadlines.isDue = true;
    if (!isLate) return;
    deadlines.isLate = true;
    this.rules.broken("without quorum", place.machine.name, place.name, "its services are not frozen");
  }
}

/**
 * drbdd began, or read another table, when it could not look what runs: it looks again some seconds after it can.
 */
function isUnfound(deadlines: Duties, nowMs: number): boolean {
  const { place: { machine: { responsiveness }, history, reloadedMs } } = deadlines;
  const ableMs = responsiveness.sinceMs ?? nowMs;
  // What had to be found first may take its time to end.
  if (nowMs - ableMs >= FIND_MS && !deadlines.isDue) deadlines.foundMs = nowMs;
  const sinceMs = Math.max(history.begunMs, reloadedMs);
  return deadlines.foundMs < sinceMs && ableMs - sinceMs > DRBDD_MS;
}

/**
 * Because of it DRBD may let two nodes be Primary with quorum. An Outdated disk counts for those that are connected to it,
 * and not for those who know that it is Outdated. A node without a disk has the quorum of its peers, as long as they have not
 * noticed that they lost it.
 */
function isDrbdsDoing(deadlines: Duties, nowMs: number): boolean {
  const { place } = deadlines;
  if (place.hasLostDisk || place.isStartedByHand || place.unprotectedMs > -Infinity) return true;
  if (place.timeline.now.disks.includes("Outdated")) return true;
  if (restsOnUnaware(place)) deadlines.unawareMs = nowMs;
  return nowMs - deadlines.unawareMs <= NEWS_OF_QUORUM_MS;
}

function restsOnUnaware({ resource, machine: { world: { model } } }: Place): boolean {
  return resource?.devices.every(({ client }) => client) === true &&
    resource.connections.some((connection) => {
      const peer = connection.isConnected ? otherEnd(connection)?.resource : undefined;
      return peer !== undefined && model.hasUnnoticedLoss(peer);
    });
}

/** They run though they do not have to end, or have had the time to. A node that cannot know yet does not count. */
function mayNotRun({ isDue, isLate, place }: Duties): boolean {
  const { resource, machine: { world: { model } } } = place;
  const isUnaware = resource !== undefined && model.hasUnnoticedLoss(resource);
  return (!isDue || isLate) && !place.isBeingStopped && !isUnaware;
}

/** Its services can write to their devices. */
function writes(place: Place): boolean {
  return place.holders.some(({ isAlive, isFrozen, service }) =>
    isAlive && !isFrozen && service.kind !== "address"
  ) && place.outcome === "written";
}

/** What has to end. */
function reasonToStop(place: Place): Rule & ("not Primary" | "without quorum") | undefined {
  if (!place.isPrimary) return "not Primary";
  return place.hasQuorum || place.spec.config.onQuorumLoss === "freeze" ? undefined : "without quorum";
}

/** Nobody can be blamed if it does not end. */
function isStopExcused(place: Place, why: Rule): boolean {
  // What does not unmount, or whose commands fail, has to be repaired by somebody.
  const cannot = place.spec.services.some(({ name }) =>
    place.machine.troubles.get(name)?.has("fails to stop")
  );
  // Processes that wait for suspended I/O cannot write, and cannot be ended.
  const isStuck = why === "without quorum" && place.outcome === "suspended";
  return !place.isResponsive || cannot || place.isUnseen || isStuck;
}
