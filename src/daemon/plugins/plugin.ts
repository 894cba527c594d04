/**
 * What a plugin is, and what it gets.
 *
 * A plugin is a value: a name and a function that runs until its signal aborts. It reads what it is interested in;
 * nothing in drbdd waits for it.
 */
import type { Cluster } from "../../drbd/model/cluster.ts";
import type { Resource } from "../../drbd/model/model.ts";
import type { Unplaced, Update, UpdateKind } from "../../drbd/model/update.ts";
import type { Effects } from "../../effects/effects.ts";
import type { HealthBoard } from "../status/health_board.ts";
import type { DecisionLog } from "../status/decision_log.ts";
import type { Logger } from "../../logging/logging.ts";
import type { Statistics } from "../status/statistics.ts";
import type { Metrics } from "../status/metrics.ts";
import type { Needs } from "../../effects/permissions.ts";
import type { Problems } from "./problems.ts";

/**
 * Why a plugin is to stop: drbdd ends; a new configuration does not have this instance any more, or has it with other
 * values; or it failed, and what it left open is closed.
 */
export type StopReason = "exit" | "reload" | "failure";

/** What a subscription is about. An absent list means all. */
export interface Filter {
  /** Resource names. A rename is sent to subscribers of the old name and of the new one. */
  readonly resources?: readonly string[];
  readonly kinds?: readonly UpdateKind[];
}

/**
 * Values as they come, for one reader. It ends when it is closed, and when the plugin is to stop. Leaving a
 * `for await` loop closes it.
 */
export interface Subscription<Value> extends AsyncIterableIterator<Value> {
  /** Ends the subscription; what waits is dropped. */
  close(): void;
}

/** Sent instead of updates that were dropped because the subscriber did not keep up. */
export interface Missed {
  readonly kind: "missed";
  readonly count: number;
}

/** A resource as it is now, or undefined if it is gone. */
export interface ResourceNews {
  readonly name: string;
  readonly resource: Resource | undefined;
}

export interface PluginContext {
  /** Aborts when the plugin is to stop; its `reason` is a `StopReason`. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly effects: Effects;
  /** What drbdd counts and measures of itself, for all plugins to add to and to show. */
  readonly metrics: Metrics;
  /** What was decided about resources, and why. */
  readonly journal: DecisionLog;
  /** The health of resources: plugins that know their services report to it, plugins that show it read it. */
  readonly health: HealthBoard;
  /** What is wrong at the moment: shown in the status of the service as long as it is set and the plugin runs. */
  readonly problems: Problems;
  /** What the daemon and all plugins counted and measured, now. */
  statistics(): Promise<Statistics>;
  /** This node's own id in each resource, asked of drbdsetup now. What cannot be found out is missing. Never rejects. */
  nodeIds(): Promise<ReadonlyMap<string, number>>;
  /** The configurations of all instances of this plugin (part by part), this one included. */
  siblings(): readonly unknown[];
  /** The state of all resources now. */
  cluster(): Cluster;
  /** The state of one resource now: cheaper than to ask for all. */
  resource(name: string): Resource | undefined;
  /** Whether the state is not kept up to date: before the first dump, and while drbdsetup events2 is not running. */
  stale(): boolean;
  /** Why the state is not kept up to date, in words; undefined while it is. */
  staleReason(): string | undefined;
  /**
   * Every update, in order, none lost, beginning with the whole state as `exists` updates. For decisions: the queue has
   * no bound; a long one is reported.
   */
  changes(filter?: Filter): Subscription<Update>;
  /**
   * The same for plugins that only display: of more than `capacity` waiting updates the oldest are dropped and counted.
   * No snapshot of the resource is built for them, which is the largest part of an update's cost.
   */
  recentChanges(filter: Filter | undefined, capacity: number): Subscription<Unplaced | Missed>;
  /**
   * Resources with any change, counters included, beginning with all resources. At most one entry waits for each
   * resource, the newest.
   */
  resources(filter?: Filter): Subscription<ResourceNews>;
  /** Whether counters are being watched now: then they are read every two seconds. */
  watchCounters(isWatching: boolean): void;
  /** Calls `listener` after a reload in which this instance did not change. */
  onReload(listener: () => void): void;
  /**
   * What drbdsetup events2 says is contradicted by DRBD itself: it is restarted for a new dump, unless that was done within
   * the last minute.
   */
  dumpAgain(): void;
  /** The daemon does not call itself ready before `preparation` is over, however it ends. */
  prepare(preparation: Promise<unknown>): void;
}

/** `Config` is what the plugin's schema makes of its table in the configuration. */
export interface Plugin<Config> {
  /** Name of its tables in the configuration. */
  readonly name: string;
  /**
   * Runs until `context.signal` aborts, then settles. Should it reject, or end earlier, that is logged and the plugin
   * started again.
   */
  run(config: Config, context: PluginContext): Promise<void>;
  /**
   * The independent parts of a configuration. Each runs as a separate instance: a new configuration keeps those that
   * are unchanged in it, in whichever table. Each is a `Config` as well. Default: it is one part.
   */
  parts?(config: Config): readonly unknown[];
  /** Whether services are stopped with it when drbdd ends. Default: they are not. */
  stopsServices?(config: Config): boolean;
  /** Whether an instance of a new configuration may start while one of the old is stopping. Default: it may not. */
  readonly overlaps?: boolean;
  /** How long it may take to stop before it is abandoned. Default 5,000. */
  readonly stopTimeoutMs?: number;
  /** The same when drbdd ends and `stopsServices` does not hold. Default 100. */
  readonly exitTimeoutMs?: number;
}

/** A plugin that is loaded when it is first configured: an unused one costs nothing. */
export interface PluginEntry {
  readonly name: string;
  /** "monitor": instances run in the monitor thread, as they decide nothing. Default: in the deciding thread. */
  readonly thread?: "monitor";
  /**
   * What an instance with this configuration does, beyond what every daemon does: anything else is refused to it. Nothing, if
   * absent. Asked before the plugin is loaded.
   */
  needs?(config: unknown): Needs;
  /**
   * What instances of it ordinarily do. Kept from the start, whether there is one or not: what is given back cannot be
   * regained, and tools write a snippet and reload.
   */
  readonly ordinaryNeeds?: Needs;
  /** DRBD resources whose services an instance with this configuration starts and stops: no other daemon of the node may. */
  resources?(config: unknown): readonly string[];
  /** Always the same plugin. */
  load(): Promise<Plugin<unknown>>;
}
