/** Detects snippets on disk that differ from those that were loaded. */

/** A file, and when it was last written. */
export interface SnippetFile {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Paths of files that a reload would affect, sorted. */
export interface SnippetChanges {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** More recent changes are not reported yet: the file may still be edited. */
const QUIET_MS = 20_000;

/**
 * Compares the loaded snippets with those on disk.
 *
 * A file has changed if its modification time differs, earlier or later: a restored backup is older than what it replaces. A
 * time in the future says nothing about editing, so such a file is reported at once.
 * @param nowMs Milliseconds since 1970.
 */
export function snippetChanges(
  loaded: readonly SnippetFile[],
  present: readonly SnippetFile[],
  nowMs: number,
): SnippetChanges {
  const timeLoaded = new Map(loaded.map(({ path, modifiedMs }) => [path, modifiedMs]));
  const isThere = new Set(present.map(({ path }) => path));
  const settled = present.filter(({ modifiedMs }) => Math.abs(nowMs - modifiedMs) >= QUIET_MS);
  const pathsOf = (files: readonly SnippetFile[]) => files.map(({ path }) => path).sort();
  return {
    changed: pathsOf(
      settled.filter(({ path, modifiedMs }) => timeLoaded.has(path) && timeLoaded.get(path) !== modifiedMs),
    ),
    added: pathsOf(settled.filter(({ path }) => !timeLoaded.has(path))),
    removed: pathsOf(loaded.filter(({ path }) => !isThere.has(path))),
  };
}
