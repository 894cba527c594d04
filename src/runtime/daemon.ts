/**
 * The daemon: reads what drbdsetup prints, keeps the picture, tells plugins. Too simple to hide a fault: what it
 * knows is in `Reader`, who is told in `Broadcast`, who runs in `Supervisor`, what systemd hears in `ServiceState`.
 */
import type { Cluster } from "../drbd/cluster.ts";
import { describeResource } from "../drbd/resource_text.ts";
import type { Step } from "../drbd/stream.ts";
import { aborted } from "./aborted.ts";
import { Broadcast } from "./broadcast.ts";
import { CatchUp } from "./catch_up.ts";
import type { Effects } from "./effects.ts";
import { Events2Source, type SourceListener } from "./events2_source.ts";
import { FreshDump } from "./fresh_dump.ts";
import { Facts } from "./facts.ts";
import { Intake } from "./intake.ts";
import { Journal } from "./journal.ts";
import { type Logger, loggerOf } from "./logging.ts";
import { Metrics } from "./metrics.ts";
import type { Plugin, PluginContext } from "./plugin.ts";
import { ProblemList } from "./problems.ts";
import { showProcess } from "./process_usage.ts";
import { RepeatedFailures } from "./repeated_failures.ts";
import { Readiness } from "./readiness.ts";
import { Reader } from "./reader.ts";
import { ServiceState } from "./service_state.ts";
import { Subscribers } from "./subscribers.ts";
import { type Instance, partsOf, pluginsOf, Supervisor } from "./supervisor.ts";

/** What of the configuration concerns the daemon itself. */
export interface Settings {
  readonly statisticsPollIntervalMs: number;
  readonly instances: readonly Instance[];
}

/** What drbdd waits for at its end besides services that have to stop: each at most so long. */
const END_WITHIN_MS = 100;
/** The packages' restart.sh looks for these words, and leaves the daemon alone where it finds them. */
const STOPS_SERVICES = "stopping drbdd stops services";

