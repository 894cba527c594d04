/** Plans the migration of a drbd-reactor configuration: its files unchanged, and the differences. */
import { parseTOML } from "toml-eslint-parser";
import type { Diagnostic } from "../../config/toml/diagnostic.ts";
import { readDocument } from "../../config/toml/document.ts";
import { type ConfigFiles, resolve } from "../../config/files.ts";
import { loadConfig, type LoadedConfig } from "../../config/load.ts";
import type { PluginSchema } from "../../config/schema/plugin_schema.ts";
import { isTable } from "../../config/toml/table.ts";
import type { Files } from "../../effects/effects.ts";

/** A file of drbdd and its source. */
export interface PlannedFile {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
  /** Lines of the old file that differ in the new one. */
  readonly changes: readonly { readonly before: string; readonly after: string }[];
}

export interface Plan {
  readonly files: readonly PlannedFile[];
  /** The new configuration. */
  readonly loaded: LoadedConfig;
  /** The old snippets directory, if any. */
  readonly snippets: string | undefined;
}

export interface Places {
  /** Main files. */
  readonly from: string;
  readonly to: string;
}

/** Enabled and disabled snippets of drbd-reactor. */
const SNIPPET = /\.toml(\.disabled)?$/;

/** @throws {FileError} If a file of the old configuration cannot be read. */
export async function planMigration(
  files: Files,
  { from, to }: Places,
  schemas: readonly PluginSchema[],
): Promise<Plan> {
  const text = await files.readText(from);
  const oldSnippets = snippetsOf(from, text);
  const newSnippets = snippetsBeside(to);
  const main = await planned(
    files,
    from,
    to,
    oldSnippets === undefined ? text : withSnippets(text, newSnippets),
  );
  const snippets: PlannedFile[] = [];
  for (const name of oldSnippets === undefined ? [] : await snippetNames(files, oldSnippets)) {
    const path = `${oldSnippets}/${name}`;
    snippets.push(await planned(files, path, `${newSnippets}/${name}`, await files.readText(path)));
  }
  const all = [main, ...snippets];
  return {
    files: all,
    loaded: await loadConfig(to, overlay(all, newSnippets), { schemas }),
    snippets: oldSnippets,
  };
}

/** The snippets directory for a main file: `/etc/drbdd.d` for `/etc/drbdd.toml`. */
export function snippetsBeside(main: string): string {
  return `${main.replace(/\.toml$/, "")}.d`;
}

/** Diagnostics of errors. */
export function errorsOf({ loaded }: Plan): Diagnostic[] {
  return loaded.diagnostics.filter(({ severity }) => severity === "error");
}

function snippetsOf(from: string, text: string): string | undefined {
  const { snippets } = readDocument(from, text).table;
  return typeof snippets === "string" && snippets !== ""
    ? resolve(from, snippets).replace(/\/$/, "")
    : undefined;
}

/** The text with only the value of `snippets` changed. */
function withSnippets(text: string, directory: string): string {
  const [{ body }] = parseTOML(text, { tomlVersion: "latest" }).body;
  for (const node of body) {
    if (node.type !== "TOMLKeyValue") continue;
    const [key] = node.key.keys;
    const name = key?.type === "TOMLBare" ? key.name : key?.value;
    if (name !== "snippets") continue;
    const [begin, end] = node.value.range;
    return text.slice(0, begin) + JSON.stringify(directory) + text.slice(end);
  }
  return text;
}

async function snippetNames(files: Files, directory: string): Promise<string[]> {
  if (await files.stat(directory) === undefined) return [];
  const names: string[] = [];
  for (const name of await files.list(directory)) {
    if (SNIPPET.test(name) && (await files.stat(`${directory}/${name}`))?.isFile) names.push(name);
  }
  return names;
}

async function planned(files: Files, from: string, to: string, text: string): Promise<PlannedFile> {
  const [before, after] = [await files.readText(from), text].map((each) => each.split("\n"));
  const changes = (before ?? []).flatMap((line, place) => {
    const now = after?.[place] ?? "";
    return line === now ? [] : [{ before: line, after: now }];
  });
  const mode = (await files.stat(from))?.mode;
  return { from, to, text, changes, mode: mode === undefined || mode === 0 ? 0o644 : mode };
}

/** A file system with the new files. */
function overlay(planned: readonly PlannedFile[], directory: string): ConfigFiles {
  const texts = new Map(planned.map(({ to, text }) => [to, text]));
  const info = (isFile: boolean) => ({ isFile, isDirectory: !isFile, modifiedMs: 0 });
  return {
    readText: (path) => {
      const text = texts.get(path);
      return text === undefined
        ? Promise.reject(new Error(`"${path}" is not planned`))
        : Promise.resolve(text);
    },
    list: (path) =>
      Promise.resolve(
        [...texts.keys()].filter((each) => each.startsWith(`${path}/`)).map((each) =>
          each.slice(path.length + 1)
        ),
      ),
    stat: (path) =>
      Promise.resolve(texts.has(path) ? info(true) : path === directory ? info(false) : undefined),
  };
}

/** Whether a main file only names its snippets directory, like that of the package. */
export function saysNothing(path: string, text: string): boolean {
  const { table, faults } = readDocument(path, text);
  const others = Object.entries(table).filter(([key, value]) => !(key === "snippets" || isEmpty(value)));
  return faults.length === 0 && others.length === 0;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isTable(value) && Object.keys(value).length === 0;
}
