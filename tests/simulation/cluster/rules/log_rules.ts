/** What drbdd has to say, and how often: for rules that read its log. */
import { FIND_MS } from "../observed/bounds.ts";
import type { DaemonLife } from "../node/daemon_life.ts";
import { DeadlineClock } from "./deadline_clock.ts";
import { LogRepetition } from "./log_repetition.ts";
import type { Machine } from "../node/machine.ts";
import type { LogLevel } from "../node/node_log.ts";
import type { Place } from "../observed/place.ts";
import type { RuleBook } from "./rule_book.ts";

/** What a drbdd found at a place when it began. */
class Find {
  readonly clock = new DeadlineClock();
  life: DaemonLife | undefined;
  /** All of it has run since before that drbdd began. */
  ran = false;
  isReported = false;

  constructor(readonly place: Place) {}
}

export class LogRules {
  readonly #finds: readonly Find[];
  readonly #logRepetition: LogRepetition;

  constructor(readonly places: readonly Place[], readonly rules: RuleBook) {
    this.#finds = places.map((place) => new Find(place));
    this.#logRepetition = new LogRepetition(rules);
  }

  look(nowMs: number): void {
    for (const find of this.#finds) this.#found(find, nowMs);
  }

  /** Something was done to a resource, or to all of them: what is said of that is no repetition. */
  disturb(resource?: string): void {
    this.#logRepetition.forget(resource);
  }

  /** drbdd has logged something. */
  logged(machine: Machine, level: LogLevel, text: string, nowMs: number): void {
    for (const find of this.#finds) {
      const { place } = find;
      if (place.machine === machine && text.startsWith(`${place.name}: found `)) find.isReported = true;
    }
    if (level === "info") return;
    this.#logRepetition.logged(machine, text, nowMs);
    for (const place of this.places) {
      if (place.machine !== machine) continue;
      for (const unit of place.units) if (text.includes(unit)) place.last.warnedMs.set(unit, nowMs);
    }
  }

  /** A drbdd that begins where services run says which it has found. */
  #found(find: Find, nowMs: number): void {
    const { place, place: { machine, machine: { life } } } = find;
    const [target] = place.loaded();
    // Without quorum it is stopped or frozen at once.
    const runs = target?.state === "active" && place.runs && place.hasQuorum;
    if (life !== find.life) {
      find.life = life;
      find.isReported = false;
      find.ran = life !== undefined && runs;
    }
    find.ran &&= runs;
    if (find.ran && find.isReported) this.rules.count("not reported");
    if (find.isReported) find.ran = false;
    const isDue = find.ran;
    const isExcused = !place.isResponsive || place.isByHand;
    const dueMs = find.clock.look(nowMs, { isDue, isExcused, whose: life });
    if (isDue && dueMs > FIND_MS) {
      const text = "drbdd has begun, and does not say that it has found the services running";
      this.rules.broken("not reported", machine.name, place.name, text);
    }
  }
}
