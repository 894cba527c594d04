/** When a resource is demoted: after its services, and no later than it has to be. */
import { DRBDD_MS, STOP_AGAIN_MS } from "../observed/bounds.ts";
import { DeadlineClock } from "./deadline_clock.ts";
import { isOnHold } from "../observed/hold_facts.ts";
import type { Place } from "../observed/place.ts";
import { isFoundPrimary } from "../observed/place_facts.ts";
import type { RuleBook } from "./rule_book.ts";

/** A promotion that was cut off, or a demotion that failed, is taken back within this. */
const DEMOTED_MS = STOP_AGAIN_MS + DRBDD_MS + 1_000;

/** drbdd itself demotes, by a stop command: its services have been stopped before. */
export function checkDemotion(rules: RuleBook, place: Place): void {
  const { machine } = place;
  // A stop goes on by the list with which it began, though another one has been read since.
  const isEnding = machine.life?.isEnding === true;
  if (place.reloadedMs >= (isEnding ? machine.life?.endingSinceMs ?? Infinity : place.history.stopMs)) {
    return rules.count("demotion first", true);
  }
  const forgotten = place.holders.find(({ service, isReady, isTerminating }) =>
    isReady && !isTerminating && machine.isConfigured(service)
  );
  const text = `it is demoted while ${forgotten?.service.name} runs, and was not stopped before`;
  rules.check("demotion first", machine.name, place.name, forgotten === undefined ? undefined : text);
}

/** What drbdd has stopped does not stay Primary. */
export class LeftPrimaryRule {
  readonly #clocks: ReadonlyMap<Place, DeadlineClock>;

  readonly #primarySinceMs = new Map<Place, number>();

  constructor(places: readonly Place[], readonly rules: RuleBook) {
    this.#clocks = new Map(places.map((place) => [place, new DeadlineClock()]));
  }

  look(nowMs: number): void {
    for (const [place, clock] of this.#clocks) {
      if (!place.isPrimary) this.#primarySinceMs.delete(place);
      else if (!this.#primarySinceMs.has(place)) this.#primarySinceMs.set(place, nowMs);
      // What became Primary after the stop was promoted by somebody else, whose command may still be running.
      const isDue = isLeftPrimary(place) &&
        (this.#primarySinceMs.get(place) ?? nowMs) <= place.history.stopMs;
      const isExcused = isDue &&
        (!place.isResponsive || place.history.openDemotions > 0 || (place.isTroubled && !isForced(place)) ||
          isWaiting(place) ||
          // Who has put it on hold may work on the device.
          isOnHold(place, nowMs));
      if (isDue) this.rules.count("not demoted", isExcused);
      const dueMs = clock.look(nowMs, { isDue, isExcused, whose: place.machine.life });
      if (!isDue || dueMs <= DEMOTED_MS) continue;
      this.rules.broken("not demoted", place.machine.name, place.name, "it is stopped, and still Primary");
    }
  }
}

function isLeftPrimary(place: Place): boolean {
  const { history, holders } = place;
  if (!place.isPrimary || place.isByHand || isFoundPrimary(place)) return false;
  if (history.stopMs <= history.startMs) return false;
  if (place.isBeingStarted || place.isBeingStopped) return false;
  const [, promote] = place.loaded();
  if (promote?.isUp === true || promote?.job !== undefined) return false;
  return holders.length === 0 || isForced(place);
}

/** Whoever has the devices open does not keep it Primary. */
function isForced({ spec: { config } }: Place): boolean {
  return config.runner === "systemd" && config.secondaryForce;
}

/** DRBD waits for a peer whose loss nobody has noticed yet. */
function isWaiting({ resource, machine: { world: { model } } }: Place): boolean {
  return resource !== undefined && model.hasUnnoticedLoss(resource);
}
