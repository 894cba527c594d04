/** Freezes and thaws the services of a resource, by systemd's freezer. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import type { ResourceUnits } from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import { complaintOf, hasJob, isUp, type Properties, Systemctl } from "./units/systemctl.ts";
import { UnitQueries } from "./units/unit_queries.ts";

/** Units that cannot be frozen yet, as they are starting, are retried at this interval, for this long. */
const AGAIN_MS = 200;
const FREEZE_WITHIN_MS = 10_000;

/**
 * Its processes are frozen. systemd 252 keeps reporting this for a unit that ended while frozen, even after it was
 * started again.
 */
export function isFrozen(unit: Properties): boolean {
  return isUp(unit) && isReportedFrozen(unit);
}

function isReportedFrozen(unit: Properties): boolean {
  return /^(frozen|freezing|thawing)/.test(unit.get("FreezerState") ?? "");
}

/** Nothing of it runs: it is down, frozen, or active without processes (a mount, or a finished oneshot). */
export function isStill(unit: Properties): boolean {
  if (!isUp(unit) && !hasJob(unit)) return true;
  if (unit.get("ActiveState") !== "active" || hasJob(unit)) return false;
  return unit.get("FreezerState") === "frozen" || unit.get("CanFreeze") === "no" ||
    unit.get("ControlGroup") === "";
}

/** Whether units of this type have processes, which can be frozen. */
export function hasProcesses(unit: string): boolean {
  return !/\.(mount|target)$/.test(unit);
}

export class Freezer {
  readonly #effects: Effects;
  readonly #queries: UnitQueries;
  readonly systemctl: Systemctl;
  /** Operations run in sequence. */
  #last: Promise<unknown> = Promise.resolve();
  #mayBeFrozen = false;
  /** systemd may consider units frozen that are not, and would not freeze them. */
  #mayBeWrong = false;
  #inProgress = new AbortController();

  /** The promotion's unit is never frozen: it has no processes, but a demotion needs it. */
  constructor(effects: Effects, readonly log: Logger, readonly resource: ResourceUnits) {
    this.#effects = effects;
    this.#queries = UnitQueries.of(effects);
    this.systemctl = new Systemctl(effects, log);
  }

  /** Something was frozen, or found frozen, and not thawed since. */
  get mayBeFrozen(): boolean {
    return this.#mayBeFrozen;
  }

  foundFrozen(): void {
    this.#mayBeFrozen = true;
  }

  /** Stops freezing: the services are being stopped. */
  giveUp(): void {
    this.#inProgress.abort();
    this.#inProgress = new AbortController();
  }

  /** Succeeds if every unit is frozen or has no processes. Starting units are frozen when they are up. */
  freeze(): Promise<Done> {
    this.#mayBeFrozen = true;
    const { signal } = this.#inProgress;
    return this.#inTurn(async () => {
      const { clock } = this.#effects;
      const endMs = clock.nowMs() + FREEZE_WITHIN_MS;
      const units = await this.#units();
      if (this.#mayBeWrong) await this.#each("thaw", await this.#frozen(units));
      this.#mayBeWrong = false;
      for (let open = units;;) {
        if (signal.aborted) return { outcome: "nothingBegan", why: "it was given up" };
        await this.#each("freeze", open);
        const states = await this.#queries.query(units);
        open = units.filter((_unit, place) => !isStill(states[place] ?? new Map()));
        if (open.length === 0) return OK;
        if (clock.nowMs() >= endMs) return failed(`cannot be frozen: ${open.join(", ")}`);
        await clock.sleep(AGAIN_MS, signal);
      }
    });
  }

  /** Succeeds if nothing is frozen any more. */
  thaw(): Promise<Done> {
    return this.#inTurn(async () => {
      const failures = await this.#each("thaw", await this.#frozen(await this.#units()));
      const stuck = failures.length === 0 ? [] : await this.#killEnding(failures);
      if (stuck.length > 0) return failed(`still frozen: ${stuck.join(", ")}`);
      this.#mayBeFrozen = false;
      return OK;
    });
  }

  /** Thaws units that a stop has left frozen. */
  async thawRest(): Promise<void> {
    this.#mayBeWrong = true;
    try {
      await this.thaw();
    } catch (error) {
      const { resource } = this.resource;
      const reason = describe(error);
      this.log.warn("{resource}: cannot thaw units that were not stopped: {reason}", { resource, reason });
    }
  }

  /**
   * systemd thaws nothing that is not active: what it has begun to end in the meantime waits for processes that cannot
   * end. Returns the others that are still frozen.
   */
  async #killEnding(units: readonly string[]): Promise<string[]> {
    const states = await this.#show(units);
    const frozen = units.filter((_unit, place) => isFrozen(states[place] ?? new Map()));
    const ends = (unit: string) => states[units.indexOf(unit)]?.get("ActiveState") === "deactivating";
    await Promise.all(frozen.filter(ends).map((unit) => this.#killRemaining(unit)));
    return frozen.filter((unit) => !ends(unit));
  }

  async #killRemaining(unit: string): Promise<void> {
    this.#mayBeWrong = true;
    this.log.warn(
      "{resource}: {unit} was stopped while it was frozen (WatchdogSec=?); killing its remaining processes",
      { resource: this.resource.resource, unit },
    );
    const args = ["kill", "--signal=KILL", unit];
    const result = await this.systemctl.run(args);
    if (result.code !== 0) {
      this.log.warn("{resource}: {reason}", {
        ...{ resource: this.resource.resource, reason: complaintOf(args, result) },
      });
    }
  }

  /** Each unit separately: if one cannot be frozen, the others still are. Returns the failed ones. */
  async #each(verb: "freeze" | "thaw", units: readonly string[]): Promise<string[]> {
    const results = await Promise.all(units.map(async (unit) => {
      const result = await this.systemctl.run([verb, unit]);
      return result.code === 0 ? [] : [unit];
    }));
    return results.flat();
  }

  async #frozen(units: readonly string[]): Promise<string[]> {
    const states = await this.#show(units);
    if (states.some((state) => isReportedFrozen(state) && !isUp(state))) this.#mayBeWrong = true;
    return units.filter((_unit, place) => isFrozen(states[place] ?? new Map()));
  }

  #show(units: readonly string[]): Promise<Properties[]> {
    return this.#queries.query(units);
  }

  /** The target's dependencies, without the promotion, and without mounts, which have no processes. */
  async #units(): Promise<string[]> {
    const args = ["list-dependencies", "--plain", "--", this.resource.target];
    // If systemd does not answer, the start list is used.
    const result = await this.systemctl.run(args);
    const units = result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return [...new Set([...units, ...this.resource.list])].filter((unit) =>
      unit !== this.resource.promote && hasProcesses(unit)
    );
  }

  #inTurn(action: () => Promise<Done>): Promise<Done> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}

function failed(why: string): Done {
  return { outcome: "failed", why };
}
