/**
 * Loads the configuration: a main file and its snippets, with all problems at once.
 *
 * Files are read through an interface, and the plugins' schemas are parameters: this knows no plugin.
 */
import { collectPlugins, type KnownPlugins, type PluginInstance, unknownTopKeys } from "./collect.ts";
import {
  DAEMON_SCHEMA,
  LOG_SCHEMA,
  type LogSink,
  PLUGINS_SCHEMA,
  type Sandbox,
} from "./schema/daemon_schema.ts";
import { type Diagnostic, hasErrors } from "./toml/diagnostic.ts";
import { type Document, readDocument } from "./toml/document.ts";
import { type ConfigFiles, readSnippets, readText, resolve } from "./files.ts";
import type { Finding } from "./toml/finding.ts";
import type { SnippetFile } from "./snippet_changes.ts";
import { isTable, type Path, type Table, valueOf } from "./toml/table.ts";
import { validate, wrongValue } from "./schema/validate.ts";
import { alternatives, quoted, shown } from "./toml/wording.ts";

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
  for (const { faults, file } of documents) {
    for (const fault of faults) diagnostics.push({ severity: "error", file, ...fault });
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

function readDaemonKeys(main: Document, findings: Finding[]) {
  const keys = Object.keys(DAEMON_SCHEMA.entries);
  const table = Object.fromEntries(Object.entries(main.table).filter(([key]) => keys.includes(key)));
  const { output, findings: own } = validate(DAEMON_SCHEMA, table, main, []);
  findings.push(...own);
  return output;
}

function readLog(document: Document, findings: Finding[]): LogSink[] {
  const value = valueOf(document.table, "log");
  if (value === undefined) return [];
  const tables: [Path, Table][] = isTable(value)
    ? [[["log"], value]]
    : Array.isArray(value) && value.every(isTable)
    ? value.map((table, index): [Path, Table] => [["log", index], table])
    : [];
  if (tables.length === 0) {
    findings.push(
      wrongValue({ source: document, path: ["log"] }, shown(value), "tables, each with the header [[log]]"),
    );
  }
  return tables.flatMap(([path, table]) => {
    const { output, findings: own } = validate(LOG_SCHEMA, table, document, path);
    findings.push(...own);
    return output === undefined ? [] : [output];
  });
}

/** The names in the main file's list of plugins, if it has one. */
function readPluginList(main: Document, names: string[], findings: Finding[]): Set<string> | undefined {
  const value = valueOf(main.table, "plugins");
  if (value === undefined) return undefined;
  const { output, findings: own } = validate(PLUGINS_SCHEMA, value, main, ["plugins"]);
  findings.push(...own);
  for (const [index, word] of (output ?? []).entries()) {
    if (names.includes(word)) continue;
    findings.push({
      severity: "warning",
      isUnknown: true,
      source: main,
      path: ["plugins", index],
      at: "value",
      wrong: "Unknown plugin, ignored",
      found: quoted(word),
      expected: alternatives(names),
      spelling: { word, known: names },
    });
  }
  return output && new Set(output);
}

function checkTopKeys([main, ...snippets]: readonly Document[], names: string[], findings: Finding[]): void {
  const mainOnly = [...Object.keys(DAEMON_SCHEMA.entries), "plugins"];
  const everywhere = ["log", ...names];
  if (main !== undefined) findings.push(...unknownTopKeys(main, [...mainOnly, ...everywhere]));
  for (const snippet of snippets) {
    for (const key of mainOnly.filter((key) => Object.hasOwn(snippet.table, key))) {
      findings.push({
        severity: "warning",
        source: snippet,
        path: [key],
        at: "key",
        wrong: "Key of the main file, ignored",
        found: `${quoted(key)} in a snippet`,
        expected: "it in the main file",
      });
    }
    findings.push(...unknownTopKeys(snippet, [...mainOnly, ...everywhere]));
  }
}

/** The main file comes first, then the others by their paths. */
function sortByPlace(diagnostics: Diagnostic[], main: string): void {
  const name = ({ file }: Diagnostic) => file === main ? "" : file;
  const byName = (a: Diagnostic, b: Diagnostic) => name(a) === name(b) ? 0 : name(a) < name(b) ? -1 : 1;
  diagnostics.sort((a, b) => byName(a, b) || a.line - b.line || a.column - b.column);
}
