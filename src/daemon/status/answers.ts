/** Answers what exporters ask of the daemon: counters and metrics, and what drbdsetup and drbdadm say. */
import type { Effects } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import type { Metrics } from "./metrics.ts";
import type { DaemonStats } from "./daemon_stats.ts";
import { DrbdVersions } from "./drbd_versions.ts";
import { askNodeIds } from "./node_ids.ts";
import { type ModuleContext, ModuleWatch } from "./module_watch.ts";
import { samplesOf, type Statistics } from "./statistics.ts";

/** Where the answers come from. */
export interface AnswerSources {
  readonly effects: Effects;
  readonly log: Logger;
  readonly problems: ModuleContext["problems"];
  readonly health: ModuleContext["health"];
  readonly facts: DaemonStats;
  readonly metrics: Metrics;
  /** Aborts everything in progress. */
  readonly signal: AbortSignal;
  /** How often the plugins that ever ran were started again after a failure, by name. */
  pluginRestarts(): ReadonlyMap<string, number>;
  /** Whether the state is not kept up to date. */
  stale(): boolean;
}

export class Answers {
  readonly #sources: AnswerSources;
  readonly #versions: DrbdVersions;
  /** Whether the kernel module fits. */
  readonly module: ModuleWatch;

  constructor(sources: AnswerSources) {
    this.#sources = sources;
    this.module = new ModuleWatch(sources);
    const drbdsetupRestarts = () => sources.facts.drbdsetupRestarts;
    this.#versions = new DrbdVersions({ ...sources, drbdsetupRestarts });
  }

  /** How often the plugins that ever ran were started again after a failure, by name. */
  get pluginRestarts(): ReadonlyMap<string, number> {
    return this.#sources.pluginRestarts();
  }

  statistics(): Statistics {
    const { facts, metrics, pluginRestarts } = this.#sources;
    return {
      counts: facts.counts(),
      families: samplesOf(metrics.families()),
      pluginRestarts: new Map(pluginRestarts()),
      versions: this.#versions.current(),
    };
  }

  /** This node's own id in each resource; what cannot be found out is missing. Never rejects. */
  nodeIds(): Promise<ReadonlyMap<string, number>> {
    const { effects, log, signal } = this.#sources;
    return askNodeIds(effects, log, signal);
  }
}
