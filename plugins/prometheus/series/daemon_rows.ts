/** The metrics about drbdd itself, and about the node as a whole. */
import { rankOf } from "../../../src/health/problem.ts";
import type { Labels } from "../../../src/daemon/status/metrics.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { Statistics } from "../../../src/daemon/status/statistics.ts";
import { VERSION } from "../../../src/version.ts";
import type { Description } from "./row.ts";

/** Data apart from the snapshot of the resources. */
export interface Daemon {
  readonly context: PluginContext;
  /** Of the snapshot that is shown. */
  readonly resources: number;
  readonly statistics: Statistics;
}

export interface DaemonSample {
  readonly labels: Labels;
  readonly value: number | boolean;
}

export interface DaemonRow extends Description {
  /** Names of the labels of its series. */
  readonly labels: readonly string[];
  readonly samples: (daemon: Daemon) => readonly DaemonSample[];
}

/** Shown before all others. */
export const NODE_ROWS: readonly DaemonRow[] = [
  one("drbdreactor_up", "gauge", "Always 1, by the name that drbd-reactor gave it", () => 1),
  {
    name: "drbd_version",
    type: "gauge",
    help: "Always 1, labelled with the versions of the kernel module and of drbd-utils",
    labels: ["kmod", "utils"],
    samples: ({ statistics: { versions } }) =>
      versions === undefined ? [] : [{ labels: { kmod: versions.module, utils: versions.utils }, value: 1 }],
  },
  one("drbd_resource_resources", "gauge", "Number of resources", ({ resources }) => resources),
];

/** Shown after the metrics of the resources. */
export const DAEMON_ROWS: readonly DaemonRow[] = [
  {
    name: "drbdd_build_info",
    type: "gauge",
    help: "Always 1, labelled with the version of drbdd",
    labels: ["version"],
    samples: () => [{ labels: { version: VERSION }, value: 1 }],
  },
  one(
    "drbdd_stale",
    "gauge",
    "Whether the state may be outdated, because drbdsetup is not running or its first dump is not complete",
    ({ context }) => context.stale(),
  ),
  {
    name: "drbdd_resource_health",
    type: "gauge",
    help: "Health of a resource of DRBD or a promoter: 0 healthy, 1 degraded, 2 unknown, 3 down",
    labels: ["name"],
    samples: ({ context }) =>
      context.health.all().map(({ name, health }) => ({ labels: { name }, value: rankOf(health.severity) })),
  },
  one(
    "drbdd_drbdsetup_restarts_total",
    "counter",
    "Restarts of drbdsetup events2",
    ({ statistics }) => statistics.counts.drbdsetupRestarts,
  ),
  one(
    "drbdd_events_total",
    "counter",
    "Lines of drbdsetup that were parsed",
    ({ statistics }) => statistics.counts.events,
  ),
  one(
    "drbdd_stray_events_total",
    "counter",
    "Lines of drbdsetup about unknown objects",
    ({ statistics }) => statistics.counts.orphans,
  ),
  {
    name: "drbdd_rejected_lines_total",
    type: "counter",
    help: "Lines of drbdsetup that could not be used, by reason",
    labels: ["reason"],
    samples: ({ statistics }) => each("reason", statistics.counts.rejected),
  },
  {
    name: "drbdd_helper_calls_total",
    type: "counter",
    help: "Calls of helpers by the kernel, by name of the helper",
    labels: ["helper"],
    samples: ({ statistics }) => each("helper", statistics.counts.helperCalls),
  },
  {
    name: "drbdd_plugin_restarts_total",
    type: "counter",
    help: "Restarts of failed plugins, by name of the plugin",
    labels: ["plugin"],
    samples: ({ statistics }) => each("plugin", statistics.pluginRestarts),
  },
];

/** Metrics of other plugins, by name. */
export function rowsOfPlugins({ families }: Statistics): DaemonRow[] {
  return families.map((family) => {
    const { name, type, help } = family;
    // OpenMetrics takes a counter for one only by its name.
    const isNamelessCounter = type === "counter" && !name.endsWith("_total");
    return {
      name,
      type: isNamelessCounter ? "unknown" : type,
      help,
      labels: [],
      samples: () => family.samples,
    };
  });
}

function one(
  name: string,
  type: Description["type"],
  help: string,
  value: (daemon: Daemon) => number | boolean,
): DaemonRow {
  return { name, type, help, labels: [], samples: (daemon) => [{ labels: {}, value: value(daemon) }] };
}

function each(label: string, counts: ReadonlyMap<string, number>): DaemonSample[] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => ({
    labels: { [label]: key },
    value,
  }));
}
