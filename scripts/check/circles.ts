/** Circles of imports. */
import { CONFIG_OF_PLUGIN, roomOf } from "./arrows.ts";
import type { Source } from "./sources.ts";

/** A module or a folder, and what it imports from. */
export type Importer = Pick<Source, "path" | "imports">;

/** Each circle once, as the modules or folders on it. */
export function findCircles(sources: readonly Importer[]): string[][] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const circles: string[][] = [];
  const visit = (path: string, above: readonly string[]) => {
    const place = above.indexOf(path);
    if (place >= 0) {
      circles.push([...above.slice(place), path]);
      return;
    }
    if (done.has(path)) return;
    for (const next of byPath.get(path)?.imports ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return circles;
}

/** The folders of production code, with the folders that their files import from. */
export function foldersOf(sources: readonly Source[]): Importer[] {
  const folders = new Map<string, Set<string>>();
  for (const { path, imports } of sources) {
    if (!/^(src|plugins)\//.test(path) || path.endsWith("_test.ts")) continue;
    const room = roomOf(path);
    const rooms = folders.get(room) ?? new Set();
    for (const name of imports) {
      if (roomOf(name) !== room && !CONFIG_OF_PLUGIN.test(name)) rooms.add(roomOf(name));
    }
    folders.set(room, rooms);
  }
  return Array.from(folders, ([path, rooms]) => ({ path, imports: [...rooms] }));
}
