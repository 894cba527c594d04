/** Resources whose services this daemon starts and stops, and what a reload changes of that. */
import type { DaemonConfig } from "../config/load.ts";
import type { PluginEntry } from "../daemon/plugins/plugin.ts";
import type { DecisionLog } from "../daemon/status/decision_log.ts";
import type { Clock } from "../effects/effects.ts";
import type { Logger } from "../logging/logging.ts";

/** Each resource with the plugin that manages it. */
export type ManagedResources = ReadonlyMap<string, string>;

export function managedResources(
  config: DaemonConfig | undefined,
  plugins: readonly Pick<PluginEntry, "name" | "resources">[],
): ManagedResources {
  return new Map(
    config?.plugins.flatMap(({ plugin, config }) =>
      (plugins.find(({ name }) => name === plugin)?.resources?.(config) ?? []).map((resource) =>
        [resource, plugin] as const
      )
    ),
  );
}

export interface ReloadAudience {
  readonly decisions: DecisionLog;
  /** The log of a plugin. */
  logOf(plugin: string): Logger;
  readonly clock: Clock;
}

/** After a reload: which resources came and went. Nothing else says why one is not started any more. */
export function reportReload(
  before: ManagedResources,
  after: ManagedResources,
  { decisions, logOf, clock }: ReloadAudience,
): void {
  for (const [resource, plugin] of before) {
    if (after.has(resource)) continue;
    const text =
      "no longer managed: the reloaded configuration does not have this resource; running services keep running";
    logOf(plugin).warn("{resource}: {text}", { resource, text });
    decisions.note(resource, { wallMs: clock.wallMs(), plugin, level: "warning", text });
  }
  for (const [resource, plugin] of after) {
    if (before.has(resource)) continue;
    const text = "managed from now on: a reload found it in the configuration";
    logOf(plugin).info("{resource}: {text}", { resource, text });
    decisions.note(resource, { wallMs: clock.wallMs(), plugin, level: "info", text });
  }
}
