/** The monitor thread of a daemon and its plugins. It is started only if one of its plugins is configured. */
import type { DaemonConfig } from "../config/load.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { PluginEntry } from "../daemon/plugins/plugin.ts";
import { runtimePath } from "../daemon/status/config_status.ts";
import { describe } from "../effects/describe.ts";
import type { Effects } from "../effects/effects.ts";
import { temporaryFolder } from "../effects/own_folders.ts";
import { type Needs, type Permissions, together } from "../effects/permissions.ts";
import { type Logger, lowestLevel } from "../logging/logging.ts";
import { MonitorHost } from "../monitor/host.ts";
import type { MonitorThreads } from "../monitor/thread.ts";
import type { MonitorSettings } from "../monitor/protocol.ts";
import { shownOf } from "./shown.ts";

/** Creates the starter of threads. `rightsFor` returns the permissions for settings. Loaded on demand. */
export type OpenThreads = (rightsFor: (settings: MonitorSettings) => Needs) => Promise<MonitorThreads>;

/**
 * Delay from READY until the first thread is started: that takes some 50 ms of the deciding thread, which are needed for the
 * first services.
 */
const AFTER_READY_MS = 100;

/** The directory for the thread's sockets. */
const SOCKET_FOLDER = "monitor";

export class MonitorPart {
  readonly #socketFolder: string | undefined;
  #host: MonitorHost | undefined;
  /** What is configured now. */
  #settings: MonitorSettings = { instances: [], logLevel: "info" };
  /** The first thread is about to be opened. */
  #opening: Promise<void> | undefined;
  #isStopping = false;

  constructor(
    readonly effects: Effects,
    readonly permissions: Permissions,
    readonly plugins: readonly PluginEntry[],
    readonly openThreads: OpenThreads,
    readonly log: Logger,
  ) {
    this.#socketFolder = runtimePath(effects, SOCKET_FOLDER);
  }

  /** Whether a plugin runs in the monitor thread. */
  has(plugin: string): boolean {
    return this.#entryOf(plugin)?.thread === "monitor";
  }

  /**
   * Runs the plugins of `config` in the thread. Once it is started, only this thread has network access. Before the daemon is
   * ready there is no thread, and this returns at once.
   */
  async reload(config: DaemonConfig, daemon: Daemon): Promise<void> {
    const instances = config.plugins.filter(({ plugin }) => this.has(plugin));
    this.#settings = {
      instances: instances.map(({ plugin, config }) => ({ plugin, config })),
      logLevel: lowestLevel(config.log),
    };
    if (this.#host !== undefined) return await this.#host.reload(this.#settings);
    if (instances.length > 0) this.#opening ??= this.#openWhenReady(daemon);
    if (daemon.readiness.isReady) await this.#opening;
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#host?.stop();
  }

  /** Never rejects. */
  async #openWhenReady(daemon: Daemon): Promise<void> {
    await daemon.readiness.reached;
    await this.effects.clock.sleep(AFTER_READY_MS);
    try {
      // Meanwhile a reload may have taken its plugins away.
      if (!this.#isStopping && this.#settings.instances.length > 0) await this.#open(daemon);
    } catch (error) {
      this.log.error(
        "Cannot start the monitor thread; trying again at the next reload, services are not affected: {error}",
        {
          error: describe(error),
        },
      );
    }
    this.#opening = undefined;
  }

  async #open(daemon: Daemon): Promise<void> {
    const { effects } = this;
    if (this.#socketFolder !== undefined) await effects.files.makeDirectory(this.#socketFolder);
    const threads = await this.openThreads((settings) => this.#rightsFor(settings));
    if (await this.permissions.passOnNetwork()) {
      this.log.info("From now on only the monitor thread has network access");
    }
    const nodeEnvironment = { node: effects.nodeName(), pid: effects.pid, socketFolder: this.#socketFolder };
    const host = new MonitorHost(effects.clock, this.log, threads, shownOf(daemon, nodeEnvironment));
    daemon.tap = host;
    this.#host = host;
    if (this.#isStopping) await host.stop();
    await host.reload(this.#settings);
  }

  #rightsFor({ instances }: MonitorSettings): Needs {
    const folder = [this.#socketFolder ?? temporaryFolder((name) => this.effects.environment(name))];
    return together([
      { read: folder, write: folder },
      ...instances.map(({ plugin, config }) => this.#entryOf(plugin)?.needs?.(config) ?? {}),
    ]);
  }

  #entryOf(plugin: string): PluginEntry | undefined {
    return this.plugins.find(({ name }) => name === plugin);
  }
}
