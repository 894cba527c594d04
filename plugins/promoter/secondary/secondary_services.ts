/** The units of services that run where a resource is Secondary, bundled by a target of their own. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { secondaryTargetOf } from "../config/unit_names.ts";
import type { SecondaryConfig } from "../config/secondary_config.ts";
import { DropInFiles } from "../systemd/drop_ins/drop_in_files.ts";
import { secondaryDropInsOf } from "../systemd/drop_ins/drop_ins.ts";
import { StartJobs } from "../systemd/start_jobs.ts";
import { complaintOf, hasJob, isUp, type Properties, Systemctl } from "../systemd/units/systemctl.ts";
import { UnitJobs } from "../systemd/units/unit_jobs.ts";
import { UnitQueries } from "../systemd/units/unit_queries.ts";
import type { SecondaryFound } from "./decide.ts";

/** How a start or a stop ended. `givenUp`: a stop came first. */
export type SecondaryEnd =
  | { readonly outcome: "ok" | "givenUp" }
  | { readonly outcome: "failed"; readonly why: string };

/** How often units are polled while a start is in progress. */
const POLL_INTERVAL_MS = 200;
/** Maximum number of polls: after that the next periodic check finds the result. */
const MOST_POLLS = 50;

export class SecondaryServices {
  readonly target: string;
  readonly #list: readonly string[];
  readonly #systemctl: Systemctl;
  readonly #queries: UnitQueries;
  readonly #jobs: UnitJobs;
  readonly #startJobs: StartJobs;

  constructor(readonly effects: Effects, log: Logger, readonly config: SecondaryConfig) {
    this.target = secondaryTargetOf(config.name);
    this.#list = config.start.map(({ unit }) => unit);
    this.#systemctl = new Systemctl(effects, log);
    this.#queries = UnitQueries.of(effects, log);
    this.#jobs = new UnitJobs(this.#systemctl, this.#all);
    this.#startJobs = new StartJobs(this.#jobs);
  }

  get waitsFor(): string | undefined {
    return this.#jobs.waitsFor;
  }

  get #all(): readonly string[] {
    return [this.target, ...this.#list];
  }

  /** @throws If systemctl fails. */
  async find(): Promise<SecondaryFound> {
    const [target = NOTHING, ...units] = await this.#queries.query(this.#all);
    // A start requested by an earlier drbdd may still be in progress.
    if (isActive(target) || hasJob(target)) return "active";
    return units.some(isUp) ? "partial" : "inactive";
  }

  /** Starts all, in order. Ended early by a stop. Never rejects. */
  async start(): Promise<SecondaryEnd> {
    const { signal } = this.#startJobs;
    try {
      const before = await DropInFiles.of(this.effects).check(secondaryDropInsOf(this.config));
      const failed = this.#all.filter((unit) => before.get(unit)?.get("ActiveState") === "failed");
      if (failed.length > 0) await this.#systemctl.run(["reset-failed", ...failed]);
      const args = ["start", this.target];
      const result = await this.#startJobs.run(args, signal);
      if (result === undefined) return { outcome: "givenUp" };
      // systemctl can lose its connection while its job continues.
      let states = await this.#queries.query(this.#all);
      for (let looks = 1; states.some(hasJob) && !signal.aborted && looks < MOST_POLLS; looks++) {
        await this.effects.clock.sleep(POLL_INTERVAL_MS, signal);
        states = await this.#queries.query(this.#all);
      }
      if (signal.aborted) return { outcome: "givenUp" };
      const [target = NOTHING, ...units] = states;
      if (isActive(target)) return { outcome: "ok" };
      const dead = this.#list.filter((_unit, place) => units[place]?.get("ActiveState") === "failed");
      const why = dead.length > 0
        ? `${dead.join(", ")} failed (journalctl -u ${dead[0]})`
        : complaintOf(args, result);
      return { outcome: "failed", why };
    } catch (error) {
      return { outcome: "failed", why: describe(error) };
    }
  }

  /** Stops all, also what a start is just doing. Never rejects. */
  async stop(): Promise<SecondaryEnd> {
    try {
      await this.#startJobs.end();
      const args = ["stop", ...this.#all];
      const result = await this.#jobs.run(args);
      const states = await this.#queries.query(this.#all);
      const left = this.#all.filter((_unit, place) => isUp(states[place] ?? NOTHING));
      if (left.length === 0) return { outcome: "ok" };
      return {
        outcome: "failed",
        why: result.code === 0 ? `${left.join(", ")} did not stop` : complaintOf(args, result),
      };
    } catch (error) {
      return { outcome: "failed", why: describe(error) };
    }
  }

  /** drbdd ends or no longer manages them: jobs in systemd continue without it. */
  async leave(): Promise<void> {
    await this.#startJobs.end();
  }
}

const NOTHING: Properties = new Map();

function isActive(unit: Properties): boolean {
  return unit.get("ActiveState") === "active";
}
