/** From files to plugin instances: validates every table of every file against its plugin's schema, and all against each other. */
import { withDefaults } from "./schema/defaults.ts";
import type { Document } from "./toml/document.ts";
import type { Finding, Place } from "./toml/finding.ts";
import type { Claim, PluginSchema } from "./schema/plugin_schema.ts";
import { canonicalText, isTable, type Path, type Table, valueOf } from "./toml/table.ts";
import { isToolTable } from "./schema/tool_tables.ts";
import { unknownKey, validate, wrongValue } from "./schema/validate.ts";
import { alternatives, quoted, shown } from "./toml/wording.ts";

/** One table of a plugin, which becomes one running instance. */
export interface PluginInstance {
  readonly plugin: string;
  /** The validated table. */
  readonly config: unknown;
  /** The table with all defaults, under the keys of the file. Plain data: instances are equal if these are. */
  readonly settings: Table;
  readonly origin: Origin;
}

/** Where an instance was configured. */
export interface Origin {
  readonly file: string;
  /** Which of the plugin's tables in that file, from 1. */
  readonly number: number;
}

/** What drbdd can do with a plugin's table. */
export interface KnownPlugins {
  /** In the order in which instances are started. */
  readonly schemas: readonly PluginSchema[];
  /** Names of plugins that can run; all with a schema, if absent. */
  readonly implemented?: ReadonlySet<string> | undefined;
}

interface Collected extends PluginInstance {
  readonly place: Place;
  readonly claims: readonly Claim[];
}

/** All instances, in the order of the schemas, then of the files. `listed`: the names in the main file's list of plugins, if it has one. */
export function collectPlugins(
  documents: readonly Document[],
  { schemas, implemented }: KnownPlugins,
  listed: ReadonlySet<string> | undefined,
  findings: Finding[],
): PluginInstance[] {
  const collected: Collected[] = [];
  for (const plugin of schemas) {
    const places = new Map<string, Place>();
    const tables = documents.flatMap((document, index) =>
      tablesOf(document, plugin.name, index === 0 ? listed : undefined, findings)
    );
    for (const { place, table, number } of tables) {
      if (implemented !== undefined && !implemented.has(plugin.name)) {
        findings.push({
          ...place,
          severity: "error",
          at: "key",
          wrong: "Plugin not implemented",
          found: quoted(plugin.name),
          expected: `${alternatives([...implemented])} in this version of drbdd`,
        });
        continue;
      }
      const instance = readInstance(plugin, table, place, number, findings);
      if (instance !== undefined && !isRepeated(instance, table, places, findings)) {
        collected.push(instance);
      }
    }
  }
  findings.push(...doubleClaims(collected));
  return collected.map(({ plugin, config, settings, origin }) => ({ plugin, config, settings, origin }));
}

interface Found {
  readonly place: Place & { readonly source: Document };
  readonly table: unknown;
  readonly number: number;
}

/** A plugin's tables in one file: an array of tables, a single one, or an empty one if only the list names the plugin. */
function tablesOf(
  document: Document,
  name: string,
  listed: ReadonlySet<string> | undefined,
  findings: Finding[],
): Found[] {
  const value = valueOf(document.table, name);
  const place = { source: document, path: [name] };
  if (value === undefined) return listed?.has(name) ? [{ place, table: {}, number: 1 }] : [];
  if (listed !== undefined && !listed.has(name)) {
    findings.push({
      ...place,
      severity: "warning",
      at: "key",
      wrong: "Plugin not started",
      found: `no ${quoted(name)} in the list "plugins"`,
      expected: "it in that list, or no list",
    });
    return [];
  }
  if (isTable(value)) return [{ place, table: value, number: 1 }];
  if (!Array.isArray(value) || !value.every(isTable)) {
    findings.push(wrongValue(place, shown(value), `tables, each with the header [[${name}]]`));
    return [];
  }
  return value.map((table, index) => ({
    place: { source: document, path: [name, index] },
    table,
    number: index + 1,
  }));
}

function readInstance(
  plugin: PluginSchema,
  table: unknown,
  place: Found["place"],
  number: number,
  findings: Finding[],
): Collected | undefined {
  const { source, path } = place;
  const { name, schema } = plugin;
  const { output: config, findings: own } = validate(schema, table, source, path);
  findings.push(...own);
  if (config === undefined) return undefined;
  // Keys may be missing from a file only because invalid lines were removed: do not report them.
  const remarks = source.faults.length === 0 ? plugin.remarks?.(table) ?? [] : [];
  for (const remark of remarks) {
    findings.push({ ...remark, severity: "warning", source, path: [...path, ...remark.path] });
  }
  const settings = withDefaults(schema, table);
  if (!isTable(settings)) throw new Error(`The schema of "${name}" is not about tables`);
  const claims = plugin.claims?.(config) ?? [];
  return { plugin: name, config, settings, origin: { file: source.file, number }, place, claims };
}

/**
 * Reports a second instance with the same settings. `places` has the instances so far, by their settings; this one is added.
 * It is a warning if only `id` differs, otherwise an error.
 */
function isRepeated(
  instance: Collected,
  table: unknown,
  places: Map<string, Place>,
  findings: Finding[],
): boolean {
  const text = canonicalText(instance.settings);
  const first = places.get(text);
  if (first === undefined) {
    places.set(text, instance.place);
    return false;
  }
  const hasId = isTable(table) && valueOf(table, "id") !== undefined;
  findings.push({
    ...instance.place,
    severity: hasId ? "warning" : "error",
    at: "key",
    first,
    wrong: hasId
      ? `Equal instance of ${quoted(instance.plugin)}, ignored`
      : `Equal instance of ${quoted(instance.plugin)}`,
    found: "the same settings again",
    expected: "each instance once",
  });
  return true;
}

function doubleClaims(instances: readonly Collected[]): Finding[] {
  const findings: Finding[] = [];
  const claimed = new Map<string, { readonly first: Place; readonly severity: Claim["severity"] }>();
  for (const { place, claims } of instances) {
    for (const { what, path: within, severity } of claims) {
      const here = { source: place.source, path: pathWithin(place, within) };
      const earlier = claimed.get(what);
      if (earlier === undefined) {
        claimed.set(what, { first: here, severity });
      } else {
        findings.push({
          ...here,
          // Whichever of the two stands first.
          severity: earlier.severity === "error" ? "error" : severity,
          at: "key",
          wrong: `${what} configured twice`,
          found: "it again",
          first: earlier.first,
          expected: "it once",
        });
      }
    }
  }
  return findings;
}

function pathWithin({ path }: Place, within: Path): Path {
  return [...path, ...within];
}

/** Unknown keys at the top of a file. */
export function unknownTopKeys(document: Document, known: readonly string[]): Finding[] {
  return Object.entries(document.table).filter(([key, value]) =>
    !known.includes(key) && !isToolTable(key, value)
  )
    .map(([key]) => unknownKey({ source: document, path: [key] }, known));
}
