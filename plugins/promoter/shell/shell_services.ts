/** Services as commands of a shell, run in sequence. */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { isReported } from "../control/failed_stops.ts";
import { usersOfDevices } from "../control/holders.ts";
import { MARKS_DIRECTORY, PromotionMark } from "../control/start/promotion_mark.ts";
import type { ShellResourceConfig } from "../config/resource_config.ts";
import { type Done, OK, type OnFailed, type ServiceListener, type Services } from "../control/services.ts";
import { ShellCommands } from "./shell_command.ts";
import type { ObservedServices } from "../decide/state.ts";

/** Pause between a failed stop with its on-stop-failure command and the next attempt. */
const STOP_AGAIN_MS = 1_000;
/** Maximum attempts of a stop that fails although the resource is Secondary: an address may still be up. */
const MOST_STOPS = 12;
/** The same after a failed start, when stop commands also fail for what was never started. */
const MOST_STOPS_OF_PART = 4;
const MONITOR_INTERVAL_MS = 4_000;
/** A monitor that does not answer within this time counts as failed. */
const MONITOR_TIMEOUT_MS = 30_000;
/** DRBD's event of a promotion or demotion comes a moment after the command that caused it. */
const EVENT_DELAY_MS = 300;
/** They fail together: a monitor does not distinguish them. */
const ALL = "the services";

/** For each node, the last action of each resource, which may outlive its configuration. */
const UNDER_WAY = new WeakMap<Effects, Map<string, Promise<unknown>>>();

export class ShellServices implements Services {
  readonly #commands: ShellCommands;
  readonly #mark: PromotionMark;
  /** Aborted to cancel a start. */
  #giveUp = new AbortController();
  /** The last actions of all resources, including those no longer configured. */
  readonly #lastOfAll: Map<string, Promise<unknown>>;
  #isStarting = false;
  /** How many actions were begun, and how many of them are not over. */
  #begun = 0;
  #underWay = 0;
  /** Failed stops in a row, and how many of them left the resource not Primary. */
  #failedStops = 0;
  #failedDemoted = 0;
  /** Some of what is to be stopped may never have been started. */
  #isPart = false;

