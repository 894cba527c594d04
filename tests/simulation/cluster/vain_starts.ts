/** A start after which nothing runs, though nothing has happened since that could be in its way. */
import { DRBDD_MS, startBoundMs, stopBoundMs } from "./bounds.ts";
import { isOnHold } from "./hold_facts.ts";
import type { Place } from "./place.ts";
import type { RuleBook } from "./rule_book.ts";

/** The last start of a place. */
class Start {
  beganMs = -Infinity;
  life: unknown;
  /** It is not known yet what becomes of it, and nobody could be blamed otherwise. */
  isOpen = false;

  constructor(readonly place: Place) {}
}

export class VainStartRule {
  readonly #starts: readonly Start[];

  constructor(readonly places: readonly Place[], readonly rules: RuleBook) {
    this.#starts = places.map((place) => new Start(place));
  }

  /** Something happened to a resource, or to all of them. */
  disturb(resource?: string): void {
    for (const start of this.#starts) {
      if (resource === undefined || start.place.name === resource) start.isOpen = false;
    }
  }

  look(nowMs: number): void {
    for (const start of this.#starts) this.#look(start, nowMs);
  }

  #look(start: Start, nowMs: number): void {
    const { place, place: { deeds, machine, name, spec } } = start;
    const { life } = machine;
    if (deeds.startMs !== start.beganMs || life !== start.life) {
      start.isOpen = deeds.startMs > start.beganMs && life === start.life;
      start.beganMs = deeds.startMs;
      start.life = life;
    }
    // A promotion that waits for a peer, and may take as long as DRBD likes.
    if (!start.isOpen || deeds.openStarts > 0) return;
    const isElsewhere = this.places.some((each) => each !== place && each.name === name && each.isUp);
    if (isElsewhere || this.#isHindered(place, nowMs)) {
      start.isOpen = false;
      return this.rules.count("start in vain", true);
    }
    // It was stopped again, whatever for.
    if (deeds.stopMs > start.beganMs) {
      start.isOpen = false;
      return this.rules.count("start in vain", true);
    }
    const stopMs = deeds.isStopBeforeStart ? stopBoundMs(spec, false) : 0;
    const dueMs = start.beganMs + stopMs + startBoundMs(spec) + DRBDD_MS;
    if (place.ranMs < start.beganMs && nowMs <= dueMs) return;
    start.isOpen = false;
    const text = `nothing runs ${
      (nowMs - start.beganMs) / 1000
    } s after the start, and nothing is in its way`;
    this.rules.judge("start in vain", machine.name, name, place.ranMs < start.beganMs ? text : undefined);
  }

  #isHindered(place: Place, nowMs: number): boolean {
    const { timeline: { now }, resource, machine: { world: { model, spec } } } = place;
    // A peer that cannot be fenced is in the way of a promotion.
    if (spec.fences && resource?.connections.some(({ isConnected }) => !isConnected) === true) return true;
    return !place.isAttended || place.isTroubled || place.isByHand || isOnHold(place, nowMs) ||
      place.isHurt ||
      resource === undefined || model.hasUnnoticedLoss(resource) || now.primaryPeer !== undefined ||
      !(now.mayPromote || (place.isPrimary && now.hasQuorum)) ||
      place.loaded().some(({ conditionMs, wasConditionMet }) =>
        conditionMs !== undefined && !wasConditionMet
      );
  }
}
