/** What a configuration needs of the sandbox. */
import type { DaemonConfig } from "../config/load.ts";
import { type Kept, type Needs, together } from "../runtime/permissions.ts";
import type { PluginEntry } from "../runtime/plugin.ts";

/** Everything that a daemon with this configuration does, reading it again included. */
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

/** For the log, in one line. */
export function keptInWords({ run, read, write, net }: Kept): string {
  const all = (words: readonly string[]) => words.length === 0 ? "nothing" : words.join(" ");
  return `run ${all(run)}; read ${all(read)}; write ${all(write)}; ${net ? "network" : "no network"}`;
}
