/** Freezing and thawing of the services of a resource, by systemd's freezer. */
import type { Logger } from "../../src/runtime/logging.ts";
import { type Done, OK } from "./services.ts";
import { complaintOf, isUp, type Properties, type Systemctl } from "./systemctl.ts";

/**
 * Its processes are frozen. Of a unit that ended while it was frozen, systemd 252 says so for ever, even after it was
 * started anew.
 */
export function isFrozen(unit: Properties): boolean {
  return isUp(unit) && saysFrozen(unit);
}

function saysFrozen(unit: Properties): boolean {
  return /^(frozen|freezing|thawing)/.test(unit.get("FreezerState") ?? "");
}

export class Freezer {
  /** One after the other, in the order asked for. */
  #last: Promise<unknown> = Promise.resolve();
  #mayBeFrozen = false;
  /** systemd may take units for frozen that are not, and would not freeze them. */
  #mayBeWrong = false;

  /** `promote` is never frozen: it has no processes, but a demotion needs it. */
  constructor(
    readonly systemctl: Systemctl,
    readonly log: Logger,
    readonly resource: string,
    readonly target: string,
    readonly promote: string,
  ) {}

  /** Something was frozen, or found to be, and not thawed since. */
  get mayBeFrozen(): boolean {
    return this.#mayBeFrozen;
  }

  foundFrozen(): void {
    this.#mayBeFrozen = true;
  }

  /** Done well if at least one unit is frozen: those without processes cannot be. */
  freeze(): Promise<Done> {
    this.#mayBeFrozen = true;
    return this.#inTurn(async () => {
      const units = await this.#units();
      if (this.#mayBeWrong) await this.#each("thaw", await this.#frozen(units));
      this.#mayBeWrong = false;
      const failures = await this.#each("freeze", units);
      return failures.length < units.length || units.length === 0 ? OK : failed("nothing could be frozen");
    });
  }

  /** Done well if nothing is frozen any more. */
  thaw(): Promise<Done> {
    return this.#inTurn(async () => {
      const failures = await this.#each("thaw", await this.#frozen(await this.#units()));
      const stuck = failures.length === 0 ? [] : await this.#finishThoseThatEnd(failures);
      if (stuck.length > 0) return failed(`still frozen: ${stuck.join(", ")}`);
      this.#mayBeFrozen = false;
      return OK;
    });
  }

  /**
   * systemd thaws nothing that is not active: what it has begun to end in the meantime waits for processes that cannot
   * end. Returns the others that are still frozen.
   */
  async #finishThoseThatEnd(units: readonly string[]): Promise<string[]> {
    const states = await this.#show(units);
    const frozen = units.filter((_unit, place) => isFrozen(states[place] ?? new Map()));
    const ends = (unit: string) => states[units.indexOf(unit)]?.get("ActiveState") === "deactivating";
    await Promise.all(frozen.filter(ends).map((unit) => this.#finish(unit)));
    return frozen.filter((unit) => !ends(unit));
  }

  async #finish(unit: string): Promise<void> {
    this.#mayBeWrong = true;
    this.log.warn(
      "{resource}: {unit} was to end while it was frozen (by its WatchdogSec=?): what is left of it is killed",
      { resource: this.resource, unit },
    );
    const args = ["kill", "--signal=KILL", unit];
    const result = await this.systemctl.run(args);
    if (result.code !== 0) {
      this.log.warn("{resource}: {reason}", { resource: this.resource, reason: complaintOf(args, result) });
    }
  }

  /** Each unit alone: one that cannot be frozen is no reason to leave the others running. Returns those that failed. */
  async #each(verb: "freeze" | "thaw", units: readonly string[]): Promise<string[]> {
    const results = await Promise.all(units.map(async (unit) => {
      const result = await this.systemctl.run([verb, unit]);
      if (result.code === 0) return [];
      this.log.warn("{resource}: cannot {verb} {unit}, which is fine if it has no processes: {reason}", {
        ...{ resource: this.resource, verb, unit },
        reason: complaintOf([verb, unit], result),
      });
      return [unit];
    }));
    return results.flat();
  }

  async #frozen(units: readonly string[]): Promise<string[]> {
    const states = await this.#show(units);
    if (states.some((state) => saysFrozen(state) && !isUp(state))) this.#mayBeWrong = true;
    return units.filter((_unit, place) => isFrozen(states[place] ?? new Map()));
  }

  #show(units: readonly string[]): Promise<Properties[]> {
    return this.systemctl.show(units, ["FreezerState", "ActiveState"]);
  }

  /** What the target pulls in, without itself and the promotion, and without mounts, which have no processes. */
  async #units(): Promise<string[]> {
    const args = ["list-dependencies", "--plain", "--", this.target];
    const result = await this.systemctl.run(args);
    if (result.code !== 0) throw new Error(complaintOf(args, result));
    const units = result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return [...new Set(units)].filter((unit) => unit !== this.promote && !/\.(mount|target)$/.test(unit));
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
