/**
 * The promoter: makes services highly available. Where DRBD lets a resource be Primary, it starts what the
 * configuration names; where DRBD takes that back, it stops it. DRBD's quorum or fencing arbitrates between the nodes.
 */
import { describe } from "../../src/runtime/describe.ts";
import type { Plugin, PluginContext } from "../../src/runtime/plugin.ts";
import { Actor, type Mind } from "./actor.ts";
import type { PromoterConfig } from "./config.ts";
import { askDrbdOptions, avoidanceOf } from "./drbd_options.ts";
import { removeDropIn, writeDropIns } from "./drop_in_files.ts";
import { beforeFileOf, dropInsOf } from "./drop_ins.ts";
import { lookAtHost } from "./host.ts";
import { step } from "./mind.ts";
import { checkFreezing, checkOptions, checkPreferredNodes, checkUnits, type Finding } from "./preflight.ts";
import { adjust } from "./preparation.ts";
import { Report } from "./report.ts";
import type { ResourceConfig, SystemdResourceConfig } from "./resource_config.ts";
import type { Services } from "./services.ts";
import { ShellServices } from "./shell_services.ts";
import { Systemctl } from "./systemctl.ts";
import { SystemdServices } from "./systemd_services.ts";
import { UnitWatch } from "./unit_watch.ts";

/** The promoter with the mind that is given: a simulation may want to see what becomes of a bad one. */
export function promoterWith({ step }: { readonly step: Mind }): Plugin<PromoterConfig> {
  return {
    name: "promoter",
    // Stopping the services of a resource takes as long as they take; systemd has time-outs of its own for each.
    stopTimeoutMs: 15 * 60_000,
    run: (config, context) => new Promoter(config, context, step).run(),
  };
}

export const promoter = promoterWith({ step });

/** A failed preparation is tried again after this; a failed look at DRBD's options, too. */
const TRY_AGAIN_MS = 5_000;

interface Managed {
  readonly config: ResourceConfig;
  readonly actor: Actor;
}

class Promoter {
  readonly #context: PluginContext;
  readonly #managed: readonly Managed[];
  readonly #report: Report;
  /** What was said of DRBD's options of each resource, so that it is said again only if it is news. */
  readonly #said = new Map<string, string>();

