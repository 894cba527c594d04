/** Freezing and thawing of the services of a resource, by systemd's freezer. */
import type { Logger } from "../../src/runtime/logging.ts";
import { type Done, OK } from "./services.ts";
import { complaintOf, type Systemctl } from "./systemctl.ts";

export class Freezer {
  /** One after the other, in the order asked for. */
  #last: Promise<unknown> = Promise.resolve();
  #mayBeFrozen = false;

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
      const failures = await this.#each("freeze", units);
      return failures.length < units.length || units.length === 0 ? OK : failed("nothing could be frozen");
    });
  }

  /** Done well if nothing is frozen any more. */
  thaw(): Promise<Done> {
    return this.#inTurn(async () => {
      const units = await this.#units();
      const frozen = await this.#frozen(units);
      const failures = await this.#each("thaw", frozen);
      const left = failures.length === 0 ? [] : await this.#frozen(frozen);
      if (left.length > 0) return failed(`still frozen: ${left.join(", ")}`);
      this.#mayBeFrozen = false;
      return OK;
    });
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
    const states = await this.systemctl.show(units, ["FreezerState"]);
    return units.filter((_unit, place) => {
      const state = states[place]?.get("FreezerState") ?? "";
      return state !== "" && state !== "running";
    });
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
