/** Whether the snippets on the disk are still those that were read. */

/** A file, and when it was last written. */
export interface SnippetFile {
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** Paths of files that make a reload worth while, sorted. */
export interface SnippetChanges {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Younger changes are left alone: somebody is still editing. */
const QUIET_MS = 20_000;

/**
 * Compares the snippets as they were read (`loaded`) with those that are there.
 *
 * A file counts as changed if its time of modification is another one: a backup that was put back is older than
 * what it replaces. A time in the future says nothing of editing, so such a file is not waited for.
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