  constructor(config: PromoterConfig, context: PluginContext, mind: Mind) {
    this.#context = context;
    this.#report = new Report(context);
    const watch = new UnitWatch(context.effects, context.log);
    this.#managed = config.resources.map((each) => ({
      config: each,
      actor: new Actor(context, each, this.#servicesOf(each, watch), this.#report, mind),
    }));
  }

  async run(): Promise<void> {
    const { signal, log } = this.#context;
    const dropIns = this.#keepTryingDropIns();
    this.#context.prepare(dropIns);
    this.#context.onReload(() => void this.#check());
    try {
      await Promise.all(this.#managed.map((managed) => this.#manage(managed, dropIns)));
    } finally {
      const isExit = signal.reason === "exit";
      await this.#letShutdownPass(isExit);
      await Promise.all(
        this.#managed.map(({ config, actor }) => actor.end(isExit && config.stopServicesOnExit)),
      );
      for (const { config } of this.#managed) this.#report.forget(config.name);
      if (signal.reason === "reload") {
        await this.#writeDropIns().catch((error) => log.error("{error}", { error }));
      }
    }
  }

  async #manage({ config, actor }: Managed, dropIns: Promise<void>): Promise<void> {
    const { effects, log, signal } = this.#context;
    const ready = Promise.all([
      config.runner === "systemd" ? dropIns : undefined,
      config.adjustResourceOnStart ? adjust(effects, log, config.name, signal) : undefined,
    ]);
    void ready.then(() => {
      if (!signal.aborted) actor.prepared();
    });
    await actor.follow(() => void this.#learnOptions({ config, actor }));
  }

  #servicesOf(config: ResourceConfig, watch: UnitWatch): Services {
    const { effects, log } = this.#context;
    if (config.runner === "systemd") return new SystemdServices(effects, log, config, watch);
    return new ShellServices(
      effects,
      log,
      config,
      () => this.#context.cluster().get(config.name)?.role === "Primary",
    );
  }

  /** Asks for DRBD's options of a resource until they are known, or the resource is gone again. */
  async #learnOptions({ config, actor }: Managed): Promise<void> {
    const { effects, log, signal } = this.#context;
    const { name } = config;
    for (;;) {
      try {
        const options = await askDrbdOptions(effects, name);
        const avoidance = avoidanceOf(options);
        actor.knowAvoidance(avoidance);
        if (avoidance === "none") {
          log.error(
            "{name}: is left alone: neither quorum nor fencing keeps two nodes from being Primary at once",
            { name },
          );
        }
        const resource = this.#context.cluster().get(name);
        this.#tell([
          ...checkOptions(config, options),
          ...checkPreferredNodes(config, resource, effects.nodeName()),
        ]);
        return;
      } catch (error) {
        const text = describe(error);
        if (this.#said.get(name) !== text) {
          log.error("{name}: is left alone until it is known how DRBD avoids a split brain: {error}", {
            name,
            error,
          });
        }
        this.#said.set(name, text);
      }
      await effects.clock.sleep(TRY_AGAIN_MS, signal);
      if (signal.aborted || !this.#context.cluster().has(name)) return;
    }
  }

  /** Everything that is looked at without being asked for: at the start, and after a reload. */
  async #check(): Promise<void> {
    const { effects, log } = this.#context;
    for (const managed of this.#managed) {
      if (this.#context.cluster().has(managed.config.name)) void this.#learnOptions(managed);
    }
    try {
      const configs = this.#managed.map(({ config }) => config);
      this.#tell(await checkUnits(effects, configs.filter(isSystemd)));
      for (const config of configs) this.#tell(await checkFreezing(effects, config));
    } catch (error) {
      log.warn("Cannot check the units of the start lists: {error}", { error });
    }
  }

  #tell(findings: readonly Finding[]): void {
    for (const { resource, problem, remedy } of findings) {
      this.#context.log.warn("{resource}: {problem}; mend it by: {remedy}", { resource, problem, remedy });
    }
  }

  /** Nothing that systemd runs can be started without its drop-ins: what is in the way is said until it is gone. */
  async #keepTryingDropIns(): Promise<void> {
    const { effects, log, signal } = this.#context;
    while (!signal.aborted) {
      try {
        await this.#writeDropIns();
        await this.#check();
        return;
      } catch (error) {
        log.error("Cannot write the drop-ins for systemd, so nothing is started; trying again: {error}", {
          error,
        });
        await effects.clock.sleep(TRY_AGAIN_MS, signal);
      }
    }
  }

  /** Writes the drop-ins of all promoters, and removes those of resources that are in no configuration any more. */
  async #writeDropIns(): Promise<void> {
    const { effects, log } = this.#context;
    const configs = (this.#context.siblings() as readonly PromoterConfig[]).flatMap((each) => each.resources);
    const wanted = new Map<string, string>();
    if (configs.some(isSystemd)) {
      const { host, problems } = await lookAtHost(effects);
      for (const problem of problems) log.warn("{problem}", { problem });
      for (const config of configs.filter(isSystemd)) addAll(wanted, dropInsOf(config, host));
    }
    if (await writeDropIns(effects.files, wanted)) await new Systemctl(effects).must(["daemon-reload"]);
  }

  /**
   * At shutdown systemd stops drbdd before the services of its resources, because of a drop-in. If drbdd is to stop
   * them itself, it would wait for their stop job, and that job for the end of drbdd.
   */
  async #letShutdownPass(isExit: boolean): Promise<void> {
    const stopping = this.#managed.map(({ config }) => config).filter((config) =>
      isSystemd(config) && config.stopServicesOnExit
    );
    if (!isExit || stopping.length === 0) return;
    const { effects, log } = this.#context;
    try {
      for (const { name } of stopping) await removeDropIn(effects.files, beforeFileOf(name));
      await new Systemctl(effects).must(["daemon-reload"]);
    } catch (error) {
      log.warn("Cannot remove drop-ins before the services are stopped: {error}", { error });
    }
  }
}

function addAll(to: Map<string, string>, from: ReadonlyMap<string, string>): void {
  for (const [path, text] of from) to.set(path, text);
}

function isSystemd(config: ResourceConfig): config is SystemdResourceConfig {
  return config.runner === "systemd";
}
