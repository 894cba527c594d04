/**
 * The monitor thread's inside: a replica of the state, made of what drbdsetup printed by the same code as in the deciding thread,
 * and the plugins that show it. It decides nothing, and asks for what it may not find out itself.
 */
import { Broadcast } from "../daemon/plugins/broadcast.ts";
import { Metrics } from "../daemon/status/metrics.ts";
import { contextOf, type ContextParts } from "../daemon/plugins/context.ts";
import type { PluginEntry } from "../daemon/plugins/plugin.ts";
import { ProblemList } from "../daemon/plugins/problems.ts";
import { ReloadListeners } from "../daemon/plugins/reload_listeners.ts";
import { Subscribers } from "../daemon/plugins/subscribers.ts";
import { type Instance, partsOf, Supervisor } from "../daemon/plugins/supervisor.ts";
import { TimeSlice } from "../daemon/source/time_slice.ts";
import { Reader } from "../daemon/source/reader.ts";
import { DaemonStats } from "../daemon/status/daemon_stats.ts";
import { DecisionLog } from "../daemon/status/decision_log.ts";
import { HealthBoard } from "../daemon/status/health_board.ts";
import { samplesOf, type Statistics, together } from "../daemon/status/statistics.ts";
import { describe } from "../effects/describe.ts";
import { Queue } from "../effects/queue.ts";
import type { Effects } from "../effects/effects.ts";
import { loggerOf, type LogLevel, NO_LOGGER } from "../logging/logging.ts";
import { Questions } from "./questions.ts";
import type { FromMonitor, Memory, MonitorSettings, ToMonitor, Wire } from "./protocol.ts";

/** Read in one go: a fraction of a turn. */
const PIECE_BYTES = 8 * 1024;

/** What is taken in the order in which it was sent. */
type Ordered = Exclude<ToMonitor, { kind: "answer" | "stop" }>;

export class Monitor {
  readonly #wire: Wire<FromMonitor, ToMonitor>;
  readonly #effects: Effects;
  readonly #known: readonly PluginEntry[];
  readonly #setLogLevel: (level: LogLevel) => void;
  readonly #questions: Questions;
  readonly #metrics = new Metrics();
  readonly #journal = new DecisionLog();
  readonly #subscribers = new Subscribers();
  /** Logs nothing: the deciding thread logs and counts unusable lines. */
  readonly #reader = new Reader(NO_LOGGER, new DaemonStats(), this.#subscribers);
  readonly #broadcast: Broadcast;
  readonly #health: HealthBoard;
  readonly #problems = new ProblemList(() => {});
  readonly #reloadListeners = new ReloadListeners();
  readonly #supervisor: Supervisor;
  /** Plugins whose counters are being watched, by their signals. */
  readonly #watching = new Set<AbortSignal>();
  /** The first is being taken. */
  readonly #inbox = new Queue<Ordered>();
  #instances: readonly Instance[] = [];
  #countersMs = -Infinity;
  /** Why the state is not kept up to date, for people. */
  #notLiveReason = "waiting for the first dump of drbdsetup";
  /** Reloads wait for one another. */
  #reloads: Promise<void> = Promise.resolve();
  /** The first dump was read. */
  readonly #hasRead = Promise.withResolvers<void>();

