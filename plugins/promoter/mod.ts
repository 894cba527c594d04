/**
 * The promoter: makes services highly available. Where DRBD lets a resource be Primary, it starts what the
 * configuration names; where DRBD takes that back, it stops it. DRBD's quorum or fencing arbitrates between the nodes.
 */
import { aborted } from "../../src/runtime/aborted.ts";
import { describe } from "../../src/runtime/describe.ts";
import type { Plugin, PluginContext } from "../../src/runtime/plugin.ts";
import { Actor, type Mind } from "./actor.ts";
import type { PromoterConfig } from "./config.ts";
import { DropInFiles } from "./drop_in_files.ts";
import { askDrbdStatus } from "./drbd_status.ts";
import { DropInUpkeep, systemdResources } from "./drop_in_upkeep.ts";
import { dropInsOf, targetOf } from "./drop_ins.ts";
import { step } from "./mind.ts";
import { OptionsWatch } from "./options_watch.ts";
import { checkFreezing, checkUnits, type Finding } from "./preflight.ts";
import { adjust } from "./preparation.ts";
import { Report } from "./report.ts";
import { isSystemd, type ResourceConfig } from "./resource_config.ts";
import type { Services } from "./services.ts";
import { devicePaths } from "./holders.ts";
import { ShellServices } from "./shell_services.ts";
import { SystemdServices } from "./systemd_services.ts";
import type { State } from "./state.ts";

/** Stopping the services of a resource takes as long as they take; systemd has time-outs of its own for each. */
const STOP_TIMEOUT_MS = 15 * 60_000;

/** The promoter with the mind that is given: a simulation may want to see what becomes of a bad one. */
export function promoterWith({ step }: { readonly step: Mind }): Plugin<PromoterConfig> {
  return {
    name: "promoter",
    stopTimeoutMs: STOP_TIMEOUT_MS,
    // A start of the shell runner that is under way is taken back, and systemd hears of a stop that was just decided.
    exitTimeoutMs: STOP_TIMEOUT_MS,
    // A resource whose table did not change knows nothing of a reload. A promoter without any still removes drop-ins.
    parts: (config) =>
      config.resources.length < 2 ? [config] : config.resources.map((each) => ({ resources: [each] })),
    stopsServices: ({ resources }) => resources.some(({ stopServicesOnExit }) => stopServicesOnExit),
    run: (config, context) => new Promoter(config, context, step).run(),
  };
}

export const promoter = promoterWith({ step });

/** What people did wrong is looked for so long after drbdd can start services. */
const CHECK_AFTER_MS = 5_000;
/** Services are stopped at the end even if systemd does not answer for so long. */
const PASS_MS = 10_000;

interface Managed {
  readonly config: ResourceConfig;
  readonly actor: Actor;
  readonly options: OptionsWatch;
}

class Promoter {
  readonly #context: PluginContext;
  readonly #managed: readonly Managed[];
  readonly #report: Report;
  readonly #dropIns: DropInFiles;
  readonly #upkeep: DropInUpkeep;

  constructor(config: PromoterConfig, context: PluginContext, mind: Mind) {
    this.#context = context;
    this.#report = new Report(context);
    this.#dropIns = DropInFiles.of(context.effects);
    this.#upkeep = new DropInUpkeep(context);
    this.#managed = config.resources.map((each) => {
      const services = this.#servicesOf(each, () => actor.state);
      const actor: Actor = new Actor(context, each, services, this.#report, mind, askDrbdStatus);
      const options = new OptionsWatch(
        context,
        each,
        this.#report,
        {
          isActive: () => actor.isActive,
          onLearnt: (avoidance, askedMs) => actor.knowAvoidance(avoidance, askedMs),
          tell: (findings) => this.#tell(findings),
        },
      );
      return { config: each, actor, options };
    });
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    const firstTry = this.#upkeep.try({ isWhole: false });
    this.#context.prepare(firstTry);
    const dropIns = this.#upkeep.keepTrying(firstTry).then(() => void this.#checkLater());
    this.#context.onReload(() => void this.#check());
    try {
      // Also without any resource, it is not over before it is told to be.
      await Promise.all([aborted(signal), ...this.#managed.map((managed) => this.#manage(managed, dropIns))]);
    } finally {
      await this.#end(signal.reason);
    }
  }

  async #manage({ config, actor, options }: Managed, dropIns: Promise<void>): Promise<void> {
    const { effects, log, signal } = this.#context;
    const adjusting = config.adjustResourceOnStart
      ? adjust(effects, log, config.name, signal, () => this.#mayStart).then(() => options.askSoon())
      : undefined;
    const ready = Promise.all([config.runner === "systemd" ? dropIns : undefined, adjusting]);
    void ready.then(() => {
      if (!signal.aborted) actor.prepared();
    });
    await actor.follow((news) => {
      if (news === "new") options.look();
      else if (news === "prospects") options.ask();
      else options.changed();
    });
  }

  /** What all starts rest on is there: the state of DRBD, and the drop-ins. */
  get #mayStart(): boolean {
    return this.#dropIns.areLoaded && !this.#context.stale();
  }

