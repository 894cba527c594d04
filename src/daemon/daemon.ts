/**
 * The daemon: takes what drbdsetup prints and publishes the updates to its plugins. It only connects its parts: the state
 * is in `Reader`, subscriptions in `Broadcast`, plugins in `Supervisor`, notifications of systemd in `ServiceState`.
 */
import type { Cluster } from "../drbd/model/cluster.ts";
import { endsWithin } from "../effects/waiting/within.ts";
import { aborted } from "../effects/waiting/aborted.ts";
import { Broadcast } from "./plugins/broadcast.ts";
import { IncrementalFlush } from "./source/incremental_flush.ts";
import { CounterInterval } from "./source/counter_interval.ts";
import type { Effects } from "../effects/effects.ts";
import { Events2Source, type SourceListener } from "./source/events2_source.ts";
import { FreshDump } from "./source/fresh_dump.ts";
import { DaemonStats } from "./status/daemon_stats.ts";
import { HealthBoard, SPLIT_BRAIN } from "./status/health_board.ts";
import { summaryText } from "./systemd/state_line.ts";
import { KeptStatus } from "./kept/kept_status.ts";
import { DecisionLog } from "./status/decision_log.ts";
import { type Logger, loggerOf } from "../logging/logging.ts";
import { Metrics } from "./status/metrics.ts";
import { contextOf, type ContextParts } from "./plugins/context.ts";
import { ProblemList } from "./plugins/problems.ts";
import { NO_TAP, type StreamTap } from "./stream_tap.ts";
import { StatusLine, type StatusParts } from "./systemd/status_line.ts";
import { Answers, type AnswerSources } from "./status/answers.ts";
import { showProcess } from "./status/process_usage.ts";
import { RepeatedFailures } from "./source/repeated_failures.ts";
import { Readiness } from "./systemd/readiness.ts";
import { Reader } from "./source/reader.ts";
import { ReloadListeners } from "./plugins/reload_listeners.ts";
import { ServiceState, watchdogIntervalMs } from "./systemd/service_state.ts";
import { Subscribers } from "./plugins/subscribers.ts";
import { type Instance, partsOf, pluginsOf, Supervisor } from "./plugins/supervisor.ts";

/** What of the configuration concerns the daemon itself. */
export interface Settings {
  readonly statisticsPollIntervalMs: number;
  readonly instances: readonly Instance[];
}

/** Maximum wait at the end of drbdd for anything other than services that have to stop. */
const END_WITHIN_MS = 100;

