/** Reads the files of a configuration. Every failure becomes a diagnostic. */
import type { Diagnostic } from "./toml/diagnostic.ts";
import { type Document, readDocument } from "./toml/document.ts";
import type { Finding } from "./toml/finding.ts";
import type { SnippetFile } from "./snippet_changes.ts";
import { wrongValue } from "./schema/validate.ts";
import { quoted } from "./toml/wording.ts";

/** Well below the default limit of open files. */
const READ_AT_ONCE = 32;

/** What is needed of files. Errors carry what could not be done, and to what. */
export interface ConfigFiles {
  readText(path: string): Promise<string>;
  /** Names of the entries of a directory. */
  list(directory: string): Promise<string[]>;
  /** Undefined if it does not exist. Follows links. */
  stat(path: string): Promise<
    { readonly isFile: boolean; readonly isDirectory: boolean; readonly modifiedMs: number } | undefined
  >;
}

/** The text of a file; if it cannot be read, adds a diagnostic. */
export async function readText(
  path: string,
  files: ConfigFiles,
  diagnostics: Diagnostic[],
): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    diagnostics.push(unreadable(path, error));
    return undefined;
  }
}

function unreadable(file: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return { severity: "error", file, line: 0, column: 0, message: `Configuration cannot be read: ${reason}` };
}

/** A path in the configuration: relative ones are relative to the main file's directory. */
export function resolve(mainFile: string, path: string): string {
  if (path.startsWith("/")) return path;
  const slash = mainFile.lastIndexOf("/");
  return slash < 0 ? path : `${mainFile.slice(0, slash)}/${path}`;
}

/** A snippet and its modification time. */
export interface Snippet {
  readonly document: Document;
  readonly source: SnippetFile;
}

/** The `*.toml` files of a directory, sorted by name. Failures become diagnostics. */
export async function readSnippets(
  directory: string,
  main: Document,
  files: ConfigFiles,
  findings: Finding[],
  diagnostics: Diagnostic[],
): Promise<Snippet[]> {
  const place = { source: main, path: ["snippets"] };
  try {
    const info = await files.stat(directory);
    if (info === undefined) {
      findings.push({
        ...place,
        severity: "warning",
        at: "value",
        wrong: "Snippets not read",
        found: `nothing at ${quoted(directory)}`,
        expected: "a directory",
      });
      return [];
    }
    if (!info.isDirectory) {
      findings.push(wrongValue(place, `something else at ${quoted(directory)}`, "a directory"));
      return [];
    }
    const paths = await snippetPaths(directory, files);
    return await inGroups(paths, (path) => readSnippet(path, files, diagnostics));
  } catch (error) {
    diagnostics.push(unreadable(directory, error));
    return [];
  }
}

/** Paths of the entries that can be snippets, sorted. */
async function snippetPaths(directory: string, files: ConfigFiles): Promise<string[]> {
  const names = (await files.list(directory)).filter((name) => name.endsWith(".toml")).sort();
  return names.map((name) => `${directory.replace(/\/$/, "")}/${name}`);
}

/**
 * The snippets in a directory now, to compare with those that were loaded.
 * @throws Any error of `files`.
 */
export async function presentSnippets(directory: string, files: ConfigFiles): Promise<SnippetFile[]> {
  if (await files.stat(directory) === undefined) return [];
  return await inGroups(await snippetPaths(directory, files), async (path) => {
    const info = await files.stat(path);
    return info?.isFile === true ? { path, modifiedMs: info.modifiedMs } : undefined;
  });
}

/** Runs `read` for several paths at a time, as reading hundreds of snippets one by one is slow. Omits undefined results. */
async function inGroups<Result>(
  paths: readonly string[],
  read: (path: string) => Promise<Result | undefined>,
): Promise<Result[]> {
  const all: (Result | undefined)[] = [];
  for (let place = 0; place < paths.length; place += READ_AT_ONCE) {
    all.push(...await Promise.all(paths.slice(place, place + READ_AT_ONCE).map(read)));
  }
  return all.filter((one) => one !== undefined);
}

async function readSnippet(
  path: string,
  files: ConfigFiles,
  diagnostics: Diagnostic[],
): Promise<Snippet | undefined> {
  let modifiedMs = 0;
  try {
    // The time is read first: if the file is written in between, it will count as changed.
    const info = await files.stat(path);
    if (info === undefined) {
      const message = "Snippet not read: found nothing behind this link, expected a file";
      diagnostics.push({ severity: "warning", file: path, line: 0, column: 0, message });
      return undefined;
    }
    if (!info.isFile) return undefined;
    modifiedMs = info.modifiedMs;
  } catch (error) {
    diagnostics.push(unreadable(path, error));
    return undefined;
  }
  const text = await readText(path, files, diagnostics);
  return text === undefined
    ? undefined
    : { document: readDocument(path, text), source: { path, modifiedMs } };
}