  /** All resources at once: none waits for the services of another one, nor whoever comes next for systemd to read drop-ins. */
  async #end(reason: unknown): Promise<void> {
    const isExit = reason === "exit";
    for (const { actor } of this.#managed) actor.rest();
    const pass = isExit ? this.#letShutdownPass() : Promise.resolve();
    await Promise.all(this.#managed.map(async ({ config, actor }) => {
      const stopServices = isExit && config.stopServicesOnExit;
      if (stopServices && isSystemd(config)) await pass;
      await actor.end({ isExit, stopServices });
      this.#report.forget(config.name);
    }));
    if (reason === "reload") void this.#upkeep.try({ isWhole: false });
  }

  /** `state` also has what is known of a resource that DRBD's events do not show, though it is up. */
  #servicesOf(config: ResourceConfig, state: () => State): Services {
    const { effects, log } = this.#context;
    const isPrimary = () => (this.#context.resource(config.name) ?? state().view)?.role === "Primary";
    if (config.runner === "systemd") {
      const dropIns = () => this.#dropIns.host && dropInsOf(config, this.#dropIns.host);
      const isKnown = () => !this.#context.stale();
      const [isOurs, hasCutOff] = [() => state().isOurs, () => state().cutOffMs !== undefined];
      return new SystemdServices(effects, log, config, { isPrimary, isKnown, isOurs, hasCutOff, dropIns });
    }
    const isHeld = () => this.#context.resource(config.name)?.forceIoFailures === true;
    const devices = () => devicePaths(this.#context.resource(config.name));
    return new ShellServices(effects, log, config, isPrimary, isHeld, devices);
  }

  /** What is looked at without being asked for, after a reload: when what the reload changed is through. */
  async #check(): Promise<void> {
    const { effects, signal } = this.#context;
    for (const { actor, options } of this.#managed) {
      actor.reloaded();
      options.look();
    }
    this.#dropIns.saidProblems = "";
    this.#dropIns.saidFailure.forget();
    await effects.clock.sleep(CHECK_AFTER_MS, signal);
    if (signal.aborted) return;
    void this.#upkeep.removeLater(await this.#upkeep.try({ isWhole: true }));
    await this.#checkUnits();
  }

  /** Of all promoters, by the first of them. */
  async #checkUnits(): Promise<void> {
    const { effects, log } = this.#context;
    const configs = systemdResources(this.#context);
    const own = this.#managed.map(({ config }) => config.name);
    if (configs[0] === undefined || !own.includes(configs[0].name)) return;
    try {
      this.#tell(await checkUnits(effects, configs));
      for (const config of configs) this.#tell(await checkFreezing(effects, config));
    } catch (error) {
      log.warn("Cannot check the units of the start lists: {error}", { error: describe(error) });
    }
  }

  #tell(findings: readonly Finding[]): void {
    for (const { resource, problem, remedy } of findings) {
      this.#context.log.warn("{resource}: {problem}; mend it by: {remedy}", { resource, problem, remedy });
    }
  }

  /** Not while the first starts are under way. */
  async #checkLater(): Promise<void> {
    const { effects, signal } = this.#context;
    await effects.clock.sleep(CHECK_AFTER_MS, signal);
    if (!signal.aborted) await this.#checkUnits();
  }

  /**
   * At shutdown systemd stops drbdd before the services of its resources, because of a drop-in. If drbdd is to stop
   * them itself, it would wait for their stop job, and that job for the end of drbdd.
   */
  async #letShutdownPass(): Promise<void> {
    const { effects, log } = this.#context;
    const stopping = this.#managed.map(({ config }) => config).filter((config) =>
      isSystemd(config) && config.stopServicesOnExit
    );
    if (stopping.length === 0) return;
    const passed = new AbortController();
    const pass = async () => {
      try {
        await this.#dropIns.letShutdownPass(stopping.map(({ name }) => targetOf(name)));
      } catch (error) {
        log.warn("Cannot remove drop-ins before the services are stopped: {error}", {
          error: describe(error),
        });
      }
      passed.abort();
    };
    void pass();
    await effects.clock.sleep(PASS_MS, passed.signal);
  }
}
