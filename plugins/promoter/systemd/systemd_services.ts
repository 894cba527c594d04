/** Services as units of systemd, bundled by the target drbd-services@RESOURCE. */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { DropInFiles } from "./drop_ins/drop_in_files.ts";
import { findServices } from "./find_services.ts";
import { Freezer } from "./freezer.ts";
import { holdersOf } from "../control/holders.ts";
import { OrphanWatch } from "./orphan_watch.ts";
import { PromotionMark } from "../control/promotion_mark.ts";
import type { SystemdResourceConfig } from "../config/resource_config.ts";
import { ResourceUnits } from "./units/resource_units.ts";
import type { Done, ServiceListener, Services, StoppedListener } from "../control/services.ts";
import { StartJobs } from "./start_jobs.ts";
import type { ObservedServices } from "../decide/state.ts";
import { stoppedFromOutside } from "./stop_cause.ts";
import { isUp, Systemctl } from "./units/systemctl.ts";
import { SystemdStart } from "./systemd_start.ts";
import { SystemdStop } from "./systemd_stop.ts";
import { UnitJobs } from "./units/unit_jobs.ts";
import { UnitWatch } from "./units/unit_watch.ts";

/** systemctl has said what it has to say to systemd after this, which then does it without drbdd. */
const TIME_TO_TELL_MS = 1_000;

/** What the services of a resource share with others, or need to know. */
export interface SystemdWorld {
  /** Whether the resource is Primary here, as far as is known. */
  readonly isPrimary: () => boolean;
  /** Whether what is known of DRBD is kept up to date. */
  readonly isKnown: () => boolean;
  /** Whether a Primary here is drbdd's. */
  readonly isOurs: () => boolean;
  /** Whether the stop that goes on has cut off a start: a Primary may come of that. */
  readonly hasCutOff: () => boolean;
  /** The drop-ins of the resource (text by path); undefined as long as they are not known. */
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
  /** Set while a stop is to demote the resource, until it is Secondary: a Primary that a failed demotion left is drbdd's. */
  readonly #mark: PromotionMark;
  /** Since when it has been tried to find out what runs, until that is watched. */
  #unseenSinceMs: number | undefined;
  /** The stop that goes on, or the last one. */
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
    // The target is not to be up without one of its units, unless it only wants them.
    const needsAll = config.targetAs !== "Wants";
    this.#start = new SystemdStart(effects, log, this.#units, this.#starters, needsAll);
    this.#mark = PromotionMark.of(effects, log, config.name);
    this.#stop = new SystemdStop(effects, log, this.#units, this.#jobs, world.isPrimary);
  }

  get waitsFor(): string | undefined {
    return this.#jobs.waitsFor;
  }

  async find(_isFirst: boolean, signal: AbortSignal): Promise<ObservedServices> {
    this.#unseenSinceMs ??= this.#effects.clock.nowMs();
    const isLeftPrimary = async () => this.#world.isPrimary() && await this.#mark.isSet();
    const found = await findServices(this.#effects.clock, this.#units, isLeftPrimary, signal);
    // Whoever has to end at once may know nothing of DRBD yet.
    if (!signal.aborted && !this.#world.isPrimary()) this.released();
    if (found === "frozen") this.#freezer.foundFrozen();
    // A stop that is due is asked for at once: nothing that keeps systemd busy is to come before it.
    this.#files.foundOut(this.#units.promote);
    return found;
  }

  /** Drop-ins are as they should be, also in systemd, and no failure of an earlier time is in the way. */
  async prepareStart(): Promise<void> {
    const states = await this.#files.check(this.#world.dropIns() ?? new Map());
    // Somebody else has started it: what failed is of that start, and not to be forgotten.
    if (isUp(states.get(this.#units.target) ?? new Map())) return;
    const failed = [this.#units.target, ...this.#units.list].filter((unit) =>
      states.get(unit)?.get("ActiveState") === "failed"
    );
    if (failed.length > 0) await this.#systemctl.run(["reset-failed", ...failed]);
  }

  start(): Promise<Done> {
    return this.#start.start();
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

  async whyStopped(): Promise<string | undefined> {
    // At once: some moments later systemd may have started all of it anew.
    const properties = ["LoadState", "ActiveState", "Job"];
    const [target, ...others] = await this.#systemctl.show(this.#units.all, properties);
    return stoppedFromOutside(this.#units.target, target, others);
  }

  whatHolds(): Promise<string | undefined> {
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

  watchStopped(listener: StoppedListener, signal: AbortSignal): void {
    const { isKnown, isPrimary: isPrimaryNow } = this.#world;
    const isPrimary = () => isKnown() ? isPrimaryNow() : undefined;
    OrphanWatch.of(this.#effects, this.#log).add(this.#units, isPrimary, listener, signal);
  }

  /** What was begun goes on without drbdd, as systemd has its jobs. Whoever comes next finds them. */
  async leave(): Promise<void> {
    this.#freezer.giveUp();
    // Who comes next finds out anew, and cannot begin before drop-ins that wait for this one are through.
    this.#files.foundOut(this.#units.promote);
    await this.#starters.end();
    const told = new AbortController();
    await Promise.race([this.#stopping, this.#effects.clock.sleep(TIME_TO_TELL_MS, told.signal)]);
    told.abort();
  }

  async #stopAll(): Promise<Done> {
    this.#freezer.giveUp();
    // The stop does not wait for it.
    const isPrimary = this.#world.isPrimary();
    const isOurs = isPrimary && this.#world.isOurs();
    if (isOurs) void this.#mark.set();
    await this.#starters.end();
    // What is Primary already, and not drbdd's, is left to whoever promoted it.
    const done = await this.#stop.stop({ mayDemote: !isPrimary || isOurs || this.#world.hasCutOff() });
    // systemd has thawed what it stopped. Others that the target had pulled in are not to stay frozen for ever.
    if (this.#freezer.mayBeFrozen) await this.#freezer.thawRest();
    return done;
  }
}
