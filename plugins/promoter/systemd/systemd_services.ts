/** Services as units of systemd, bundled by the target drbd-services@RESOURCE. */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { DropInFiles } from "./drop_ins/drop_in_files.ts";
import { findServices } from "./find_services.ts";
import { watchFrozen } from "./frozen_watch.ts";
import { Freezer } from "./freezer.ts";
import { stopFrozen } from "./frozen_stop.ts";
import { FrozenStopMark } from "./frozen_stop_mark.ts";
import { holdersOf } from "../control/holders.ts";
import { OrphanWatch } from "./orphan_watch.ts";
import { PromotionMark } from "../control/start/promotion_mark.ts";
import type { SystemdResourceConfig } from "../config/resource_config.ts";
import { isActive, ResourceUnits } from "./units/resource_units.ts";
import type { Done, ServiceListener, Services, StoppedListener } from "../control/services.ts";
import { StartJobs } from "./start_jobs.ts";
import type { ObservedServices, OutsideStop } from "../decide/state.ts";
import { STOP_CAUSE_PROPERTIES, stoppedFromOutside } from "./stop_cause.ts";
import { isUp, Systemctl } from "./units/systemctl.ts";
import { SystemdStart } from "./systemd_start.ts";
import { SystemdStop } from "./systemd_stop.ts";
import { UnitJobs } from "./units/unit_jobs.ts";
import { UnitWatch } from "./units/unit_watch.ts";

/** By then systemctl has handed its request to systemd, which executes it without drbdd. */
const HANDOVER_MS = 1_000;

/** What the services of a resource share with others, or need to know. */
export interface SystemdWorld {
  /** Whether the resource is Primary here, as far as known. */
  readonly isPrimary: () => boolean;
  /** Whether no other node may run the services: the resource is Primary here and has quorum. */
  readonly mayGoOn: () => boolean;
  /** Whether the state of DRBD is not stale. */
  readonly isKnown: () => boolean;
  /** Whether a Primary here is drbdd's. */
  readonly isOurs: () => boolean;
  /** Whether the stop in progress has cancelled a start, which may still result in a Primary. */
  readonly hasCutOff: () => boolean;
  /** The resource's drop-ins (text by path); undefined while unknown. */
  readonly dropIns: () => ReadonlyMap<string, string> | undefined;
}

export class SystemdServices implements Services {
  readonly #effects: Effects;
  readonly #log: Logger;
  readonly #systemctl: Systemctl;
  readonly #world: SystemdWorld;
  readonly #files: DropInFiles;
  readonly #units: ResourceUnits;
  readonly #jobs: UnitJobs;
  readonly #starters: StartJobs;
  readonly #freezer: Freezer;
  readonly #start: SystemdStart;
  readonly #stop: SystemdStop;
  /** Set while a stop is to demote the resource: a Primary left by a failed demotion is drbdd's. */
  readonly #mark: PromotionMark;
  readonly #frozenStop: FrozenStopMark;
  /**
   * The promotion was active before the last start though the resource was Secondary, as after `drbdadm secondary` by hand: systemd
   * would start the services without promoting it.
   */
  #isPromotionLeft = false;
  /** Since when the running services could not be determined. */
  #unseenSinceMs: number | undefined;
  /** The current or last stop. */
  #stopping: Promise<unknown> = Promise.resolve();

  constructor(effects: Effects, log: Logger, config: SystemdResourceConfig, world: SystemdWorld) {
    this.#effects = effects;
    this.#log = log;
    this.#world = world;
    this.#files = DropInFiles.of(effects);
    this.#systemctl = new Systemctl(effects, log);
    this.#units = new ResourceUnits(effects, log, config);
    this.#jobs = new UnitJobs(this.#systemctl, this.#units.all);
    this.#starters = new StartJobs(this.#jobs);
    this.#freezer = new Freezer(effects, log, this.#units);
    // The target must not be active without one of its units, unless it only wants them.
    const needsAll = config.targetAs !== "Wants";
    this.#start = new SystemdStart(effects, log, this.#units, this.#starters, needsAll);
    this.#mark = PromotionMark.of(effects, log, config.name);
    this.#frozenStop = new FrozenStopMark(effects, log, config.name);
    this.#stop = new SystemdStop(effects, log, this.#units, this.#jobs, world.isPrimary);
  }

  get waitsFor(): string | undefined {
    return this.#jobs.waitsFor;
  }