export class Daemon {
  readonly facts = new DaemonStats();
  readonly metrics = new Metrics();
  readonly journal = new DecisionLog();
  readonly health: HealthBoard;
  readonly problems = new ProblemList(() => this.#statusChanged());
  readonly #log: Logger;
  readonly #service: ServiceState;
  readonly #status: StatusLine;
  readonly reader: Reader;
  readonly #broadcast: Broadcast;
  readonly #catchUp: IncrementalFlush;
  readonly #supervisor: Supervisor;
  readonly #source: Events2Source;
  readonly #freshDump: FreshDump;
  readonly #failures: RepeatedFailures;
  readonly readiness: Readiness;
  readonly #reloadListeners = new ReloadListeners();
  /** Until when nothing that drbdsetup prints is taken. */
  #held: Promise<unknown> | undefined;
  readonly #counterInterval: CounterInterval;
  #isStopping = false;
  /** drbdsetup was started, and nothing of it was taken yet. */
  #isNewRun = false;
  /** Why the snapshot is stale, for display. */
  #notLiveReason = "waiting for the first dump of drbdsetup";
  /** Reloads wait for one another. */
  #reloads: Promise<void> = Promise.resolve();
  #settings: Settings;
  readonly #end = new AbortController();
  readonly #context: ContextParts;
  readonly answers: Answers;
  /** Follows the stream and what the daemon adds to it. */
  tap: StreamTap = NO_TAP;

  constructor(readonly effects: Effects, settings: Settings, log: Logger = loggerOf()) {
    this.#settings = { ...settings, instances: partsOf(settings.instances) };
    this.#log = log;
    this.journal.follow((resource, decision) => this.tap.decided(resource, decision));
    this.journal.onRestore = (resource, earlier) => this.tap.restored(resource, earlier);
    this.#service = new ServiceState(effects.clock, effects.notifier);
    const subscribers = new Subscribers();
    this.reader = new Reader(log, this.facts, subscribers, ({ helper, name, peerNodeId }) => {
      if (helper === SPLIT_BRAIN && peerNodeId !== undefined) this.health.splitBrain(name, peerNodeId);
    });
    this.#broadcast = new Broadcast(effects.clock, this.reader, subscribers);
    this.#catchUp = new IncrementalFlush(effects.clock, (most) => this.reader.catchUp(most));
    this.#supervisor = new Supervisor(
      effects.clock,
      log,
      (instance, signal) => contextOf(this.#context, instance, signal),
    );
    this.readiness = new Readiness(effects.clock, {
      ready: (isComplete) => this.#ready(isComplete),
      prepared: () => this.#service.setStatus(this.status()),
    });
    this.#failures = new RepeatedFailures(effects.clock);
    this.#source = new Events2Source(effects, log, settings.statisticsPollIntervalMs, this.#failures);
    this.health = new HealthBoard({
      clock: effects.clock,
      cluster: () => this.reader.cluster(),
      resource: (name) => this.reader.resource(name),
      staleReason: () => this.staleReason(),
      countersMs: () => this.#source.askedMs,
    }, {
      changed: () => this.#statusChanged(),
      promoter: (name, promoter) => this.tap.promoter(name, promoter),
      splitBrain: (name, peerNodeId) => this.tap.splitBrain(name, peerNodeId),
      module: (version) => this.tap.module(version),
    });
    this.#counterInterval = new CounterInterval(this.#source, this.health);
    const parts = this.#context = this.#parts(log);
    this.#status = new StatusLine(parts);
    this.answers = new Answers(parts);
    this.#freshDump = new FreshDump(effects.clock, log, () => this.#source.restart());
  }

  /** Runs until `signal` aborts and everything has stopped. Rejects only if drbdd itself is at fault. */
  async run(signal: AbortSignal): Promise<void> {
    this.#service.starting();
    this.#service.startWatchdog(watchdogIntervalMs(this.effects));
    this.readiness.start();
    void this.effects.ownProcess().then((own) => showProcess(this.metrics, own, this.effects.clock));
    const kept = KeptStatus.keeping(this.effects, this.#log, this.journal, this.health);
    await this.#supervisor.apply(this.#settings.instances);
    // The stream continues while plugins stop: they may need its events.
    const sourceStop = new AbortController();
    const source = this.#source.run(sourceStop.signal, this.#listener());
    const failed = source.then(() => new Promise<never>(() => {}));
    try {
      await Promise.race([failed, aborted(signal)]);
    } finally {
      this.#isStopping = true;
      this.readiness.close();
      this.#service.stopping();
      kept.close();
      await endsWithin(this.effects.clock, END_WITHIN_MS, this.#reloads);
      await this.#supervisor.stop();
      this.tap.finished();
      sourceStop.abort();
      this.#end.abort();
      await endsWithin(this.effects.clock, END_WITHIN_MS, Promise.all([source, kept.flush()]));
      this.#service.close();
    }
  }

  /** The daemon is not ready before `preparation` is over, well or not, unless that takes too long. */
  prepare(preparation: Promise<unknown>): void {
    this.readiness.prepare(preparation);
  }

  /** Output of drbdsetup is processed after `loading`: plugins loaded by then get all updates after the dump. */
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
      await this.#supervisor.apply(instances, (plugin) => this.#reloadListeners.call(plugin));
    });
    return this.#reloads;
  }

  /** Shows systemd a reload in progress until `reload` has ended. */
  async whileReloading(reload: () => Promise<void>): Promise<void> {
    this.#service.reloading(this.#status.withWarning("Reading the configuration again"));
    try {
      await reload();
    } finally {
      this.#service[this.readiness.isReady ? "ready" : "setStatus"](this.status());
    }
  }

  cluster(): Cluster {
    return this.reader.cluster();
  }

  /** Whether counters are being watched elsewhere. */
  watchCounters(isWatching: boolean): void {
    this.#counterInterval.watch(isWatching, this.#end.signal);
  }

