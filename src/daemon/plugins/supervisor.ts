/**
 * Keeps plugins running independently: one that fails is restarted without effect on the others. A new configuration
 * keeps the instances whose configuration is the same.
 */
import { BackOff } from "../../effects/waiting/back_off.ts";
import { describe } from "../../effects/describe.ts";
import type { Clock } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import type { Plugin, PluginContext, StopReason } from "./plugin.ts";

/** A plugin to be run with a configuration. Several instances of one plugin may run. */
export interface Instance {
  readonly plugin: Plugin<unknown>;
  readonly config: unknown;
}

/** What the supervisor needs for each run of an instance. The context ends with `signal`. */
export type MakeContext = (instance: Instance, signal: AbortSignal) => PluginContext;

const BACK_OFF = { firstMs: 1_000, longestMs: 60_000 };
const LONG_LIFE_MS = 300_000;
const DEFAULT_STOP_TIMEOUT_MS = 5_000;
/** How long one that says nothing else may take when drbdd ends: the system closes what it leaves open. */
const DEFAULT_EXIT_TIMEOUT_MS = 100;

interface Running {
  readonly instance: Instance;
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

export class Supervisor {
  #running: Running[] = [];
  /** Instances that are ending while their successors run. */
  readonly #ending = new Set<Promise<void>>();
  readonly #restarts = new Map<string, number>();
  #isOver = false;

  constructor(readonly clock: Clock, readonly log: Logger, readonly makeContext: MakeContext) {}

  /** How often each plugin that ever ran was started again after a failure, by name. */
  get restarts(): ReadonlyMap<string, number> {
    return this.#restarts;
  }

  get instances(): readonly Instance[] {
    return this.#running.map((running) => running.instance);
  }

  /** Whether `stop` would stop services. While `apply` stops those that went, they count. */
  get stopsServices(): boolean {
    return this.instances.some(stopsServices);
  }

  /**
   * Makes `instances` the ones that run. Of each plugin those that went are stopped, then those that came are started;
   * no plugin waits for another one. Ends when those that went have stopped; one that `overlaps` is not waited for.
   * `whileOld` is called for each plugin in between, when of its instances only those that stay run, or are still
   * stopping.
   */
  async apply(
    instances: readonly Instance[],
    whileOld: (plugin: Plugin<unknown>) => void = () => {},
  ): Promise<void> {
    const old = this.#running;
    const pairs = old.length === 0 ? new Map<Instance, Running>() : await pairsOf(instances, old);
    const stay = new Set(pairs.values());
    const gone = old.filter((running) => !stay.has(running));
    const come = instances.filter((instance) => !pairs.has(instance));
    await Promise.all(
      pluginsOf([...instances, ...this.instances]).map((plugin) =>
        this.#change(
          plugin,
          gone.filter(({ instance }) => instance.plugin === plugin),
          come.filter((instance) => instance.plugin === plugin),
          whileOld,
        )
      ),
    );
    // In the order of `instances`, without those that were ended in the meantime.
    const byInstance = new Map(this.#running.map((running) => [running.instance, running]));
    const nowRunning = new Set(this.#running);
    this.#running = instances.flatMap((instance) => {
      const running = pairs.get(instance) ?? byInstance.get(instance);
      return running !== undefined && nowRunning.has(running) ? [running] : [];
    });
  }

