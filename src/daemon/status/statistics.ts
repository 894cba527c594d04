/** What the daemon counted and measured, at one moment: plain data, to be shown in whichever thread. */
import type { Versions } from "../../drbd/model/versions.ts";
import type { Family, MetricType, Sample } from "./metrics.ts";
import type { Counts } from "./daemon_stats.ts";

/** A metric with all its series. */
export interface FamilySamples {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Statistics {
  readonly counts: Counts;
  /** By name. */
  readonly families: readonly FamilySamples[];
  /** How often the plugins that ever ran were started again after a failure, by name. */
  readonly pluginRestarts: ReadonlyMap<string, number>;
  /** What drbdadm said last; it is asked the first time, and when drbdsetup was started again since. */
  readonly versions: Versions | undefined;
}

export function samplesOf(families: readonly Family[]): FamilySamples[] {
  return families.map((family) => {
    const { name, type, help } = family;
    return { name, type, help, samples: family.samples() };
  });
}

/** Those of two threads together. */
export function together(a: Statistics, b: Pick<Statistics, "families" | "pluginRestarts">): Statistics {
  return {
    ...a,
    families: [...a.families, ...b.families].sort((x, y) => x.name < y.name ? -1 : 1),
    pluginRestarts: new Map([...a.pluginRestarts, ...b.pluginRestarts]),
  };
}