  async find(isFirst: boolean, signal: AbortSignal): Promise<ObservedServices> {
    this.#unseenSinceMs ??= this.#effects.clock.nowMs();
    const isLeftPrimary = async () => this.#world.isPrimary() && await this.#mark.isSet();
    const observed = await findServices(this.#effects.clock, this.#units, isLeftPrimary, signal);
    const found = isFirst ? await this.#withFrozenStop(observed) : observed;
    // When drbdd must end at once, the state of DRBD may be unknown.
    if (!signal.aborted && !this.#world.isPrimary()) this.released();
    if (observed === "frozen" || found !== observed) this.#freezer.foundFrozen();
    // A stop is requested at once, before anything else that keeps systemd busy.
    this.#files.markObserved(this.#units.promote);
    return found;
  }

  /** Drop-ins are as they should be, also in systemd, and no failure of an earlier time is in the way. */
  async prepareStart(): Promise<void> {
    const { promote } = this.#units;
    const states = await this.#files.check(this.#world.dropIns() ?? new Map(), promote);
    this.#isPromotionLeft = isActive(states.get(promote) ?? new Map()) && !this.#world.isPrimary();
    // Somebody else has started it: failures belong to that start and are kept.
    if (isUp(states.get(this.#units.target) ?? new Map())) return;
    const failed = [this.#units.target, ...this.#units.list].filter((unit) =>
      states.get(unit)?.get("ActiveState") === "failed"
    );
    if (failed.length > 0) await this.#systemctl.run(["reset-failed", ...failed]);
  }

  async start(): Promise<Done> {
    if (!this.#isPromotionLeft || this.#world.isPrimary()) return await this.#start.start();
    const { promote } = this.#units;
    return {
      outcome: "failed",
      why:
        `${promote} is active though the resource is Secondary, so nothing would be promoted; everything is stopped first`,
    };
  }

  stop(): Promise<Done> {
    const stop = this.#stopAll();
    this.#stopping = stop.catch(() => {});
    return stop;
  }

  /** Whoever makes it Primary from now on, by hand or by systemd, is not drbdd that failed to demote it. */
  released(): void {
    void this.#mark.clear();
  }

  async whyStopped(): Promise<OutsideStop | undefined> {
    // At once: a moment later systemd may be restarting everything.
    const [target, ...others] = await this.#systemctl.show(this.#units.all, STOP_CAUSE_PROPERTIES);
    return stoppedFromOutside(this.#units.target, target, others);
  }

  describeHolders(): Promise<string | undefined> {
    return holdersOf(this.#systemctl, this.#units.all);
  }

  freeze(): Promise<Done> {
    return this.#freezer.freeze();
  }

  thaw(): Promise<Done> {
    return this.#freezer.thaw();
  }

  async restart(unit: string): Promise<Done> {
    let done: Done | undefined;
    try {
      return done = await this.#start.restart(unit);
    } finally {
      if (done?.outcome !== "ok") UnitWatch.of(this.#effects, this.#log).notRestarted(this.#units, unit);
    }
  }

  watch(listener: ServiceListener, signal: AbortSignal): void {
    UnitWatch.of(this.#effects, this.#log).add(this.#units, listener, signal, this.#unseenSinceMs);
    this.#unseenSinceMs = undefined;
  }

  watchFrozen(onUnfrozen: () => void, signal: AbortSignal): void {
    void watchFrozen(this.#effects, this.#log, this.#units, onUnfrozen, signal);
  }

  watchStopped(listener: StoppedListener, signal: AbortSignal): void {
    const { isKnown, isPrimary: isPrimaryNow } = this.#world;
    const isPrimary = () => isKnown() ? isPrimaryNow() : undefined;
    OrphanWatch.of(this.#effects, this.#log).add(this.#units, isPrimary, listener, signal);
  }

  /** Actions continue as systemd jobs; the next drbdd finds them. */
  async leave(): Promise<void> {
    this.#freezer.giveUp();
    // Who comes next observes again, and cannot begin before drop-ins that wait for this one are through.
    this.#files.markObserved(this.#units.promote);
    await this.#starters.end();
    const waiting = new AbortController();
    await Promise.race([this.#stopping, this.#effects.clock.sleep(HANDOVER_MS, waiting.signal)]);
    waiting.abort();
  }

  /** An earlier drbdd that did not end a stop of frozen services has stopped a part of them: the stop goes on. */
  async #withFrozenStop(observed: ObservedServices): Promise<ObservedServices> {
    if (!this.#world.isKnown() || !await this.#frozenStop.isSet()) return observed;
    if (observed !== "inactive") return this.#world.isPrimary() ? "leftPrimary" : "halfStopped";
    await this.#frozenStop.clear();
    return observed;
  }

  async #stopAll(): Promise<Done> {
    this.#freezer.giveUp();
    // Not awaited by the stop.
    const isPrimary = this.#world.isPrimary();
    const isOurs = isPrimary && this.#world.isOurs();
    if (isOurs) void this.#mark.set();
    await this.#starters.end();
    // A Primary that is not drbdd's is left to whoever promoted it.
    const mayDemote = !isPrimary || isOurs || this.#world.hasCutOff();
    const stop = () => this.#stop.stop({ mayDemote });
    const done = this.#freezer.mayBeFrozen && !this.#world.mayGoOn()
      ? await stopFrozen(this.#log, this.#jobs, this.#frozenStop, this.#units, stop)
      : await stop();
    // systemd has thawed what it stopped. Other units of the target must not stay frozen.
    if (this.#freezer.mayBeFrozen) {
      await this.#frozenStop.clear();
      await this.#freezer.thawRest();
    }
    return done;
  }
}
