/** Starts the units of a resource: all of them, or one that failed. */
import { describe } from "../../../src/effects/describe.ts";
import type { Effects, RunResult } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { LoggedOnce } from "../control/report/logged_once.ts";
import { describeMissing, missingUnits } from "./units/missing_units.ts";
import {
  isActive,
  isBeingStarted,
  notStarted,
  type NotStartedReason,
  type ResourceUnits,
  runs,
  type UnitStates,
} from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import { failedSince, GIVEN_UP, isRefusal, nothingBegan, refused, whyNotStarted } from "./start_outcome.ts";
import type { StartJobs } from "./start_jobs.ts";
import { complaintOf, hasJob, isUp, Systemctl } from "./units/systemctl.ts";

/** Jobs that are not finished after a start are checked again after this. */
const POLL_INTERVAL_MS = 200;
/** Retry interval if systemd does not answer. */
const ASK_AGAIN_MS = 5_000;

export class SystemdStart {
  readonly #effects: Effects;
  readonly #systemctl: Systemctl;

  /** `needsAll`: the target must not be active without all units. */
  constructor(
    effects: Effects,
    readonly log: Logger,
    readonly units: ResourceUnits,
    readonly starters: StartJobs,
    readonly needsAll: boolean,
  ) {
    this.#effects = effects;
    this.#systemctl = new Systemctl(effects, log);
  }

  /**
   * A start job can succeed although a lost race has stopped the target again, and systemctl can fail while the job
   * continues, as during `daemon-reexec`. So the state counts that is left when there are no more jobs.
   */
  async start(): Promise<Done> {
    const { signal } = this.starters;
    const args = ["start", this.units.target];
    const result = await this.starters.run(args, signal);
    if (result === undefined) return GIVEN_UP;
    const { states, late } = await this.#whenStarted(signal);
    if (signal.aborted) return GIVEN_UP;
    const failed = this.units.list.filter((unit) => failedSince(states.units.get(unit), states.promote));
    if (isActive(states.target)) return await this.#describeStarted(states, failed, result, late);
    const masked = /Unit (\S+) is masked/.exec(result.stderr)?.[1];
    const why = masked === undefined ? whyNotStarted(failed, result) : `${masked} is masked`;
    if (isUp(states.promote)) return { outcome: "failed", why, failedUnits: failed };
    // Bound to the promotion, no service can run without it, unless that binding was removed.
    const unbound = this.units.list.filter((unit) => runs(states.units.get(unit) ?? new Map()));
    if (unbound.length > 0) {
      const problem = `${unbound.join(", ")} runs without the promotion, from which it was cut loose`;
      return { outcome: "failed", why: `${problem}; ${why}`, failedUnits: failed };
    }
    const isRefused = failed.length === 0 && isRefusal(result);
    return isRefused ? refused(this.units.promote) : nothingBegan(why);
  }

  async #describeStarted(
    states: UnitStates,
    failed: readonly string[],
    result: RunResult,
    late: ReadonlySet<string>,
  ): Promise<Done> {
    const why = whyNotStarted(failed, result);
    // Otherwise the target would not be active: it does not wait for them.
    if (this.needsAll && failed.some((unit) => late.has(unit))) {
      return { outcome: "failed", why, failedUnits: failed };
    }
    if (failed.length > 0) {
      this.log.warn("{resource}: only part of the services was started: {why}", {
        resource: this.units.resource,
        why,
      });
    }
    const missing = await missingUnits(this.#systemctl, notStarted(states));
    return missing.length === 0 ? OK : { outcome: "ok", missing };
  }

  /**
   * Waits until all jobs of the start have ended. The target does not wait for a mount without systemd's default
   * dependencies, so it may be active earlier: such units are late.
   */
  async #whenStarted(signal: AbortSignal): Promise<{ states: UnitStates; late: ReadonlySet<string> }> {
    const late = new Set(this.units.list.filter((unit) => unit.endsWith(".mount")));
    for (;;) {
      const states = await this.#queryUntilAnswered(signal);
      const busy = this.units.list.filter((unit) => hasJob(states.units.get(unit) ?? new Map()));
      const isUpNow = isActive(states.target);
      if (isUpNow) { for (const unit of busy) late.add(unit); }
      const goesOn = isUpNow ? busy.length > 0 : hasJob(states.target) || isBeingStarted(states.promote);
      if (!goesOn || signal.aborted) return { states, late };
      await this.#effects.clock.sleep(POLL_INTERVAL_MS, signal);
    }
  }

  /** Jobs are not cancelled because systemd did not answer. */
  async #queryUntilAnswered(signal: AbortSignal): Promise<UnitStates> {
    const logged = new LoggedOnce();
    for (;;) {
      try {
        return await this.units.query();
      } catch (error) {
        if (signal.aborted) throw error;
        const reason = describe(error);
        logged.log(
          reason,
          () =>
            this.log.warn("{resource}: cannot read the state of its units; retrying every 5 s: {error}", {
              resource: this.units.resource,
              error: reason,
            }),
        );
        await this.#effects.clock.sleep(ASK_AGAIN_MS, signal);
      }
    }
  }

  /** Restarts a failed unit, and starts those after it that were not started because of it. */
  async restart(unit: string): Promise<Done> {
    const { signal } = this.starters;
    await this.#systemctl.run(["reset-failed", unit]);
    // "restart" would also restart what requires the unit: the target, and the promotion with it.
    const args = ["start", unit];
    const result = await this.starters.run(args, signal);
    if (result === undefined) return GIVEN_UP;
    const states = await this.#untilRestarted(unit, signal);
    if (signal.aborted) return GIVEN_UP;
    const reason = notStarted(states).get(unit);
    if (reason === "condition" || reason === "assertion") return await this.#skipped(unit, reason);
    const runsNow = isActive(states.units.get(unit) ?? new Map());
    if (result.code !== 0 && !runsNow) return { outcome: "failed", why: complaintOf(args, result) };
    // The failed unit may have stopped the target.
    if (!isActive(states.target)) {
      await this.starters.run(["start", this.units.target], signal);
      return OK;
    }
    const unreached = [...notStarted(states)].filter(([, why]) => why === "notReached").map(([each]) => each);
    if (unreached.length > 0) await this.starters.run(["start", ...unreached], signal);
    return OK;
  }

  async #untilRestarted(unit: string, signal: AbortSignal): Promise<UnitStates> {
    for (;;) {
      const states = await this.#queryUntilAnswered(signal);
      if (!hasJob(states.units.get(unit) ?? new Map()) || signal.aborted) return states;
      await this.#effects.clock.sleep(POLL_INTERVAL_MS, signal);
    }
  }

  async #skipped(unit: string, reason: NotStartedReason): Promise<Done> {
    const missing = await missingUnits(this.#systemctl, new Map([[unit, reason]]));
    return { outcome: "failed", why: describeMissing(missing) };
  }
}
