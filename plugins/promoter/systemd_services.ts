/** Services as units of systemd, bundled by the target drbd-services@RESOURCE. */
import { describe } from "../../src/runtime/describe.ts";
import type { Effects } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { promoteUnitOf, targetOf } from "./drop_ins.ts";
import { Freezer, isFrozen } from "./freezer.ts";
import type { SystemdResourceConfig } from "./resource_config.ts";
import { type Done, OK, type Services } from "./services.ts";
import {
  failedSince,
  GIVEN_UP,
  isRefusal,
  nothingBegan,
  refused,
  START_PROPERTIES,
  whyNotStarted,
} from "./start_outcome.ts";
import { STOP_CAUSE_PROPERTIES, stoppedFromOutside } from "./stop_cause.ts";
import { holdersOf } from "./holders.ts";
import { Starters } from "./starters.ts";
import type { Found } from "./state.ts";
import { demoteIfNeeded, keepJournal } from "./after_stop.ts";
import { HALF_STOPPED_PROPERTIES, isHalfStopped } from "./half_stopped.ts";
import { ACTIVE_SINCE, ACTIVE_UNTIL, hasMissedItsTurn, wentFirst } from "./unit_times.ts";
import { complaintOf, hasJob, isUp, type Properties, Systemctl } from "./systemctl.ts";
import { UnitJobs } from "./unit_jobs.ts";
import type { UnitWatch } from "./unit_watch.ts";

/** systemctl has said what it has to say to systemd after this, which then does it without drbdd. */
const TIME_TO_TELL_MS = 1_000;
/** What goes on after a start is looked at again after this. */
const LOOK_AGAIN_MS = 200;
const FIND_PROPERTIES = [
  ...HALF_STOPPED_PROPERTIES,
  ...["FreezerState", "Job", "StateChangeTimestampMonotonic"],
];
/** A promotion that goes on is looked at again after this. */
const PROMOTION_AGAIN_MS = 250;
/** systemd that did not answer is asked again after this. */
const ASK_AGAIN_MS = 5_000;
/** A stop that somebody else's start got into is repeated at once, so often. */
const STOPS_IN_A_ROW = 3;

export class SystemdServices implements Services {
  readonly #effects: Effects;
  readonly #systemctl: Systemctl;
  readonly #log: Logger;
  readonly #watch: UnitWatch;
  readonly #isPrimary: () => boolean;
  readonly #resource: string;
  readonly #target: string;
  readonly #promote: string;
  /** Units of the start list, in order. */
  readonly #units: readonly string[];
  /** The target is not to be up without one of them. */
  readonly #needsAll: boolean;
  readonly #jobs: UnitJobs;
  readonly #starters: Starters;
  readonly #freezer: Freezer;
  /** The stop that goes on, or the last one. */
  #stop: Promise<unknown> = Promise.resolve();

  /** `isPrimary` says whether the resource is Primary here, as far as is known. */
  constructor(
    effects: Effects,
    log: Logger,
    config: SystemdResourceConfig,
    watch: UnitWatch,
    isPrimary: () => boolean,
  ) {
    this.#effects = effects;
    this.#isPrimary = isPrimary;
    this.#systemctl = new Systemctl(effects, log);
    this.#log = log;
    this.#watch = watch;
    this.#resource = config.name;
    this.#target = targetOf(config.name);
    this.#promote = promoteUnitOf(config.name);
    this.#units = config.start.map((entry) => entry.unit);
    this.#needsAll = config.targetAs !== "Wants";
    this.#jobs = new UnitJobs(this.#systemctl, this.#all);
    this.#starters = new Starters(this.#jobs);
    this.#freezer = new Freezer(this.#systemctl, log, config.name, this.#target, this.#promote);
  }

  get waitsFor(): string | undefined {
    return this.#jobs.waitsFor;
  }

