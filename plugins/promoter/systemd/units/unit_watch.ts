/**
 * Finds units that do not run though they should, and nothing is under way for them: systemd has given up on them
 * (`Restart=no`, or the start limit is hit), they ended by themselves, or they were never started. Nobody but the promoter
 * can do something then. One systemctl for the units of all resources, every few seconds.
 */
import { describe } from "../../../../src/effects/describe.ts";
import type { Effects } from "../../../../src/effects/effects.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import { LoggedOnce } from "../../control/report/logged_once.ts";
import { missingUnits } from "./missing_units.ts";
import {
  notStarted,
  type NotStartedReason,
  observedUnits,
  type ResourceUnits,
  type UnitStates,
} from "./resource_units.ts";
import type { ServiceListener } from "../../control/services.ts";
import { hasJob, type Properties, Systemctl } from "./systemctl.ts";
import { ACTIVE_SINCE } from "./unit_queries.ts";

const INTERVAL_MS = 4_000;

interface Watched {
  readonly units: ResourceUnits;
  readonly listener: ServiceListener;
  /** Units that were seen active, or must have been since the promotion: only these can have ended. */
  readonly wereActive: Set<string>;
  /** Units whose restart failed: their state does not show it. */
  readonly refused: Set<string>;
  /** When units last became active before their end was reported. */
  readonly reportedOf: Map<string, number>;
  /** When systemd last answered. */
  seenMs: number;
}

export class UnitWatch {
  static readonly #known = new WeakMap<Effects, UnitWatch>();

  /** The shared instance of these effects. */
  static of(effects: Effects, log: Logger): UnitWatch {
    const known = this.#known.get(effects) ?? new UnitWatch(effects, log);
    this.#known.set(effects, known);
    return known;
  }

  readonly #systemctl: Systemctl;
  readonly #watched = new Set<Watched>();
  readonly #logged = new LoggedOnce();
  #isRunning = false;

  private constructor(readonly effects: Effects, readonly log: Logger) {
    this.#systemctl = new Systemctl(effects, log);
  }

  /**
   * Watches `units` until `signal` aborts. A unit that stays failed, or is not started, is reported each time. While
   * the promotion is being undone nothing is reported: all units end with it, whatever the cause. They were last
   * observed at `seenMs`.
   */
  add(
    units: ResourceUnits,
    listener: ServiceListener,
    signal: AbortSignal,
    seenMs = this.effects.clock.nowMs(),
  ): void {
    if (signal.aborted || units.list.length === 0) return;
    const watched = {
      ...{ units, listener, seenMs },
      wereActive: new Set<string>(),
      refused: new Set<string>(),
      reportedOf: new Map<string, number>(),
    };
    this.#watched.add(watched);
    signal.addEventListener("abort", () => this.#watched.delete(watched));
    if (!this.#isRunning) void this.#run();
  }

  /** A restart of `unit` failed: if it is still down at the next check, its failure is reported again. */
  notRestarted(units: ResourceUnits, unit: string): void {
    for (const watched of this.#watched) if (watched.units === units) watched.refused.add(unit);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#watched.size > 0) {
      await this.#checkResources();
      await this.effects.clock.sleep(INTERVAL_MS);
    }
    this.#isRunning = false;
  }

  async #checkResources(): Promise<void> {
    try {
      // Requested at the same time, they become one call of systemctl.
      await Promise.all([...this.#watched].map(async (watched) => {
        const askedMs = this.effects.clock.nowMs();
        const states = await watched.units.query();
        if (this.#watched.has(watched)) watched.listener.seen(observedUnits(watched.units, states));
        if (isBeingTakenBack(states.promote) || !this.#watched.has(watched)) return;
        await this.#checkAll(watched, states);
        watched.seenMs = askedMs;
      }));
      this.#logged.reset();
    } catch (error) {
      const reason = describe(error);
      this.#logged.log(
        reason,
        () =>
          this.log.warn("Cannot monitor the units of the start lists; retrying every {seconds} s: {error}", {
            seconds: INTERVAL_MS / 1_000,
            error: reason,
          }),
      );
    }
  }

  async #checkAll(watched: Watched, states: UnitStates): Promise<void> {
    const held = notBehindFailed(states);
    // A unit that was not started is reported as missing only: each report counts as a failure.
    for (const unit of held.keys()) watched.refused.delete(unit);
    for (const [unit, state] of states.units) this.#check(watched, unit, state, states.promote);
    const missing = held.size === 0 ? [] : await missingUnits(this.#systemctl, held);
    if (!this.#watched.has(watched)) return;
    watched.listener.missing(missing);
  }

  #check(watched: Watched, unit: string, state: Properties, promotion: Properties): void {
    // systemd has a job: a unit restarted with another is down for a while.
    if (hasJob(state)) return;
    const { wereActive, refused, reportedOf } = watched;
    const active = state.get("ActiveState");
    // Units that ended while drbdd was not running count, too, and so do restarted ones that were never seen active.
    const hasRun = activeSince(state) > Math.max(activeSince(promotion), reportedOf.get(unit) ?? 0);
    if (active === "active" || hasRun) wereActive.add(unit);
    // A finished oneshot is rightly inactive; any other unit that was active has ended by itself.
    const ended = active === "inactive" && state.get("Type") !== "oneshot" && wereActive.has(unit);
    const isRefused = active === "inactive" && refused.has(unit);
    refused.delete(unit);
    if ((active === "failed" || ended || isRefused) && this.#watched.has(watched)) {
      wereActive.delete(unit);
      reportedOf.set(unit, activeSince(state));
      // systemctl may have had no answer for a while.
      watched.listener.failed(unit, Math.min(watched.seenMs + INTERVAL_MS, this.effects.clock.nowMs()));
    }
  }
}

/** Units that were not started, up to the first one that waits for another one. */
function notBehindFailed(states: UnitStates): Map<string, NotStartedReason> {
  const found = new Map<string, NotStartedReason>();
  const reasons = notStarted(states);
  for (const [unit, state] of states.units) {
    const reason = reasons.get(unit);
    if (reason !== undefined) found.set(unit, reason);
    if (state.get("ActiveState") === "failed" || hasJob(state)) break;
  }
  return found;
}

/** One whose demotion has failed is not: the resource is still Primary, and nothing runs on it. */
function isBeingTakenBack(promotion: Properties): boolean {
  const state = promotion.get("ActiveState");
  return hasJob(promotion) || (state !== "active" && state !== "failed");
}

function activeSince(unit: Properties): number {
  return Number(unit.get(ACTIVE_SINCE) ?? 0);
}
