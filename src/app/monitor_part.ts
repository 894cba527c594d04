/** The monitor thread of a daemon: which plugins of the configuration run in it, and what it gets. Without any there is none. */
import type { DaemonConfig } from "../config/load.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { PluginEntry } from "../daemon/plugins/plugin.ts";
import { runtimePath } from "../daemon/status/config_status.ts";
import type { Effects } from "../effects/effects.ts";
import { type Needs, type Permissions, together } from "../effects/permissions.ts";
import { type Logger, lowestLevel } from "../logging/logging.ts";
import { MonitorHost } from "../monitor/host.ts";
import type { MonitorThreads } from "../monitor/thread.ts";
import type { MonitorSettings } from "../monitor/protocol.ts";
import { shownOf } from "./shown.ts";

/** Makes what starts threads. `rightsFor` says what one with these settings needs. Loaded when there is something to show. */
export type OpenThreads = (rightsFor: (settings: MonitorSettings) => Needs) => Promise<MonitorThreads>;

/** The folder of the thread, for sockets of its own. */
const SOCKET_FOLDER = "monitor";

export class MonitorPart {
  readonly #socketFolder: string | undefined;
  #host: MonitorHost | undefined;

  constructor(
    readonly effects: Effects,
    readonly permissions: Permissions,
    readonly plugins: readonly PluginEntry[],
    readonly openThreads: OpenThreads,
    readonly log: Logger,
  ) {
    this.#socketFolder = runtimePath(effects, SOCKET_FOLDER);
  }

  /** Whether a plugin runs there. */
  has(plugin: string): boolean {
    return this.#entryOf(plugin)?.thread === "monitor";
  }

  /** Has the thread run what `config` says. From the first time on nobody else has the network. */
  async reload(config: DaemonConfig, daemon: Daemon): Promise<void> {
    const instances = config.plugins.filter(({ plugin }) => this.has(plugin));
    if (instances.length > 0) this.#host ??= await this.#open(daemon);
    await this.#host?.reload({
      instances: instances.map(({ plugin, config }) => ({ plugin, config })),
      logLevel: lowestLevel(config.log),
    });
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    await this.#host?.stop();
  }

  async #open(daemon: Daemon): Promise<MonitorHost> {
    const { effects } = this;
    if (this.#socketFolder !== undefined) await effects.files.makeDirectory(this.#socketFolder);
    const threads = await this.openThreads((settings) => this.#rightsFor(settings));
    if (await this.permissions.passOnNetwork()) {
      this.log.info("Only the monitor thread may use the network from here on");
    }
    const surroundings = { node: effects.nodeName(), pid: effects.pid, socketFolder: this.#socketFolder };
    const host = new MonitorHost(effects.clock, this.log, threads, shownOf(daemon, surroundings));
    daemon.tap = host;
    return host;
  }

  #rightsFor({ instances }: MonitorSettings): Needs {
    const folder = [this.#socketFolder ?? this.effects.environment("TMPDIR") ?? "/tmp"];
    return together([
      { read: folder, write: folder },
      ...instances.map(({ plugin, config }) => this.#entryOf(plugin)?.needs?.(config) ?? {}),
    ]);
  }

  #entryOf(plugin: string): PluginEntry | undefined {
    return this.plugins.find(({ name }) => name === plugin);
  }
}
