/** The effective configuration, as one file that could be loaded instead of all that were read. */
import { stringify } from "smol-toml";
import type { DaemonConfig } from "./load.ts";
import { valueWithoutSecrets } from "./toml/secrets.ts";

/**
 * TOML with every key that has a value, including defaults. The snippets' content is included, so their directory is only a
 * comment: loading it as well would configure everything twice. Secrets are hidden, as this goes to logs.
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
