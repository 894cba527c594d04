/** Runs the daemon with its configuration: loads, reloads and watches it. */
import { type Diagnostic, formatDiagnostic } from "../config/toml/diagnostic.ts";
import { type DaemonConfig, loadConfig, type LoadedConfig, type Sources } from "../config/load.ts";
import type { PluginSchema } from "../config/schema/plugin_schema.ts";
import { renderConfig } from "../config/render.ts";
import { Daemon, type Settings } from "../daemon/daemon.ts";
import type { ReadingResult } from "../daemon/status/config_status.ts";
import { describe } from "../effects/describe.ts";
import type { Effects } from "../effects/effects.ts";
import type { Locks } from "../effects/locks.ts";
import { type Logger, loggerOf, type LogStream, startLogging } from "../logging/logging.ts";
import type { Needs, Permissions } from "../effects/permissions.ts";
import type { Plugin, PluginEntry } from "../daemon/plugins/plugin.ts";
import type { Instance } from "../daemon/plugins/supervisor.ts";
import { VERSION } from "../version.ts";
import { managedResources, reportReload } from "./managed_resources.ts";
import { keptFor, keptInWords, needsOf } from "./needs.ts";
import { pluginCounts } from "./plugin_counts.ts";
import { RELOAD_HAS_ERRORS, RELOAD_NEEDS_RESTART, RELOADED } from "./outcome.ts";
import type { Problems } from "../daemon/plugins/problems.ts";
import { type Registry, registryOf } from "./registry.ts";
import { MonitorPart, type OpenThreads } from "./monitor_part.ts";
import { ReloadRecord } from "./reload_record.ts";
import { forgetStarts } from "./start_times.ts";
import { SnippetWatch } from "./snippet_watch.ts";

/** The known plugins. */
export interface KnownPlugins {
  readonly schemas: readonly PluginSchema[];
  readonly plugins: readonly PluginEntry[];
}

/** Exit codes of the daemon. */
export const EXIT_OK = 0;
export const EXIT_FAILURE = 1;
export const EXIT_USAGE = 2;

/** Signals sent together arrive in any order: a SIGHUP sent right before SIGTERM arrives within this time. */
const SIGNALS_MS = 20;
/** How long a shutdown waits for a running reload. A hung file system must not prevent it. */
const END_LIMIT_MS = 100;

export class App {
  readonly #log: Logger = loggerOf();
  readonly #watch: SnippetWatch;
  readonly #record: ReloadRecord;
  readonly #registry: Registry;
  readonly #monitor: MonitorPart;
  #problems: Problems | undefined;
  #daemon: Daemon | undefined;
  #config: DaemonConfig | undefined;
  /** The plugins of the first configuration. */
  #loading: Promise<void> | undefined;
  /** The first configuration is in use: files that changed while it was read are read again from then on. */
  readonly #begun = Promise.withResolvers<Daemon>();
  /** Running and waiting reloads, one after the other. */
  #reloading: Promise<void> = Promise.resolve();
  /** Permissions that the first configuration needs and the program lacks, so that a reload does not report them again. */
  #beyond: readonly string[] = [];

  constructor(
    readonly effects: Effects,
    /** Not part of the effects: plugins must not change permissions. */
    readonly permissions: Permissions,
    /** Not part of the effects either: plugins must not open sockets here. */
    locks: Locks,
    readonly configPath: string,
    readonly known: KnownPlugins,
    readonly stderr: LogStream,
    openThreads: OpenThreads,
  ) {
    this.#monitor = new MonitorPart(effects, permissions, known.plugins, openThreads, this.#log);
    this.#watch = new SnippetWatch(effects, this.#log);
    this.#record = new ReloadRecord(effects, this.#log);
    this.#registry = registryOf(effects, locks);
  }