  /** `known` has the plugins that may be configured. */
  constructor(
    wire: Wire<FromMonitor, ToMonitor>,
    effects: Effects,
    known: readonly PluginEntry[],
    setLogLevel: (level: LogLevel) => void = () => {},
  ) {
    this.#wire = wire;
    this.#effects = effects;
    this.#known = known;
    this.#setLogLevel = setLogLevel;
    const { clock } = effects;
    this.#questions = new Questions((message) => wire.send(message));
    this.#broadcast = new Broadcast(clock, this.#reader, this.#subscribers);
    this.#health = new HealthBoard({
      clock,
      cluster: () => this.#reader.cluster(),
      resource: (name) => this.#reader.resource(name),
      staleReason: () => this.#staleReason(),
      countersMs: () => this.#countersMs,
    });
    this.#supervisor = new Supervisor(
      clock,
      loggerOf(),
      (instance, signal) => contextOf(this.#contextParts(), instance, signal),
    );
  }

  /** Handles a message of the deciding thread: in order, except those that are awaited. */
  take(message: ToMonitor): void {
    if (message.kind === "answer") this.#questions.take(message.id, message.answer);
    else if (message.kind === "stop") void this.#stop();
    else {
      this.#inbox.push(message);
      if (this.#inbox.length === 1) void this.#readInbox();
    }
  }

  /** Yields in between, so that clients are answered however much comes. */
  async #readInbox(): Promise<void> {
    for (let message = this.#inbox.first; message !== undefined; message = this.#inbox.first) {
      if (message.kind === "dump") this.#restartFromDump();
      if ("bytes" in message) await this.#read(message.bytes);
      else this.#note(message);
      if (message.kind === "dump") this.#hasRead.resolve();
      this.#inbox.shift();
    }
  }

  #note(message: Exclude<Ordered, { bytes: unknown }>): void {
    switch (message.kind) {
      case "begin":
        this.#remember(message.memory);
        if (message.dumpFollows) this.#reloads = this.#hasRead.promise;
        return this.#reload(message.settings);
      case "reload":
        return this.#reload(message.settings);
      case "started":
        return this.#reader.start();
      case "stale":
        this.#notLiveReason = message.reason;
        return this.#reader.end();
      case "countersAsked":
        this.#countersMs = this.#effects.clock.nowMs();
        return;
      case "decision":
        return this.#journal.note(message.resource, message.decision);
      case "restored":
        return this.#journal.restore(message.resource, message.decisions);
      case "promoter":
        return this.#health.setPromoter(message.resource, message.promoter);
      case "splitBrain":
        return this.#health.splitBrain(message.resource, message.peerNodeId);
      case "module":
        return this.#health.setModule(message.version);
    }
  }

  /** Until the dump is read. */
  #restartFromDump(): void {
    this.#notLiveReason = "the monitor thread is catching up";
    this.#reader.start();
  }

  #remember({ decisions, promoters, splitBrains, moduleVersion }: Memory): void {
    if (moduleVersion !== undefined) this.#health.setModule(moduleVersion);
    for (const [resource, all] of decisions) this.#journal.restore(resource, all);
    for (const [resource, promoter] of promoters) this.#health.setPromoter(resource, promoter);
    for (const [resource, peers] of splitBrains) {
      for (const peerNodeId of peers) this.#health.splitBrain(resource, peerNodeId);
    }
  }

  async #read(bytes: Uint8Array): Promise<void> {
    const slice = new TimeSlice(this.#effects.clock);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#broadcast.publish(this.#reader.take(bytes.subarray(at, at + PIECE_BYTES)));
      if (slice.isOver) await slice.yield();
    }
    this.#wire.send({ kind: "taken", bytes: bytes.length });
  }

  #reload({ instances, logLevel }: MonitorSettings): void {
    this.#setLogLevel(logLevel);
    this.#reloads = this.#reloads.then(async () => {
      const loaded: Instance[] = [];
      for (const { plugin, config } of instances) {
        const entry = this.#known.find(({ name }) => name === plugin);
        if (entry === undefined) throw new Error(`The monitor thread has no plugin "${plugin}"`);
        loaded.push({ plugin: await entry.load(), config });
      }
      this.#instances = partsOf(loaded);
      await this.#supervisor.apply(this.#instances, (plugin) => this.#reloadListeners.call(plugin));
    });
    this.#reloads.catch((error) => this.#wire.send({ kind: "failed", reason: describe(error) }));
  }

  async #stop(): Promise<void> {
    await this.#supervisor.stop();
    this.#wire.send({ kind: "stopped" });
  }

  #staleReason(): string | undefined {
    return this.#reader.live ? undefined : this.#notLiveReason;
  }

  async #statistics(): Promise<Statistics> {
    const statistics = await this.#questions.ask("statistics");
    return together(statistics, {
      families: samplesOf(this.#metrics.families()),
      pluginRestarts: this.#supervisor.restarts,
    });
  }

  /** The deciding thread counts all plugins here as one. */
  #watch(isWatching: boolean, signal: AbortSignal): void {
    const before = this.#watching.size > 0;
    if (isWatching && !signal.aborted) {
      this.#watching.add(signal);
      signal.addEventListener("abort", () => this.#watch(false, signal), { once: true });
    } else this.#watching.delete(signal);
    const now = this.#watching.size > 0;
    if (now !== before) this.#wire.send({ kind: "watching", isWatching: now });
  }

  #contextParts(): ContextParts {
    return {
      effects: this.#effects,
      reader: this.#reader,
      broadcast: this.#broadcast,
      metrics: this.#metrics,
      journal: this.#journal,
      health: this.#health,
      problems: this.#problems,
      reloadListeners: this.#reloadListeners,
      statistics: () => this.#statistics(),
      nodeIds: () => this.#questions.ask("nodeIds"),
      staleReason: () => this.#staleReason(),
      instances: () => this.#instances,
      watchCounters: (isWatching, signal) => this.#watch(isWatching, signal),
      // A replica asks for no dump, and the daemon becomes ready without it.
      dumpAgain: () => {},
      prepare: () => {},
    };
  }
}
