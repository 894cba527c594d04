/** The plugins of a configuration, for the log. */
import type { PluginInstance } from "../config/collect.ts";

/** Each once, with how many instances there are: `promoter (200), prometheus`. */
export function pluginCounts(instances: readonly Pick<PluginInstance, "plugin">[]): string {
  const byName = Map.groupBy(instances, ({ plugin }) => plugin);
  return Array.from(byName, ([name, all]) => all.length === 1 ? name : `${name} (${all.length})`).join(", ");
}
