/**
 * Loads the configuration: a main file and its snippets, with all problems at once.
 *
 * Files are read through an interface, and the plugins' schemas are parameters: this knows no plugin.
 */
import { byteEscapes } from "./toml/byte_escapes.ts";
import { collectPlugins, type KnownPlugins, type PluginInstance } from "./collect.ts";
import type { LogSink, Sandbox } from "./schema/daemon_schema.ts";
import { type Diagnostic, hasErrors } from "./toml/diagnostic.ts";
import { type Document, readDocument } from "./toml/document.ts";
import { type ConfigFiles, readSnippets, readText, resolve } from "./files.ts";
import type { Finding } from "./toml/finding.ts";
import type { SnippetFile } from "./snippet_changes.ts";
import { valueOf } from "./toml/table.ts";
import { checkTopKeys, readDaemonKeys, readLog, readPluginList } from "./main_keys.ts";

/** The meaning of the files. Equal configurations run identically. */
export interface DaemonConfig {
  /** Directory of the snippets, if any. */
  readonly snippets: string | undefined;
  /** 0 for never. */
  readonly snippetsMonitoringIntervalS: number;
  readonly sandbox: Sandbox;
  readonly statisticsPollIntervalS: number;
  /** At least one. */
  readonly log: readonly LogSink[];
  /** In the order in which they are started. */
  readonly plugins: readonly PluginInstance[];
}

/** Which files were read; known even if they are invalid, so that they can be watched. */
export interface Sources {
  readonly main: string;
  /** Directory of the snippets, if any. */
  readonly snippets: string | undefined;
  /** The snippets that were read, sorted by path. */
  readonly files: readonly SnippetFile[];
}

export interface LoadedConfig {
  /** Absent if there are errors. */
  readonly config?: DaemonConfig;
  /** Of the main file first, then of the snippets by name; by line within each. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
}

/** Loads the main file at `path` and its snippets. Never rejects: failures become diagnostics. */
export async function loadConfig(
  path: string,
  files: ConfigFiles,
  known: KnownPlugins,
): Promise<LoadedConfig> {
  const diagnostics: Diagnostic[] = [];
  const findings: Finding[] = [];
  const text = await readText(path, files, diagnostics);
  const main = text === undefined ? undefined : readDocument(path, text);
  if (main === undefined) return { diagnostics, sources: { main: path, snippets: undefined, files: [] } };

  const daemon = readDaemonKeys(main, findings);
  const directory = snippetsDirectory(main);
  const snippets = directory === undefined
    ? []
    : await readSnippets(directory, main, files, findings, diagnostics);
  const documents = [main, ...snippets.map(({ document }) => document)];
  for (const { faults, file, text } of documents) {
    for (const fault of faults) diagnostics.push({ severity: "error", file, ...fault });
    for (const remark of byteEscapes(text)) diagnostics.push({ severity: "warning", file, ...remark });
  }

  const names = known.schemas.map(({ name }) => name);
  const log = documents.flatMap((document) => readLog(document, findings));
  const listed = readPluginList(main, names, findings);
  checkTopKeys(documents, names, findings);
  const plugins = collectPlugins(documents, known, listed, findings);

  if (findings.length > 0) {
    const { diagnose } = await import("./toml/report.ts");
    diagnostics.push(...diagnose(findings));
  }
  sortByPlace(diagnostics, path);
  const sources = { main: path, snippets: directory, files: snippets.map(({ source }) => source) };
  if (daemon === undefined || hasErrors(diagnostics)) return { diagnostics, sources };
  const config = {
    snippets: directory,
    snippetsMonitoringIntervalS: daemon["snippets-monitoring-interval"],
    sandbox: daemon.sandbox,
    statisticsPollIntervalS: daemon["statistics-poll-interval"],
    log: log.length > 0 ? log : [{ level: "info" as const }],
    plugins,
  };
  return { config, diagnostics, sources };
}

/** Read even if other keys are invalid, so that errors in snippets are reported as well. */
export function snippetsDirectory({ file, table }: Document): string | undefined {
  const value = valueOf(table, "snippets");
  return typeof value === "string" && value !== "" ? resolve(file, value) : undefined;
}

/** The main file comes first, then the others by their paths. */
function sortByPlace(diagnostics: Diagnostic[], main: string): void {
  const name = ({ file }: Diagnostic) => file === main ? "" : file;
  const byName = (a: Diagnostic, b: Diagnostic) => name(a) === name(b) ? 0 : name(a) < name(b) ? -1 : 1;
  diagnostics.sort((a, b) => byName(a, b) || a.line - b.line || a.column - b.column);
}