  /** Runs until `stop` aborts. Returns the exit code. */
  async run(stop: AbortSignal): Promise<number> {
    await startLogging([{ level: "info" }], this.stderr);
    const beganMs = this.effects.clock.wallMs();
    const { config, diagnostics, sources } = await this.#load();
    if (config === undefined) {
      this.#refuse(diagnostics);
      await forgetStarts(this.effects);
      return EXIT_USAGE;
    }
    // Before any code of a plugin is loaded.
    const kept = await this.permissions.keepOnly(keptFor(config, this.configPath, this.known.plugins));
    this.#beyond = await this.permissions.missing(this.#needsOf(config));
    const conflict = await this.#claim(config);
    if (conflict !== undefined) {
      this.#log.error("Not started: {conflict}", { conflict });
      return EXIT_FAILURE;
    }
    await this.#adopt(config, sources, diagnostics);
    if (kept === undefined) this.#log.debug("Running without a sandbox: all permissions are granted");
    else this.#log.info("Sandbox permissions kept: {kept}", { kept: keptInWords(kept) });
    for (const what of this.#beyond) {
      this.#log.error(
        "The configuration needs permissions that drbdd does not have ({what}): see docs/security.md",
        {
          what,
        },
      );
    }
    const daemon = new Daemon(this.effects, { ...this.#daemonSettingsOf(config), instances: [] }, this.#log);
    this.#daemon = daemon;
    this.#record.show(daemon.metrics);
    this.#record.note(beganMs, "loaded");
    this.#problems = daemon.problems.of(stop);
    this.#log.info("drbdd {version} runs on node {node}, plugins: {plugins}", {
      version: VERSION,
      node: this.effects.nodeName(),
      plugins: pluginCounts(config.plugins) || "none",
    });
    try {
      const running = daemon.run(this.#afterReload(stop));
      // drbdsetup starts meanwhile.
      this.#loading = this.#apply(config, daemon);
      daemon.prepare(this.#loading);
      daemon.holdUntil(this.#loading);
      this.#begun.resolve(daemon);
      await Promise.all([running, this.#loading]);
      await this.#monitor.stop();
      await forgetStarts(this.effects);
      this.#log.info("drbdd has stopped");
      return EXIT_OK;
    } catch (error) {
      this.#log.error("drbdd failed: {error}", { error });
      return EXIT_FAILURE;
    } finally {
      this.#watch.stop();
      await this.#registry.leave();
    }
  }

  /** Reloads the configuration and reopens log files. A configuration with errors is not applied. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  /**
   * Aborts after `stop`, once a reload requested before it is done: the sender of SIGHUP may not have waited for it, and
   * the shutdown must follow the new configuration.
   */
  #afterReload(stop: AbortSignal): AbortSignal {
    const end = new AbortController();
    const asked = async () => {
      const { clock } = this.effects;
      await clock.sleep(SIGNALS_MS);
      const made = new AbortController();
      const reloads = this.#reloading.finally(() => made.abort());
      await Promise.race([reloads, clock.sleep(END_LIMIT_MS, made.signal)]);
      end.abort();
    };
    if (stop.aborted) void asked();
    else stop.addEventListener("abort", () => void asked(), { once: true });
    return end.signal;
  }

  async #reload(): Promise<void> {
    const daemon = await this.#begun.promise;
    await daemon.whileReloading(async () => {
      await this.#loading;
      const beganMs = this.effects.clock.wallMs();
      const { config, diagnostics, sources } = await this.#load();
      if (config === undefined) {
        if (this.#config !== undefined) await this.#openLogs(this.#config);
        for (const diagnostic of diagnostics) {
          this.#log.error("{text}", { text: formatDiagnostic(diagnostic) });
        }
        this.#log.error(RELOAD_HAS_ERRORS);
        const errors = diagnostics.filter(({ severity }) => severity === "error");
        this.#note(beganMs, "errors", errors.map(formatDiagnostic));
        return;
      }
      const missing = (await this.permissions.missing(this.#needsOf(config)))
        .filter((what) => !this.#beyond.includes(what));
      if (missing.length > 0) {
        if (this.#config !== undefined) await this.#openLogs(this.#config);
        this.#log.error(RELOAD_NEEDS_RESTART, { missing: missing.join(", ") });
        this.#note(beganMs, "needsRestart", missing);
        return;
      }
      const conflict = await this.#claim(config);
      if (conflict !== undefined) {
        if (this.#config !== undefined) await this.#openLogs(this.#config);
        this.#log.error("Cannot manage the configured resources: {conflict}", { conflict });
        this.#log.error(RELOAD_HAS_ERRORS);
        this.#note(beganMs, "errors", [conflict]);
        return;
      }
      const before = managedResources(this.#config, this.known.plugins);
      await this.#adopt(config, sources, diagnostics);
      await this.#apply(config, daemon);
      const audience = { decisions: daemon.journal, logOf: loggerOf, clock: this.effects.clock };
      reportReload(before, managedResources(config, this.known.plugins), audience);
      this.#note(beganMs, "loaded");
      this.#log.info(RELOADED);
    });
  }

  #note(beganMs: number, result: ReadingResult, errors: readonly string[] = []): void {
    this.#record.note(beganMs, result, errors);
    this.#problems?.set("configuration", this.#record.problem);
  }

  /** Logs the configuration in use, the state and the counters. */
  logState(): void {
    if (this.#config === undefined || this.#daemon === undefined) return;
    this.#log.info("Configuration in use:\n{text}", { text: renderConfig(this.#config) });
    const plugins = [...new Set(this.#config.plugins.map(({ plugin }) => plugin))];
    this.#log.info("State: {text}", { text: this.#daemon.summary(plugins) });
  }

  #needsOf(config: DaemonConfig): Needs {
    return needsOf(config, this.configPath, this.known.plugins);
  }

  /** Returns why this daemon must not run with `config`; undefined if it may, or if that cannot be determined. */
  async #claim(config: DaemonConfig): Promise<string | undefined> {
    const resources = [...managedResources(config, this.known.plugins).keys()];
    try {
      const path = await this.effects.files.realPath(this.configPath);
      return await this.#registry.claim({ config: path, resources });
    } catch (error) {
      this.#log.warn("Cannot check whether another drbdd on this node manages the same resources: {error}", {
        error: describe(error),
      });
      return undefined;
    }
  }

  #load(): Promise<LoadedConfig> {
    const implemented = new Set(this.known.plugins.map((plugin) => plugin.name));
    return loadConfig(this.configPath, this.effects.files, { schemas: this.known.schemas, implemented });
  }

  /** Puts `config` into use for logs and files. */
  async #adopt(config: DaemonConfig, sources: Sources, warnings: readonly Diagnostic[]): Promise<void> {
    this.#config = config;
    this.#record.held(renderConfig(config));
    await this.#openLogs(config);
    for (const warning of warnings) this.#log.warn("{text}", { text: formatDiagnostic(warning) });
    this.#watch.start(sources, config.snippetsMonitoringIntervalS * 1000);
  }

  async #openLogs(config: DaemonConfig): Promise<void> {
    for (const { file, error } of await startLogging(config.log, this.stderr)) {
      this.#log.error("Cannot log to {file}, logging to standard error instead: {error}", {
        file,
        error,
      });
    }
  }

  /** Prints one line per diagnostic, with its place, errors first. */
  #refuse(diagnostics: readonly Diagnostic[]): void {
    for (const severity of ["error", "warning"] as const) {
      const label = severity === "error" ? "" : "warning: ";
      for (const diagnostic of diagnostics.filter((each) => each.severity === severity)) {
        this.stderr.write(`${this.#prefix(severity)}${label}${formatDiagnostic(diagnostic)}\n`);
      }
    }
    const count = diagnostics.filter(({ severity }) => severity === "error").length;
    const errors = count === 1 ? "1 error" : `${count} errors`;
    this.stderr.write(`${this.#prefix("error")}drbdd: not started: the configuration has ${errors}\n`);
  }

  /** The prefix of log lines. */
  #prefix(severity: Diagnostic["severity"]): string {
    if (this.stderr.form === "plain") return "";
    return severity === "error" ? "<3>" : "<4>";
  }

  /** Runs the plugins of `config` in both threads. */
  async #apply(config: DaemonConfig, daemon: Daemon): Promise<void> {
    const instances: Instance[] = [];
    for (const { plugin, config: own } of config.plugins) {
      if (!this.#monitor.has(plugin)) instances.push({ plugin: await this.#pluginOf(plugin), config: own });
    }
    const shown = this.#monitor.reload(config, daemon);
    await daemon.reload({ ...this.#daemonSettingsOf(config), instances });
    await shown;
  }

  #daemonSettingsOf(config: DaemonConfig): Omit<Settings, "instances"> {
    return { statisticsPollIntervalMs: config.statisticsPollIntervalS * 1000 };
  }

  #pluginOf(name: string): Promise<Plugin<unknown>> {
    const entry = this.known.plugins.find((entry) => entry.name === name);
    if (entry === undefined) {
      throw new Error(`The configuration has the plugin "${name}", which does not exist`);
    }
    return entry.load();
  }
}
