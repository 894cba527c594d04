/**
 * The promoter: makes services highly available. Where DRBD lets a resource be Primary, it starts what the
 * configuration names; where DRBD takes that back, it stops it. DRBD's quorum or fencing arbitrates between the nodes.
 */
import { aborted } from "../../src/effects/waiting/aborted.ts";
import { likeliest } from "../../src/config/toml/report.ts";
import { describe } from "../../src/effects/describe.ts";
import type { Plugin, PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { ActiveResources } from "./control/active_resources.ts";
import { Actor, type StateMachine } from "./control/actor.ts";
import type { PromoterConfig } from "./config.ts";
import { DropInFiles } from "./systemd/drop_ins/drop_in_files.ts";
import { askDrbdStatus } from "./checks/drbd_status.ts";
import { DropInUpkeep, secondariesOf, systemdResources } from "./systemd/drop_ins/drop_in_upkeep.ts";
import { targetOf } from "./systemd/drop_ins/drop_ins.ts";
import { HoldWatch } from "./hold/hold_watch.ts";
import { makeServices } from "./control/make_services.ts";
import { step } from "./decide/state_machine.ts";
import { watchNeighbours } from "./control/neighbour_watch.ts";
import { OptionsWatch } from "./checks/options_watch.ts";
import { checkFreezing, checkSecondaryUnits, checkUnits, type Finding } from "./checks/preflight.ts";
import { notingLogger } from "./control/report/noting_logger.ts";
import { adjust } from "./control/start/preparation.ts";
import { Report } from "./control/report/report.ts";
import { isSystemd, type ResourceConfig } from "./config/resource_config.ts";
import { secondaryStep } from "./secondary/decide.ts";
import { SecondaryActor, type SecondaryStateMachine } from "./secondary/secondary_actor.ts";

/** Services take as long to stop as they need; systemd has a timeout for each unit. */
const STOP_TIMEOUT_MS = 15 * 60_000;

/** The promoter with the given state machine: simulations also run faulty ones. */
export function promoterWith(
  machines: { readonly step: StateMachine; readonly secondaryStep?: SecondaryStateMachine },
): Plugin<PromoterConfig> {
  const { step, secondaryStep: beside = secondaryStep } = machines;
  return {
    name: "promoter",
    stopTimeoutMs: STOP_TIMEOUT_MS,
    // A start in progress of the shell runner is undone, and a stop that was just decided is handed to systemd.
    exitTimeoutMs: STOP_TIMEOUT_MS,
    // A resource whose table did not change knows nothing of a reload. A promoter without any still removes drop-ins.
    parts: partsOf,
    stopsServices: ({ resources, secondaries = [] }) =>
      [...resources, ...secondaries].some(({ stopServicesOnExit }) => stopServicesOnExit),
    run: (config, context) => new Promoter(config, context, step, beside).run(),
  };
}

export const promoter = promoterWith({ step });

function partsOf(config: PromoterConfig): readonly PromoterConfig[] {
  const { resources, secondaries = [] } = config;
  if (resources.length + secondaries.length < 2) return [config];
  return [
    ...resources.map((each) => ({ resources: [each] })),
    ...secondaries.map((each) => ({ resources: [], secondaries: [each] })),
  ];
}

/** How long after drbdd can start services the preflight checks run. */
const CHECK_AFTER_MS = 5_000;
/** On exit, services are stopped even if systemd does not answer within this time. */
const PASS_MS = 10_000;

interface Managed {
  readonly config: ResourceConfig;
  readonly actor: Actor;
  readonly options: OptionsWatch;
}

/** On hold the services keep running, and the next drbdd finds them running. */
function stopsOnExit(
  { stopServicesOnExit }: Pick<ResourceConfig, "stopServicesOnExit">,
  { state }: { readonly state: { readonly isOnHold: boolean } },
): boolean {
  return stopServicesOnExit && !state.isOnHold;
}

class Promoter {
  readonly #context: PluginContext;
  readonly #managed: readonly Managed[];
  readonly #secondaries: readonly SecondaryActor[];
  readonly #report: Report;
  readonly #dropIns: DropInFiles;
  readonly #upkeep: DropInUpkeep;

  constructor(
    config: PromoterConfig,
    given: PluginContext,
    stateMachine: StateMachine,
    beside: SecondaryStateMachine,
  ) {
    const { clock } = given.effects;
    const context = { ...given, log: notingLogger(given.log, given.journal, () => clock.wallMs()) };
    this.#context = context;
    // What it reports it notes itself.
    this.#report = new Report(given);
    this.#dropIns = DropInFiles.of(context.effects);
    this.#upkeep = new DropInUpkeep(context);
    this.#managed = config.resources.map((each) => {
      const services = makeServices(context, this.#dropIns, each, () => actor.state);
      const followed = ActiveResources.of(context.effects).follow(each.name, stateMachine);
      const actor: Actor = new Actor(context, each, services, this.#report, followed, askDrbdStatus);
      const options = new OptionsWatch(
        context,
        each,
        this.#report,
        {
          isActive: () => actor.isActive,
          onLearnt: (protection, askedMs) => actor.setProtection(protection, askedMs),
          onFindings: (findings) => this.#logFindings(findings),
        },
      );
      return { config: each, actor, options };
    });
    this.#secondaries = (config.secondaries ?? []).map((each) => new SecondaryActor(given, each, beside));
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    const firstTry = this.#upkeep.try({ isWhole: false });
    this.#context.prepare(firstTry);
    const dropIns = this.#upkeep.keepTrying(firstTry, (what) => this.#dropInsWait(what))
      .then(() => void this.#checkLater());
    this.#context.onReload(() => void this.#check());
    try {
      // Even without resources the plugin runs until its signal aborts.
      await Promise.all([
        aborted(signal),
        ...this.#managed.map((managed) => this.#manage(managed, dropIns)),
        ...this.#secondaries.map((actor) => actor.run(dropIns)),
      ]);
    } finally {
      await this.#end(signal.reason);
    }
  }

  #dropInsWait(what: string | undefined): void {
    for (const { config } of this.#managed) {
      if (isSystemd(config)) this.#report.health.waits(config.name, "drop-ins", what);
    }
  }

  /** For a name that DRBD does not have: one of those that it has, and nobody here manages. */
  #meant(name: string): string | undefined {
    const known = Array.from(this.#context.cluster(), (resource) => resource.name);
    const managed = this.#managed.map(({ config }) => config.name);
    return known.includes(name)
      ? undefined
      : likeliest(name, known.filter((each) => !managed.includes(each)));
  }

  async #manage({ config, actor, options }: Managed, dropIns: Promise<void>): Promise<void> {
    const { effects, log, signal } = this.#context;
    const adjusting = config.adjustResourceOnStart
      ? adjust(effects, log, config.name, signal, {
        mayStart: () => this.#mayStart,
        onWait: (what) => this.#report.health.waits(config.name, "adjust", what),
        onFailed: (why) => {
          const isUp = this.#context.resource(config.name) !== undefined;
          this.#report.health.waits(config.name, "resource", isUp ? undefined : `DRBD: ${why}`);
        },
        meant: () => this.#meant(config.name),
      }).then(() => options.askSoon())
      : undefined;
    const holds = HoldWatch.of(effects, log).add(config.name, (hold) => actor.hold(hold), signal);
    const ready = Promise.all([config.runner === "systemd" ? dropIns : undefined, adjusting, holds]);
    void ready.then(() => {
      if (!signal.aborted) actor.prepared();
    });
    ActiveResources.of(effects).add(config, signal);
    const neighbours = watchNeighbours(
      this.#context,
      config,
      (neighbours) => actor.handle({ kind: "neighbours", neighbours }),
    );
    await actor.follow((news) => {
      if (news === "new") this.#report.health.waits(config.name, "resource", undefined);
      if (news === "new") options.look();
      else if (news === "startConditions") options.ask();
      else options.changed();
    });
    await neighbours;
  }

  /** What all starts rest on is there: the state of DRBD, and the drop-ins. */
  get #mayStart(): boolean {
    return this.#dropIns.areLoaded && !this.#context.stale();
  }

  /** All resources at once: none waits for the services of another one, nor whoever comes next for systemd to read drop-ins. */
  async #end(reason: unknown): Promise<void> {
    const isExit = reason === "exit";
    for (const { actor } of this.#managed) actor.rest();
    for (const actor of this.#secondaries) actor.rest();
    const pass = isExit ? this.#releaseForShutdown() : Promise.resolve();
    await Promise.all([
      ...this.#secondaries.map((actor) =>
        actor.end({ isExit, stopServices: isExit && stopsOnExit(actor.config, actor) })
      ),
      ...this.#managed.map(async ({ config, actor }) => {
        const stopServices = isExit && stopsOnExit(config, actor);
        if (stopServices && isSystemd(config)) await pass;
        await actor.end({ isExit, stopServices });
        this.#report.forget(config.name);
      }),
    ]);
    if (reason === "reload") void this.#upkeep.removeAfterEnd();
  }

  /** What is looked at without being asked for, after a reload: when what the reload changed is through. */
  async #check(): Promise<void> {
    const { effects, signal } = this.#context;
    for (const { actor, options } of this.#managed) {
      actor.handle({ kind: "reloaded" });
      options.look();
    }
    this.#dropIns.reportedProblems = "";
    this.#dropIns.loggedFailure.reset();
    await effects.clock.sleep(CHECK_AFTER_MS, signal);
    if (signal.aborted) return;
    void this.#upkeep.removeLater(await this.#upkeep.try({ isWhole: true }));
    await this.#checkUnits();
  }

  /** Of all promoters, by the first of them. */
  async #checkUnits(): Promise<void> {
    const { effects, log } = this.#context;
    const configs = systemdResources(this.#context);
    const secondaries = secondariesOf(this.#context);
    const [first, own] = configs.length > 0
      ? [configs[0], this.#managed] as const
      : [secondaries[0], this.#secondaries] as const;
    if (!own.some(({ config }) => config.name === first?.name)) return;
    try {
      this.#logFindings(await checkUnits(effects, configs));
      this.#logFindings(await checkSecondaryUnits(effects, secondaries));
      for (const config of configs) this.#logFindings(await checkFreezing(effects, config));
    } catch (error) {
      log.warn("Cannot check the units of the start lists: {error}", { error: describe(error) });
    }
  }

  #logFindings(findings: readonly Finding[]): void {
    for (const { resource, problem, remedy } of findings) {
      this.#context.log.warn("{resource}: {problem}; fix it with: {remedy}", { resource, problem, remedy });
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
  async #releaseForShutdown(): Promise<void> {
    const { effects, log } = this.#context;
    const stopping = this.#managed.filter(({ config, actor }) =>
      isSystemd(config) && stopsOnExit(config, actor)
    ).map(({ config }) => config);
    if (stopping.length === 0) return;
    const passed = new AbortController();
    const pass = async () => {
      try {
        await this.#dropIns.releaseForShutdown(stopping.map(({ name }) => targetOf(name)));
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
