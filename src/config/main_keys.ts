/** The keys of the daemon itself: those of the main file, and [[log]]. */
import { unknownTopKeys } from "./collect.ts";
import { DAEMON_SCHEMA, LOG_SCHEMA, type LogSink, PLUGINS_SCHEMA } from "./schema/daemon_schema.ts";
import type { Document } from "./toml/document.ts";
import type { Finding } from "./toml/finding.ts";
import { isTable, type Path, type Table, valueOf } from "./toml/table.ts";
import { validate, wrongValue } from "./schema/validate.ts";
import { alternatives, quoted, shown } from "./toml/wording.ts";

export function readDaemonKeys(main: Document, findings: Finding[]) {
  const keys = Object.keys(DAEMON_SCHEMA.entries);
  const table = Object.fromEntries(Object.entries(main.table).filter(([key]) => keys.includes(key)));
  const { output, findings: own } = validate(DAEMON_SCHEMA, table, main, []);
  findings.push(...own);
  return output;
}

export function readLog(document: Document, findings: Finding[]): LogSink[] {
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
export function readPluginList(
  main: Document,
  names: string[],
  findings: Finding[],
): Set<string> | undefined {
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

export function checkTopKeys(
  [main, ...snippets]: readonly Document[],
  names: string[],
  findings: Finding[],
): void {
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
