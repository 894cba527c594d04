/** What a plugin gets, made of the parts of the thread that it runs in: the same in each thread. */
import type { Effects } from "../../effects/effects.ts";
import { loggerOf } from "../../logging/logging.ts";
import type { Reader } from "../source/reader.ts";
import type { DecisionLog } from "../status/decision_log.ts";
import type { HealthBoard } from "../status/health_board.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Metrics } from "../status/metrics.ts";
import type { PluginContext } from "./plugin.ts";
import type { ProblemList } from "./problems.ts";
import type { ReloadListeners } from "./reload_listeners.ts";
import type { Instance } from "./supervisor.ts";

/** The parts of a thread. */
export interface ContextParts
  extends Pick<PluginContext, "statistics" | "nodeIds" | "staleReason" | "dumpAgain" | "prepare"> {
  readonly effects: Effects;
  readonly reader: Reader;
  readonly broadcast: Broadcast;
  readonly metrics: Metrics;
  readonly journal: DecisionLog;
  readonly health: HealthBoard;
  readonly problems: ProblemList;
  readonly reloadListeners: ReloadListeners;
  /** All instances configured for the thread, part by part. */
  instances(): readonly Instance[];
  /** Whether the counters of the plugin that runs until `signal` aborts are being watched. */
  watchCounters(isWatching: boolean, signal: AbortSignal): void;
}

/** For one run of an instance, which ends with `signal`. */
export function contextOf(parts: ContextParts, { plugin }: Instance, signal: AbortSignal): PluginContext {
  const { effects, reader, broadcast, metrics, journal, health } = parts;
  const log = loggerOf(plugin.name);
  return {
    signal,
    log,
    effects,
    metrics,
    journal,
    health,
    problems: parts.problems.of(signal),
    statistics: () => parts.statistics(),
    nodeIds: () => parts.nodeIds(),
    siblings: () => parts.instances().filter((each) => each.plugin === plugin).map(({ config }) => config),
    cluster: () => reader.cluster(),
    resource: (name) => reader.resource(name),
    stale: () => !reader.live,
    staleReason: () => parts.staleReason(),
    changes: (filter) => broadcast.changes(filter, signal, log),
    recentChanges: (filter, capacity) => broadcast.recentChanges(filter, capacity, signal),
    resources: (filter) => broadcast.resources(filter, signal),
    watchCounters: (isWatching) => parts.watchCounters(isWatching, signal),
    onReload: (listener) => parts.reloadListeners.add(plugin, listener, signal),
    dumpAgain: () => parts.dumpAgain(),
    prepare: (preparation) => parts.prepare(preparation),
  };
}
