/** Loads configurations from text, with the schemas of all plugins. */
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { formatDiagnostic } from "../../../src/config/toml/diagnostic.ts";
import { type DaemonConfig, loadConfig } from "../../../src/config/load.ts";
import { memoryFiles } from "./config_files.ts";

export interface LoadedText {
  readonly config: DaemonConfig | undefined;
  /** `SEVERITY LINE:COLUMN: MESSAGE`; of snippets with the file's path before. */
  readonly lines: readonly string[];
}

/** Loads the text as main file, with snippets by their paths if there are any. */
export async function loadText(
  text: string,
  snippets: Readonly<Record<string, string>> = {},
): Promise<LoadedText> {
  const files = memoryFiles({ "/drbdd.toml": text, ...snippets });
  const { config, diagnostics } = await loadConfig("/drbdd.toml", files, { schemas: PLUGIN_SCHEMAS });
  const lines = diagnostics.map((diagnostic) =>
    `${diagnostic.severity} ${formatDiagnostic(diagnostic).replace(/^\/drbdd.toml:/, "")}`
  );
  return { config, lines };
}

/** The configuration of the only plugin instance in a text about which nothing is to be said. */
export async function pluginConfig(text: string): Promise<unknown> {
  const { config, lines } = await loadText(text);
  if (lines.length > 0) throw new Error(`Unexpected: ${lines.join("\n")}`);
  const [instance, ...more] = config?.plugins ?? [];
  if (instance === undefined || more.length > 0) throw new Error(`${more.length} instances beyond one`);
  return instance.config;
}