  /** The state in one line, for people, and whether the end of drbdd would stop services. */
  status(): string {
    return this.#status.now();
  }

  /** The state in several lines, and what was counted. `plugins` are the names of all that run. */
  summary(plugins = pluginsOf(this.#supervisor.instances).map(({ name }) => name)): string {
    return summaryText(this.status(), this.facts, plugins, this.cluster());
  }

  #listener(): SourceListener {
    return {
      started: () => {
        this.reader.start();
        this.#isNewRun = true;
        this.#log.debug("drbdsetup was started");
      },
      chunk: (bytes) =>
        this.#held === undefined ? this.#take(bytes) : this.#held.then(() => this.#take(bytes)),
      asked: () => {
        this.tap.countersAsked();
        this.#statusChanged();
      },
      ended: (reason, restartInMs) => {
        this.reader.end();
        this.facts.drbdsetupRestarts++;
        this.#notLiveReason = `drbdsetup events2 is not running: ${reason}`;
        this.tap.ended(this.#notLiveReason);
        this.answers.module.mayHaveChanged();
        this.#log[this.#failures.isDue(reason) ? "error" : "debug"](
          "drbdsetup events2 is not running: {reason}; restarting it in {seconds} s, then every 10 s at the latest, " +
            "services are not affected",
          { reason, seconds: restartInMs / 1000 },
        );
        this.#service.setStatus(this.status());
      },
    };
  }

  #take(bytes: Uint8Array): void {
    if (this.#isNewRun) this.tap.started();
    this.#isNewRun = false;
    this.tap.chunk(bytes);
    const wasLive = this.reader.live;
    const step = this.reader.take(bytes);
    this.#broadcast.publish(step);
    this.tap.taken();
    if (this.reader.live && !wasLive) this.#becameLive();
    if (this.reader.mayHaveMissed) this.#freshDump.missed();
    if (!step.updates.isEmpty) this.#statusChanged();
  }

  #statusChanged(): void {
    this.#service.statusChanged(() => this.#statusInTurns());
  }

  /** Why the state is not kept up to date, in words; undefined while it is. */
  staleReason(): string | undefined {
    return this.reader.live ? undefined : this.#notLiveReason;
  }

  async #statusInTurns(): Promise<string> {
    await this.#catchUp.run();
    await this.health.assessInTurns();
    this.#counterInterval.follow();
    return this.status();
  }

  #becameLive(): void {
    this.#failures.recovered();
    this.answers.module.mayHaveChanged();
    this.#log.info("The state of all resources is known: {state}", { state: this.#status.state() });
    if (this.readiness.isReady) this.#service.setStatus(this.status());
    else void this.readiness.known();
  }

  /** Ready even if incomplete: units that wait for drbdd gain nothing by waiting longer. */
  #ready(isComplete: boolean): void {
    const status = this.status();
    this.#service.ready(status);
    if (!isComplete) {
      this.#log.warn("Ready, but DRBD's state is incomplete: {status}; plugins get it when complete", {
        status,
      });
    }
  }

  /** What its parts have of one another. */
  #parts(log: Logger): ContextParts & StatusParts & AnswerSources {
    return {
      ...{ log, effects: this.effects, reader: this.reader, broadcast: this.#broadcast, facts: this.facts },
      ...{ metrics: this.metrics, journal: this.journal, health: this.health, problems: this.problems },
      ...{ reloadListeners: this.#reloadListeners, readiness: this.readiness, supervisor: this.#supervisor },
      signal: this.#end.signal,
      notLiveReason: () => this.#notLiveReason,
      stale: () => !this.reader.live,
      staleReason: () => this.staleReason(),
      pluginRestarts: () => this.#supervisor.restarts,
      instances: () => this.#settings.instances,
      statistics: () => Promise.resolve(this.answers.statistics()),
      nodeIds: () => this.answers.nodeIds(),
      watchCounters: (isWatching, signal) => this.#counterInterval.watch(isWatching, signal),
      dumpAgain: () => {
        if (this.reader.live) this.#freshDump.contradicted();
      },
      prepare: (preparation) => this.prepare(preparation),
    };
  }
}