export class Daemon {
  readonly facts = new Facts();
  readonly metrics = new Metrics();
  readonly journal = new Journal();
  readonly problems = new ProblemList(() => this.#service.statusChanged(() => this.#statusInTurns()));
  readonly #log: Logger;
  readonly #service: ServiceState;
  readonly #reader: Reader;
  readonly #intake: Intake;
  readonly #broadcast: Broadcast;
  readonly #catchUp: CatchUp;
  readonly #supervisor: Supervisor;
  readonly #source: Events2Source;
  readonly #freshDump: FreshDump;
  readonly #failures: RepeatedFailures;
  readonly #readiness: Readiness;
  readonly #reloadListeners = new Set<{ readonly plugin: Plugin<unknown>; listener(): void }>();
  /** Until when nothing that drbdsetup prints is taken. */
  #held: Promise<unknown> | undefined;
  #isStopping = false;
  /** Why the picture is stale, for people. */
  #away = "waiting for the first dump of drbdsetup";
  /** Reloads wait for one another. */
  #reloads: Promise<void> = Promise.resolve();
  #settings: Settings;

  constructor(readonly effects: Effects, settings: Settings, log: Logger = loggerOf()) {
    this.#settings = { ...settings, instances: partsOf(settings.instances) };
    this.#log = log;
    this.#service = new ServiceState(effects.clock, effects.notifier);
    const subscribers = new Subscribers();
    this.#reader = new Reader(log, this.facts, subscribers);
    const broadcast = new Broadcast(effects.clock, this.#reader, subscribers, () => this.#intake.complete());
    this.#broadcast = broadcast;
    this.#intake = new Intake(effects.clock, this.#reader, {
      parts: (step) => broadcast.parts(step),
      taken: (step, wasLive) => this.#taken(step, wasLive),
    });
    this.#catchUp = new CatchUp(effects.clock, (most) => this.#intake.catchUp(most));
    this.#supervisor = new Supervisor(
      effects.clock,
      log,
      (instance, signal) => this.#contextOf(instance, signal),
    );
    this.#readiness = new Readiness(effects.clock, {
      ready: (isComplete) => this.#ready(isComplete),
      prepared: () => this.#service.setStatus(this.status()),
    });
    this.#failures = new RepeatedFailures(effects.clock);
    this.#source = new Events2Source(effects, log, settings.statisticsPollIntervalMs, this.#failures);
    this.#freshDump = new FreshDump(effects.clock, log, () => this.#source.restart());
  }

  /** Runs until `signal` aborts and everything has stopped. Rejects only if drbdd itself is at fault. */
  async run(signal: AbortSignal): Promise<void> {
    this.#service.starting();
    this.#startWatchdog();
    this.#readiness.start();
    void this.effects.ownProcess().then((own) => showProcess(this.metrics, own, this.effects.clock));
    await this.#supervisor.apply(this.#settings.instances);
    // The stream goes on while plugins stop: they may need to see the end of what they began.
    const sourceStop = new AbortController();
    const source = this.#source.run(sourceStop.signal, this.#listener());
    const failed = source.then(() => new Promise<never>(() => {}));
    try {
      await Promise.race([failed, aborted(signal)]);
    } finally {
      this.#isStopping = true;
      this.#readiness.close();
      this.#service.stopping();
      await this.#atEnd(this.#reloads);
      await this.#supervisor.stop();
      sourceStop.abort();
      await this.#atEnd(source);
      this.#service.close();
    }
  }

  /** Waits for `what`, but not for long. */
  async #atEnd(what: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    await Promise.race([what, this.effects.clock.sleep(END_WITHIN_MS, over.signal)]);
    over.abort();
  }

  /** The daemon is not ready before `preparation` is over, well or not, unless that takes too long. */
  prepare(preparation: Promise<unknown>): void {
    this.#readiness.prepare(preparation);
  }

  /** What drbdsetup prints is not taken before `loading` is over: who is loaded by then hears all that happens after the dump. */
  holdUntil(loading: Promise<unknown>): void {
    const over = loading.catch(() => {}).then(() => this.#held = undefined);
    this.#held = over;
  }

  /** Makes `settings` the ones that hold, unless the daemon ends. Instances whose configuration is the same run on. */
  reload(settings: Settings): Promise<void> {
    this.#reloads = this.#reloads.then(async () => {
      if (this.#isStopping) return;
      const instances = partsOf(settings.instances);
      this.#settings = { ...settings, instances };
      this.#source.setStatisticsPollInterval(settings.statisticsPollIntervalMs);
      await this.#supervisor.apply(instances, (plugin) => {
        for (const each of this.#reloadListeners) if (each.plugin === plugin) each.listener();
      });
    });
    return this.#reloads;
  }

  /** Systemd is told that a reload is going on until `reload` is over. */
  async whileReloading(reload: () => Promise<void>): Promise<void> {
    this.#service.reloading(this.#withWarning("Reading the configuration again"));
    try {
      await reload();
    } finally {
      if (this.#readiness.isReady) this.#service.ready(this.status());
      else this.#service.setStatus(this.status());
    }
  }

  cluster(): Cluster {
    return this.#intake.cluster();
  }

  /** The state in one line, for people, and whether the end of drbdd would stop services. */
  status(): string {
    return this.#withWarning(this.#state());
  }

  #withWarning(status: string): string {
    const known = this.problems.addTo(status);
    return this.#supervisor.stopsServices ? `${known}; ${STOPS_SERVICES}` : known;
  }

  #state(): string {
    const { resources, primary, withoutQuorum, suspended } = this.#intake.summary();
    const parts = [`${resources} ${resources === 1 ? "resource" : "resources"}`, `${primary} Primary here`];
    if (withoutQuorum > 0) parts.push(`${withoutQuorum} without quorum`);
    if (suspended > 0) parts.push(`${suspended} suspended`);
    if (this.#readiness.isReady && this.#readiness.isPreparing) parts.push("plugins are not yet prepared");
    const picture = parts.join(", ");
    if (this.#intake.live) return picture;
    return this.#intake.known
      ? `STALE: ${this.#away}; last known: ${picture}`
      : `The state of DRBD is unknown: ${this.#away}`;
  }

  /** The state in several lines, and what was counted. */
  summary(): string {
    const { events, strays, drbdsetupRestarts, rejected } = this.facts;
    const total = [...rejected.values()].reduce((sum, count) => sum + count, 0);
    return [
      this.status(),
      `  events ${events}, rejected lines ${total}, strays ${strays}, restarts of drbdsetup ${drbdsetupRestarts}`,
      `  plugins ${pluginsOf(this.#supervisor.instances).map(({ name }) => name).join(", ") || "none"}`,
      ...Array.from(this.cluster(), (resource) => `  ${describeResource(resource)}`),
    ].join("\n");
  }

  #listener(): SourceListener {
    return {
      started: () => {
        this.#reader.start();
        this.#log.debug("drbdsetup was started");
      },
      chunk: (bytes) =>
        this.#held === undefined ? this.#intake.take(bytes) : this.#held.then(() => this.#intake.take(bytes)),
      ended: (reason, restartInMs) => {
        this.#reader.end();
        this.facts.drbdsetupRestarts++;
        this.#away = `drbdsetup is away: ${reason}`;
        const fields = { reason, seconds: restartInMs / 1000 };
        this.#log[this.#failures.isDue(reason) ? "error" : "debug"](
          "drbdsetup events2 is not running: {reason}; restarting it in {seconds} s, then every 10 s at the latest, " +
            "services are not affected",
          fields,
        );
        this.#service.setStatus(this.status());
      },
    };
  }

  #taken(step: Step, wasLive: boolean): void {
    if (this.#intake.live && !wasLive) this.#becameLive();
    if (this.#reader.isInDoubt) this.#freshDump.missed();
    if (!step.told.isEmpty) this.#service.statusChanged(() => this.#statusInTurns());
  }

  async #statusInTurns(): Promise<string> {
    await this.#catchUp.run();
    return this.status();
  }

  #becameLive(): void {
    this.#failures.recovered();
    this.#log.info("The state of all resources is known: {state}", { state: this.#state() });
    if (this.#readiness.isReady) this.#service.setStatus(this.status());
    else void this.#readiness.known();
  }

  /** Nobody who waits for the unit is helped by waiting longer; what is missing, the status says. */
  #ready(isComplete: boolean): void {
    const status = this.status();
    this.#service.ready(status);
    if (!isComplete) {
      this.#log.warn("Ready, though not all is there: {status}; plugins are notified as soon as it is", {
        status,
      });
    }
  }

  #startWatchdog(): void {
    const usec = Number(this.effects.environment("WATCHDOG_USEC"));
    const pid = this.effects.environment("WATCHDOG_PID");
    if (usec > 0 && (pid === undefined || Number(pid) === this.effects.pid)) {
      this.#service.startWatchdog(usec / 1000);
    }
  }

  #contextOf({ plugin }: Instance, signal: AbortSignal): PluginContext {
    const log = loggerOf(plugin.name);
    return {
      signal,
      log,
      effects: this.effects,
      facts: this.facts,
      metrics: this.metrics,
      journal: this.journal,
      problems: this.problems.of(signal),
      pluginRestarts: () => this.#supervisor.restarts,
      siblings: () =>
        this.#settings.instances.filter((each) => each.plugin === plugin).map((each) => each.config),
      cluster: () => this.#intake.cluster(),
      catchUp: () => this.#catchUp.run(),
      resource: (name) => this.#intake.resource(name),
      stale: () => !this.#intake.live,
      staleReason: () => this.#intake.live ? undefined : this.#away,
      changes: (filter) => this.#broadcast.changes(filter, signal, log),
      recentChanges: (filter, capacity) => this.#broadcast.recentChanges(filter, capacity, signal),
      resources: (filter) => this.#broadcast.resources(filter, signal),
      onReload: (listener) => {
        const each = { plugin, listener };
        this.#reloadListeners.add(each);
        signal.addEventListener("abort", () => this.#reloadListeners.delete(each));
      },
      dumpAgain: () => {
        if (this.#intake.live) this.#freshDump.contradicted();
      },
      prepare: (preparation) => this.prepare(preparation),
    };
  }
}
