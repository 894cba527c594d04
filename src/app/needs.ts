/** The sandbox permissions that a configuration needs. */
import type { DaemonConfig } from "../config/load.ts";
import { type Kept, type Needs, together } from "../effects/permissions.ts";
import type { PluginEntry } from "../daemon/plugins/plugin.ts";

/** The permissions that a daemon with this configuration needs, including those for a reload. */
export function needsOf(config: DaemonConfig, configPath: string, known: readonly PluginEntry[]): Needs {
  const logs = config.log.flatMap(({ file }) => file ?? []);
  const own: Needs = {
    read: [configPath, ...(config.snippets === undefined ? [] : [config.snippets]), ...logs],
    write: logs,
  };
  const ofPlugins = config.plugins.map(({ plugin, config }) =>
    known.find(({ name }) => name === plugin)?.needs?.(config) ?? {}
  );
  return together([own, ...ofPlugins]);
}

/**
 * The permissions that a daemon with this configuration keeps: those it needs, and, unless the sandbox is "minimal", those
 * that a promoter or umh added by a reload usually needs.
 */
export function keptFor(config: DaemonConfig, configPath: string, known: readonly PluginEntry[]): Needs {
  const ordinary = config.sandbox === "minimal" ? [] : known.map(({ ordinaryNeeds }) => ordinaryNeeds ?? {});
  return together([needsOf(config, configPath, known), ...ordinary]);
}

/** For the log, in one line. */
export function keptInWords({ run, read, write, net }: Kept): string {
  const all = (words: readonly string[]) => words.length === 0 ? "nothing" : words.join(" ");
  return `run ${all(run)}; read ${all(read)}; write ${all(write)}; ${net ? "network" : "no network"}`;
}