  /** Stops all, those first that stop services, while the others still show how that goes: drbdd ends. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const ending = [...this.#ending];
    const running = this.#running;
    await this.#stop(running.filter(({ instance }) => stopsServices(instance)), "exit");
    await this.#stop(running.filter(({ instance }) => !stopsServices(instance)), "exit");
    await Promise.all(ending);
    this.#running = [];
  }

  /** Stops and starts instances of one plugin. */
  async #change(
    plugin: Plugin<unknown>,
    gone: readonly Running[],
    come: readonly Instance[],
    whileOld: (plugin: Plugin<unknown>) => void,
  ): Promise<void> {
    const stopped = this.#stop(gone, "reload");
    if (plugin.overlaps === true) {
      const over = stopped.finally(() => this.#ending.delete(over));
      this.#ending.add(over);
    } else if (gone.length > 0) await stopped;
    this.#running = this.#running.filter((running) => !gone.includes(running));
    whileOld(plugin);
    if (this.#isOver) return;
    for (const instance of come) this.#running = [...this.#running, this.#start(instance)];
  }

  #start(instance: Instance): Running {
    const abort = new AbortController();
    const { name } = instance.plugin;
    this.#restarts.set(name, this.#restarts.get(name) ?? 0);
    return { instance, abort, over: this.#keepRunning(instance, abort.signal) };
  }

  async #keepRunning(instance: Instance, signal: AbortSignal): Promise<void> {
    const plugin = instance.plugin.name;
    const backOff = new BackOff(BACK_OFF);
    while (!signal.aborted) {
      const startedMs = this.clock.nowMs();
      const failure = await this.#runOnce(instance, signal);
      if (signal.aborted) {
        if (failure !== undefined) {
          this.log.error("Plugin {plugin} failed while it stopped: {failure}", { plugin, failure });
        }
        return;
      }
      if (this.clock.nowMs() - startedMs >= LONG_LIFE_MS) backOff.reset();
      const delayMs = backOff.next();
      const fields = {
        plugin,
        failure: failure ?? "it ended unexpectedly",
        seconds: delayMs / 1000,
      };
      this.log.error("Plugin {plugin} failed; restarting it in {seconds} s: {failure}", fields);
      this.#restarts.set(plugin, (this.#restarts.get(plugin) ?? 0) + 1);
      await this.clock.sleep(delayMs, signal);
    }
  }

  /** Returns why the run failed; undefined if it just ended. Everything it left open is closed with its own signal. */
  async #runOnce(instance: Instance, signal: AbortSignal): Promise<string | undefined> {
    const run = new AbortController();
    const forward = () => run.abort(signal.reason);
    signal.addEventListener("abort", forward);
    try {
      await instance.plugin.run(instance.config, this.makeContext(instance, run.signal));
      return undefined;
    } catch (error) {
      this.log.debug("Where plugin {plugin} failed: {stack}", {
        plugin: instance.plugin.name,
        stack: error instanceof Error ? error.stack ?? "" : "",
      });
      return describe(error);
    } finally {
      signal.removeEventListener("abort", forward);
      run.abort("failure" satisfies StopReason);
    }
  }

  /** All at once: none waits for what another one has to end. */
  async #stop(running: readonly Running[], reason: StopReason): Promise<void> {
    await Promise.all(running.map((each) => this.#stopOne(each, reason)));
  }

  async #stopOne({ instance, abort, over }: Running, reason: StopReason): Promise<void> {
    const { name } = instance.plugin;
    const stopTimeoutMs = timeoutOf(instance, reason);
    const given = new AbortController();
    abort.abort(reason);
    const late = this.clock.sleep(stopTimeoutMs, given.signal).then(() => !given.signal.aborted);
    const isLate = await Promise.race([over.then(() => false), late]);
    given.abort();
    if (!isLate) return;
    this.log.error("Plugin {plugin} did not stop within {seconds} s and was abandoned", {
      plugin: name,
      seconds: stopTimeoutMs / 1000,
    });
  }
}

/** With each part of a configuration as a separate instance. */
export function partsOf(instances: readonly Instance[]): Instance[] {
  return instances.flatMap(({ plugin, config }) =>
    (plugin.parts?.(config) ?? [config]).map((part) => ({ plugin, config: part }))
  );
}

function stopsServices({ plugin, config }: Instance): boolean {
  return plugin.stopsServices?.(config) ?? false;
}

function timeoutOf(instance: Instance, reason: StopReason): number {
  const { stopTimeoutMs = DEFAULT_STOP_TIMEOUT_MS, exitTimeoutMs = DEFAULT_EXIT_TIMEOUT_MS } =
    instance.plugin;
  return reason === "exit" && !stopsServices(instance) ? exitTimeoutMs : stopTimeoutMs;
}

/** Each once, in the order of their first instances. */
export function pluginsOf(instances: readonly Instance[]): Plugin<unknown>[] {
  return [...new Set(instances.map(({ plugin }) => plugin))];
}

/**
 * Of those instances that run with the same configuration, the one that runs. Only those are compared whose configurations
 * are the same text: with a thousand instances, a comparison of each with each would take seconds.
 */
async function pairsOf(instances: readonly Instance[], running: readonly Running[]) {
  // Loaded when there is something to compare, as Node's modules take a part of the daemon's start.
  const { isDeepStrictEqual } = await import("node:util");
  const byText = Map.groupBy(running, ({ instance }) => textOf(instance));
  const pairs = new Map<Instance, Running>();
  for (const instance of instances) {
    const same = byText.get(textOf(instance))?.find(({ instance: { plugin, config } }) =>
      plugin === instance.plugin && isDeepStrictEqual(config, instance.config)
    );
    if (same !== undefined) pairs.set(instance, same);
  }
  return pairs;
}

/** The same for instances that are the same; hardly ever for others. */
function textOf({ plugin, config }: Instance): string {
  return `${plugin.name} ${JSON.stringify(config, (_key, value: unknown) => withSortedKeys(value))}`;
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
