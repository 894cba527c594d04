/** The effective configuration, as a file that could be loaded in place of all that were read. */
import { stringify } from "smol-toml";
import type { DaemonConfig } from "./load.ts";
import { valueWithoutSecrets } from "./secrets.ts";

/**
 * TOML with every key that has a value, defaults too. The snippets are part of it: loading them besides would
 * configure everything twice, so their directory is a comment. Secrets are hidden: this is for logs.
 */
export function renderConfig(config: DaemonConfig): string {
  const { snippets, log, plugins } = config;
  const heading = snippets === undefined
    ? ""
    : `# snippets = ${JSON.stringify(snippets)} (their content is below)\n`;
  const byPlugin = Map.groupBy(plugins, ({ plugin }) => plugin);
  return heading + stringify({
    "snippets-monitoring-interval": config.snippetsMonitoringIntervalS,
    "statistics-poll-interval": config.statisticsPollIntervalS,
    sandbox: config.sandbox,
    log,
    ...Object.fromEntries(
      [...byPlugin].map(([name, all]) => [name, all.map(({ settings }) => valueWithoutSecrets(settings))]),
    ),
  });
}