  async find(_isFirst: boolean, signal: AbortSignal): Promise<Found> {
    let states = await this.#show(FIND_PROPERTIES);
    // Whether anything will run is known when the promotion is over; nothing runs before.
    while (isBeingStarted(states[1]) && !signal.aborted) {
      await this.#effects.clock.sleep(PROMOTION_AGAIN_MS, signal);
      states = await this.#show(FIND_PROPERTIES);
    }
    const [target, promote, ...units] = states;
    if (units.some(isFrozen)) {
      this.#freezer.foundFrozen();
      return "frozen";
    }
    if (target?.get("ActiveState") === "active") {
      return units.some((unit) => hasMissedItsTurn(unit, promote)) ? "partial" : "active";
    }
    if (promote === undefined) return "inactive";
    if (isHalfStopped(promote, units, this.#isPrimary())) return "halfStopped";
    if (!isUp(promote)) return "inactive";
    // A job of the promotion when it is active can only be a stop: that is left to go on.
    const isBeingStopped = promote.get("ActiveState") === "deactivating" ||
      (promote.get("ActiveState") === "active" && hasJob(promote));
    return isBeingStopped ? "ending" : "partial";
  }

  /**
   * A start job can succeed though a lost race has stopped the target again, so what counts is its state afterwards.
   */
  async start(): Promise<Done> {
    const { signal } = this.#starters;
    const [[target]] = await Promise.all([
      this.#systemctl.show([this.#target], ["LoadState"]),
      this.#systemctl.run(["reset-failed", this.#target]),
    ]);
    if (target?.get("LoadState") === "masked") return nothingBegan(`${this.#target} is masked`);
    const args = ["start", this.#target];
    const result = await this.#starters.run(args, signal);
    if (result === undefined) return GIVEN_UP;
    const { states: [state, promote, ...units], late } = await this.#whenStarted(signal);
    if (signal.aborted) return GIVEN_UP;
    const failed = this.#units.filter((_unit, place) => failedSince(units[place], promote));
    const isUpNow = state?.get("ActiveState") === "active";
    const why = whyNotStarted(failed, result);
    if (isUpNow) {
      // Otherwise the target would not be up: it does not wait for them.
      const isMissed = this.#needsAll && failed.some((unit) => late.has(unit));
      if (isMissed) return { outcome: "failed", why };
      if (failed.length > 0 || result.code !== 0) this.#warn("not all was started", why);
      return OK;
    }
    // Without the promotion none of the services runs for this resource: they are bound to it.
    if (promote !== undefined && isUp(promote)) return { outcome: "failed", why };
    const isRefused = failed.length === 0 && isRefusal(result);
    return isRefused ? refused(this.#promote) : nothingBegan(why);
  }

  /**
   * The target does not wait for a mount without systemd's default dependencies, so it may be up before. Returns
   * what is there when nothing of the start goes on any more, and which units were late.
   */
  async #whenStarted(signal: AbortSignal): Promise<{ states: Properties[]; late: ReadonlySet<string> }> {
    const late = new Set(this.#units.filter((unit) => unit.endsWith(".mount")));
    for (;;) {
      const states = await this.#showWhenAnswered(START_PROPERTIES, signal);
      const busy = this.#units.filter((_unit, place) => hasJob(states[place + 2] ?? new Map()));
      const isUpNow = states[0]?.get("ActiveState") === "active";
      if (!isUpNow || busy.length === 0 || signal.aborted) return { states, late };
      for (const unit of busy) late.add(unit);
      await this.#effects.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  stop(): Promise<Done> {
    const stop = this.#stopAll();
    this.#stop = stop.catch(() => {});
    return stop;
  }

  async whyStopped(): Promise<string | undefined> {
    const [target, ...others] = await this.#show(STOP_CAUSE_PROPERTIES);
    return stoppedFromOutside(this.#target, target, others);
  }

  whatHolds(): Promise<string | undefined> {
    return holdersOf(this.#systemctl, this.#all);
  }

  freeze(): Promise<Done> {
    return this.#freezer.freeze();
  }

  thaw(): Promise<Done> {
    return this.#freezer.thaw();
  }

  async restart(unit: string): Promise<Done> {
    const { signal } = this.#starters;
    await this.#systemctl.run(["reset-failed", unit]);
    // "restart" would restart all that requires the unit: the target, and the promotion with it.
    const args = ["start", unit];
    const result = await this.#starters.run(args, signal);
    if (result === undefined) return GIVEN_UP;
    if (result.code !== 0) return { outcome: "failed", why: complaintOf(args, result) };
    // The unit may have taken the target along when it failed.
    const [target] = await this.#systemctl.show([this.#target], ["ActiveState"]);
    if (target?.get("ActiveState") !== "active") await this.#starters.run(["start", this.#target], signal);
    return OK;
  }

  watch(onFailed: (unit: string) => void, signal: AbortSignal): void {
    this.#watch.add(this.#promote, this.#units, onFailed, signal);
  }

  /** What was begun goes on without drbdd, as systemd has its jobs. Whoever comes next finds them. */
  async leave(): Promise<void> {
    await this.#starters.end();
    const told = new AbortController();
    await Promise.race([this.#stop, this.#effects.clock.sleep(TIME_TO_TELL_MS, told.signal)]);
    told.abort();
  }

  async #stopAll(): Promise<Done> {
    await this.#starters.end();
    if (this.#freezer.mayBeFrozen) await this.#thawForStop();
    for (let times = 1;; times++) {
      // The target is down as soon as its services begin to stop, and its stop is over then: all are waited for.
      const args = ["stop", ...this.#all];
      const stopping = this.#jobs.run(args);
      // What leads to a stop must not be lost if the node is reset because the stop fails. The stop does not wait for it.
      if (times === 1) void keepJournal(this.#effects, this.#log);
      const result = await stopping;
      const states = await this.#show(["ActiveState", "Job", ACTIVE_SINCE, ACTIVE_UNTIL]);
      const left = this.#all.filter((_unit, place) => isUp(states[place] ?? new Map()));
      const isStartedAgain = states.slice(0, 2).some(hasJob);
      if (isStartedAgain && times < STOPS_IN_A_ROW) continue;
      if (left.length > 0 || isStartedAgain) {
        const why = result.code === 0
          ? `${left.join(", ") || this.#target} did not stop`
          : complaintOf(args, result);
        return { outcome: "failed", why };
      }
      const [target, promote, ...units] = states;
      // Nothing of it is up: either it never was, or its demotion failed, which is tried once more.
      const failure = await demoteIfNeeded(this.#effects, this.#resource, this.#isPrimary);
      if (failure !== undefined) {
        this.#warn("the services are stopped, but the resource is still Primary", failure);
      }
      const failedUnit = this.#units.find((_unit, place) => wentFirst(units[place], target, promote));
      return failedUnit === undefined ? OK : { outcome: "ok", failedUnit };
    }
  }

  /** Also what cannot be thawed is stopped. */
  async #thawForStop(): Promise<void> {
    try {
      await this.#freezer.thaw();
    } catch (error) {
      this.#warn("cannot thaw it before it is stopped", describe(error));
    }
  }

  get #all(): readonly string[] {
    return [this.#target, this.#promote, ...this.#units];
  }

  /** Of the target, the promotion and the units of the start list. */
  #show(properties: readonly string[]): Promise<Properties[]> {
    return this.#systemctl.show(this.#all, properties);
  }

  /** Asks until systemd answers: what was begun is not taken back for want of an answer. */
  async #showWhenAnswered(properties: readonly string[], signal: AbortSignal): Promise<Properties[]> {
    for (;;) {
      try {
        return await this.#show(properties);
      } catch (error) {
        if (signal.aborted) throw error;
        this.#warn("cannot look at its units; looking again in 5 s", describe(error));
        await this.#effects.clock.sleep(ASK_AGAIN_MS, signal);
      }
    }
  }

  #warn(what: string, why: string): void {
    this.#log.warn("{resource}: {what}: {why}", { resource: this.#resource, what, why });
  }
}

/** It is not up yet, but systemd is at it. */
function isBeingStarted(promote: Properties | undefined): boolean {
  const state = promote?.get("ActiveState");
  return state === "activating" || (state === "inactive" && promote !== undefined && hasJob(promote));
}
