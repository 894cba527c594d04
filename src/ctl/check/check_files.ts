/** Reads a configuration as the daemon would, without applying it. */
import type { KnownPlugins } from "../../config/collect.ts";
import type { Diagnostic } from "../../config/toml/diagnostic.ts";
import type { ConfigFiles } from "../../config/files.ts";
import { type DaemonConfig, loadConfig } from "../../config/load.ts";

/** Whether unknown keys are errors, or warnings as for the daemon. */
export type Strictness = "strict" | "lenient";

export interface Checked {
  /** The configuration; absent if drbdd would refuse it. */
  readonly config: DaemonConfig | undefined;
  /** Of all files, or of the named ones. */
  readonly diagnostics: readonly Diagnostic[];
  /** The files that were read. */
  readonly files: readonly string[];
}

/**
 * Checks the configuration at `main`; returns only the diagnostics of `only`, if given. Files of `only` that drbdd
 * does not read (disabled ones, or new ones that stand elsewhere) are checked as if it did, after all others.
 */
export async function checkFiles(
  files: ConfigFiles,
  main: string,
  only: readonly string[],
  known: KnownPlugins,
  strictness: Strictness,
): Promise<Checked> {
  const withStrictness = strictness === "strict" ? strictly : (diagnostic: Diagnostic) => diagnostic;
  const whole = await loadConfig(main, files, known);
  const read = [whole.sources.main, ...whole.sources.files.map(({ path }) => path)];
  if (only.length === 0) {
    return { config: whole.config, diagnostics: whole.diagnostics.map(withStrictness), files: read };
  }
  const unread = only.filter((path) => !read.includes(path));
  const missing = await missingOf(files, unread);
  const others = unread.filter((path) => !missing.some(({ file }) => file === path));
  const { snippets } = whole.sources;
  const diagnostics = others.length === 0
    ? whole.diagnostics
    : snippets === undefined
    ? [...whole.diagnostics, ...await eachAlone(files, others, known)]
    : await withOthers(files, main, snippets, others, known);
  return {
    config: whole.config,
    diagnostics: [...missing, ...diagnostics].filter(({ file }) => only.includes(file)).map(withStrictness),
    files: only,
  };
}

async function missingOf(files: ConfigFiles, paths: readonly string[]): Promise<Diagnostic[]> {
  const found = await Promise.all(paths.map(async (file): Promise<Diagnostic[]> => {
    if (await files.stat(file) !== undefined) return [];
    return [{ severity: "error", file, line: 0, column: 0, message: "File not found" }];
  }));
  return found.flat();
}

function strictly(diagnostic: Diagnostic): Diagnostic {
  return diagnostic.isUnknown === true ? { ...diagnostic, severity: "error" } : diagnostic;
}

async function eachAlone(
  files: ConfigFiles,
  paths: readonly string[],
  known: KnownPlugins,
): Promise<Diagnostic[]> {
  const loaded = await Promise.all(paths.map((path) => loadConfig(path, files, known)));
  return loaded.flatMap(({ diagnostics }) => diagnostics);
}

/** Reads the others as snippets after all existing ones. */
async function withOthers(
  files: ConfigFiles,
  main: string,
  directory: string,
  others: readonly string[],
  known: KnownPlugins,
): Promise<Diagnostic[]> {
  const names = new Map(
    others.map((path, place) => [`\u{10ffff}${String(place).padStart(6, "0")}.toml`, path]),
  );
  const real = (path: string) => names.get(path.slice(directory.length + 1)) ?? path;
  const overlay: ConfigFiles = {
    readText: (path) => files.readText(real(path)),
    stat: (path) => path === directory && names.size > 0 ? directoryOr(files, path) : files.stat(real(path)),
    list: async (path) => [
      ...await files.list(path).catch((error) => path === directory ? [] : Promise.reject(error)),
      ...(path === directory ? names.keys() : []),
    ],
  };
  const { diagnostics } = await loadConfig(main, overlay, known);
  // A message may also name another file, such as that of the first definition.
  const named = (text: string) =>
    [...names].reduce((all, [name, path]) => all.replaceAll(`${directory}/${name}`, path), text);
  return diagnostics.map((each) => ({ ...each, file: named(each.file), message: named(each.message) }));
}

/** The directory may not exist yet. */
async function directoryOr(files: ConfigFiles, path: string): ReturnType<ConfigFiles["stat"]> {
  return await files.stat(path) ?? { isFile: false, isDirectory: true, modifiedMs: 0 };
}
