/**
 * Finds units that failed for good: systemd has given up on them (`Restart=no`, or the start limit is hit), so
 * nobody but the promoter can do something. One systemctl for the units of all resources, every few seconds.
 */
import { describe } from "../../src/runtime/describe.ts";
import type { Effects } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { hasJob, type Properties, Systemctl } from "./systemctl.ts";

const INTERVAL_MS = 4_000;
/** When it last became active, in microseconds since boot. */
const ACTIVE_SINCE = "ActiveEnterTimestampMonotonic";
const PROPERTIES = ["ActiveState", "Type", "Job", ACTIVE_SINCE];

interface Watched {
  /** The promotion that all of the units are bound to. */
  readonly promotion: string;
  readonly units: readonly string[];
  readonly onFailed: (unit: string) => void;
  /** Units that were seen active, or must have been so since the promotion: only those can have ended. */
  readonly wereActive: Set<string>;
  /** When units last became active before it was told that they ended. */
  readonly toldOf: Map<string, number>;
}

export class UnitWatch {
  static readonly #known = new WeakMap<Effects, UnitWatch>();

  /** That of a world: promoters share it. */
  static of(effects: Effects, log: Logger): UnitWatch {
    const known = this.#known.get(effects) ?? new UnitWatch(effects, log);
    this.#known.set(effects, known);
    return known;
  }

  readonly #systemctl: Systemctl;
  readonly #watched = new Set<Watched>();
  #isTurning = false;

  constructor(readonly effects: Effects, readonly log: Logger) {
    this.#systemctl = new Systemctl(effects, log);
  }

  /**
   * Watches `units` until `signal` aborts. A unit that stays failed is told again each time. While `promotion` is being
   * taken back nothing is told: all units end with it, whoever wanted that.
   */
  add(
    promotion: string,
    units: readonly string[],
    onFailed: (unit: string) => void,
    signal: AbortSignal,
  ): void {
    if (signal.aborted || units.length === 0) return;
    const watched = {
      ...{ promotion, units, onFailed },
      wereActive: new Set<string>(),
      toldOf: new Map<string, number>(),
    };
    this.#watched.add(watched);
    signal.addEventListener("abort", () => this.#watched.delete(watched));
    if (!this.#isTurning) void this.#turn();
  }

  async #turn(): Promise<void> {
    this.#isTurning = true;
    while (this.#watched.size > 0) {
      await this.#look();
      await this.effects.clock.sleep(INTERVAL_MS);
    }
    this.#isTurning = false;
  }

  async #look(): Promise<void> {
    const watched = [...this.#watched];
    try {
      const asked = watched.flatMap((each) => [each.promotion, ...each.units]);
      const states = await this.#systemctl.show(asked, PROPERTIES);
      for (const each of watched) {
        const [promotion, ...own] = states.splice(0, 1 + each.units.length);
        if (promotion === undefined || isBeingTakenBack(promotion)) continue;
        each.units.forEach((unit, place) => this.#judge(each, unit, own[place], promotion));
      }
    } catch (error) {
      this.log.warn("Cannot look after the units of the start lists: {error}", { error: describe(error) });
    }
  }

  #judge(watched: Watched, unit: string, state: Properties | undefined, promotion: Properties): void {
    // systemd is at it: what is restarted with another unit is down for a while.
    if (state === undefined || hasJob(state)) return;
    const { wereActive, toldOf } = watched;
    const active = state.get("ActiveState");
    // What ended while drbdd was away has ended, too, and so has what was started again and seen by nobody.
    const hasRun = activeSince(state) > Math.max(activeSince(promotion), toldOf.get(unit) ?? 0);
    if (active === "active" || hasRun) wereActive.add(unit);
    // A oneshot that is through is inactive as it should be; another unit that was active has ended by itself.
    const ended = active === "inactive" && state.get("Type") !== "oneshot" && wereActive.has(unit);
    if ((active === "failed" || ended) && this.#watched.has(watched)) {
      wereActive.delete(unit);
      toldOf.set(unit, activeSince(state));
      watched.onFailed(unit);
    }
  }
}

/** One whose demotion has failed is not: the resource is still Primary, and nothing runs on it. */
function isBeingTakenBack(promotion: Properties): boolean {
  const state = promotion.get("ActiveState");
  return hasJob(promotion) || (state !== "active" && state !== "failed");
}

function activeSince(unit: Properties): number {
  return Number(unit.get(ACTIVE_SINCE) ?? 0);
}