  /**
   * As far as is known, `isPrimary` says whether the resource is Primary here, `isHeld` whether a Secondary is in use,
   * `devices` where its devices are.
   */
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    readonly config: ShellResourceConfig,
    readonly isPrimary: () => boolean,
    readonly isHeld: () => boolean,
    readonly devices: () => readonly string[],
  ) {
    this.#commands = new ShellCommands(effects, log);
    this.#mark = PromotionMark.of(effects, log, config.name);
    const known = UNDER_WAY.get(effects) ?? new Map<string, Promise<unknown>>();
    UNDER_WAY.set(effects, known);
    this.#lastOfAll = known;
  }

  /**
   * Commands leave no observable trace except the mark of a promotion. Without a monitor command, services are assumed
   * to run where drbdd has promoted the resource: starting them twice would do harm. If the monitor reports a failure,
   * some of them may still run and have to be stopped. A Primary that drbdd did not promote is left alone, unless its
   * services run. A mark without a Primary is of a drbdd that ended during a start or a stop.
   */
  async find(isFirst: boolean, signal?: AbortSignal): Promise<ObservedServices> {
    if (isFirst) await this.#last;
    if (!this.isPrimary()) {
      // When drbdd must end at once, the state of DRBD may be unknown.
      if (!isFirst || signal?.aborted === true || !await this.#mark.isSet()) return "inactive";
      this.#isPart = true;
      return "halfStopped";
    }
    const isOurs = isFirst && await this.#mark.isSet();
    if (this.config.monitor === undefined) {
      if (!isOurs) this.#warnForeign();
      return isOurs ? "active" : "inactive";
    }
    if (await this.#isHealthy(new AbortController().signal)) {
      await this.#mark.set();
      return "active";
    }
    // It may have been demoted meanwhile, for example by a cancelled start.
    if (isOurs && this.isPrimary()) {
      this.#isPart = true;
      return "partial";
    }
    if (this.isPrimary()) this.#warnForeign();
    return "inactive";
  }

  #warnForeign(): void {
    this.log.warn(
      '{resource}: Primary here, but not promoted by drbdd, as there is no "{path}": left alone; if its services run, hand ' +
        "them to drbdd with: mkdir -p {directory} && touch {path} && systemctl restart drbdd; otherwise with: drbdadm " +
        "secondary {resource}",
      { resource: this.config.name, path: this.#mark.path, directory: MARKS_DIRECTORY },
    );
  }

  start(): Promise<Done> {
    return this.#begin(async (signal) => {
      await this.#mark.set();
      const done = await this.#runStarts(signal);
      if (done.outcome === "nothingBegan") await this.#mark.clear();
      return done;
    }, true);
  }

  stop(onFailure?: (why: string) => void): Promise<Done> {
    this.#giveUp.abort();
    this.#giveUp = new AbortController();
    return this.#begin(async () => {
      const done = await this.#stopWithRetries(onFailure);
      if (done.outcome === "ok") {
        this.#failedStops = this.#failedDemoted = 0;
        await this.#mark.clear();
      }
      return done;
    }, false);
  }

  /** The processes that use the devices or file systems on them. */
  describeHolders(): Promise<string | undefined> {
    return usersOfDevices(this.effects, this.devices());
  }

  /** The configuration rules this out: commands cannot be frozen. */
  freeze(): Promise<Done> {
    return Promise.resolve({ outcome: "failed", why: "commands of a shell cannot be frozen" });
  }

  thaw(): Promise<Done> {
    return Promise.resolve(OK);
  }

  restart(): Promise<Done> {
    return this.#begin(async (signal) => {
      await this.#runStops(false);
      return await this.#runStarts(signal);
    }, true);
  }

  /** Commands have no state that could be observed. */
  watchStopped(): void {}

  /** Needs no preparation. */
  prepareStart(): Promise<void> {
    return Promise.resolve();
  }

  watch(listener: ServiceListener, signal: AbortSignal): void {
    if (this.config.monitor !== undefined) {
      void this.#monitor((unit, sinceMs) => listener.failed(unit, sinceMs), signal);
    }
  }

  /**
   * The rest of a start list would never run, so an incomplete start is undone. Stops are completed. If drbdd
   * continues, this delays only the next action for this resource.
   */
  async leave(isExit: boolean): Promise<void> {
    const last = this.#isStarting ? this.stop() : this.#last;
    if (isExit) await last;
  }

  #begin(action: (signal: AbortSignal) => Promise<Done>, isStarting: boolean): Promise<Done> {
    const { signal } = this.#giveUp;
    this.#begun++;
    this.#underWay++;
    const done = this.#last.then(async () => {
      this.#isStarting = isStarting;
      try {
        return await action(signal);
      } finally {
        this.#isStarting = false;
        this.#underWay--;
      }
    });
    this.#last = done;
    return done;
  }

  /** The last action. Only one runs at a time. */
  get #last(): Promise<unknown> {
    return this.#lastOfAll.get(this.config.name) ?? Promise.resolve();
  }

  set #last(action: Promise<unknown>) {
    this.#lastOfAll.set(this.config.name, action);
  }

  async #runStarts(signal: AbortSignal): Promise<Done> {
    this.#isPart = true;
    for (const [place, command] of this.config.start.entries()) {
      const why = await this.#run("start", command, { signal });
      if (signal.aborted) return { outcome: "failed", why: "a stop is due" };
      if (why === undefined) continue;
      if (place > 0) return { outcome: "failed", why };
      // The first command to fail is normally the promotion: then there is nothing to stop.
      await this.effects.clock.sleep(EVENT_DELAY_MS, signal);
      return this.isPrimary()
        ? { outcome: "failed", why }
        : { outcome: "nothingBegan", why, cause: "refused" };
    }
    this.#isPart = false;
    return OK;
  }

  async #stopWithRetries(onFailure: ((why: string) => void) | undefined): Promise<Done> {
    const { onStopFailure } = this.config;
    for (;;) {
      const isQuiet = !isReported(this.#failedStops + 1);
      const failures = await this.#runStops(isQuiet);
      if (failures.length === 0) return OK;
      this.#failedStops++;
      const why = failures.join("; ");
      if (onStopFailure === undefined) return await this.#assessStop(why);
      onFailure?.(why);
      await this.#run("on-stop-failure", onStopFailure, { isQuiet });
      await this.effects.clock.sleep(STOP_AGAIN_MS);
    }
  }

  /**
   * Stop commands also fail for what was never started. DRBD shows whether a stop is complete: nothing can use a
   * Secondary, unless it was demoted by force while the device was open.
   */
  async #assessStop(why: string): Promise<Done> {
    await this.effects.clock.sleep(EVENT_DELAY_MS);
    if (this.isPrimary() || this.isHeld()) return { outcome: "failed", why };
    this.#failedDemoted++;
    const most = this.#isPart ? MOST_STOPS_OF_PART : MOST_STOPS;
    if (this.#failedDemoted < most) {
      return {
        outcome: "failed",
        why: `${why}; as the resource is not Primary any more, ${most} attempts at most`,
      };
    }
    this.log.error(
      "{resource}: not all stop commands succeeded, but the resource is no longer Primary; check what still runs: {why}",
      { resource: this.config.name, why },
    );
    return OK;
  }

  /** Runs all of them, whatever fails: what can be stopped is stopped. Returns the failures. */
  async #runStops(isQuiet: boolean): Promise<string[]> {
    const failures: string[] = [];
    for (const command of this.config.stop) {
      const why = await this.#run("stop", command, { isQuiet });
      if (why !== undefined) failures.push(why);
    }
    return failures;
  }

  async #monitor(onFailed: OnFailed, signal: AbortSignal): Promise<void> {
    let failures = 0;
    for (;;) {
      await this.effects.clock.sleep(MONITOR_INTERVAL_MS, signal);
      if (signal.aborted) return;
      // A service that is being restarted may not answer yet: it must not be restarted again for that.
      if (this.#underWay > 0) continue;
      const begun = this.#begun;
      const askedMs = this.effects.clock.nowMs();
      const isHealthy = await this.#isHealthy(signal, !isReported(failures + 1));
      failures = isHealthy ? 0 : failures + 1;
      if (!isHealthy && !signal.aborted && this.#begun === begun) onFailed(ALL, askedMs);
    }
  }

  async #isHealthy(signal: AbortSignal, isQuiet = false): Promise<boolean> {
    const limit = new AbortController();
    const timer = this.effects.clock.setTimer(MONITOR_TIMEOUT_MS, () => limit.abort());
    const failure = await this.#run(
      "monitor",
      this.config.monitor ?? "true",
      { signal: AbortSignal.any([signal, limit.signal]), isQuiet },
    );
    timer.cancel();
    return failure === undefined;
  }

  #run(
    step: string,
    command: string,
    { signal, isQuiet = false }: { signal?: AbortSignal; isQuiet?: boolean },
  ): Promise<string | undefined> {
    return this.#commands.run({ resource: this.config.name, step, command, isQuiet }, signal);
  }
}
