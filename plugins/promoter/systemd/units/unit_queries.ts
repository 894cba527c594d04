/**
 * Asks systemd for the state of units on behalf of everybody. Requests that come while one is in progress share the next one: with hundreds of
 * resources that is one `systemctl show` instead of hundreds.
 */
import type { Effects } from "../../../../src/effects/effects.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import { Slots } from "../../control/slots.ts";
import { type Properties, Systemctl, SystemctlError } from "./systemctl.ts";

/** When a unit last became active and ceased to be, in microseconds since boot. */
export const ACTIVE_SINCE = "ActiveEnterTimestampMonotonic";
export const ACTIVE_UNTIL = "ActiveExitTimestampMonotonic";
/** When a unit last left the state inactive, in microseconds since boot. */
export const BEGUN_AT = "InactiveExitTimestampMonotonic";
/** When a unit last changed its state at all, in microseconds since boot. */
export const CHANGED_AT = "StateChangeTimestampMonotonic";

/** systemctl asks systemd for all properties of a unit anyway. */
const PROPERTIES = [
  "LoadState",
  "ActiveState",
  "Type",
  "Job",
  "FreezerState",
  "CanFreeze",
  "ControlGroup",
  "UnitFileState",
  "WantedBy",
  "RequiredBy",
  "DropInPaths",
  "NeedDaemonReload",
  "ConditionResult",
  "ConditionTimestampMonotonic",
  "AssertResult",
  "AssertTimestampMonotonic",
  "StateChangeTimestamp",
  "ExecCondition",
  "ExecStart",
  ACTIVE_SINCE,
  ACTIVE_UNTIL,
  BEGUN_AT,
  CHANGED_AT,
];

/** So many units per call keep output and arguments well below their limits. */
const UNITS_PER_CALL = 400;
/** Preconditions of starts and observations of running units do not wait for each other. */
const QUERIES_AT_ONCE = 2;
/** systemd that re-executes itself refuses requests for a moment, which is not a time-out. */
const REFUSED_WITHIN_MS = 2_000;
const ATTEMPTS = 4;
const PAUSE_MS = 250;

type States = ReadonlyMap<string, Properties>;

interface Query {
  readonly units: Set<string>;
  readonly states: Promise<States>;
}

export class UnitQueries {
  static readonly #known = new WeakMap<Effects, UnitQueries>();

  /** The shared instance of these effects. With a log, it reports when systemd does not answer. */
  static of(effects: Effects, log?: Logger): UnitQueries {
    const known = this.#known.get(effects) ?? new UnitQueries(effects);
    this.#known.set(effects, known);
    if (log !== undefined && known.#systemctl.log === undefined) {
      known.#systemctl = new Systemctl(effects, log);
    }
    return known;
  }

  readonly #effects: Effects;
  #systemctl: Systemctl;
  /** The next request. */
  #next: Query | undefined;
  readonly #slots = new Slots(QUERIES_AT_ONCE);

  private constructor(effects: Effects) {
    this.#effects = effects;
    this.#systemctl = new Systemctl(effects);
  }

  /**
   * Properties of units as they are now or later, in the order asked for.
   * @throws If systemctl fails.
   */
  async query(units: readonly string[]): Promise<Properties[]> {
    if (units.length === 0) return [];
    const next = this.#next ??= this.#queue();
    for (const unit of units) next.units.add(unit);
    const states = await next.states;
    return units.map((unit) => states.get(unit) ?? new Map<string, string>());
  }

  #queue(): Query {
    const units = new Set<string>();
    const states = this.#slots.use(() => {
      this.#next = undefined;
      return this.#ask([...units]);
    });
    return { units, states };
  }

  async #ask(units: readonly string[]): Promise<States> {
    const parts: string[][] = [];
    for (let place = 0; place < units.length; place += UNITS_PER_CALL) {
      parts.push(units.slice(place, place + UNITS_PER_CALL));
    }
    const properties = (await Promise.all(parts.map((part) => this.#show(part)))).flat();
    return new Map(units.map((unit, place) => [unit, properties[place] ?? new Map<string, string>()]));
  }

  async #show(units: readonly string[]): Promise<Properties[]> {
    const { clock } = this.#effects;
    for (let attempt = 1;; attempt++) {
      const startedMs = clock.nowMs();
      try {
        return await this.#systemctl.show(units, PROPERTIES);
      } catch (error) {
        const isRefused = error instanceof SystemctlError && clock.nowMs() - startedMs < REFUSED_WITHIN_MS;
        if (!isRefused || attempt === ATTEMPTS) throw error;
      }
      await clock.sleep(PAUSE_MS);
    }
  }
}
