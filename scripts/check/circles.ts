/** Circles of imports. */
import type { Source } from "./sources.ts";

/** Each circle once, as the modules on it. */
export function findCircles(sources: readonly Source[]): string[][] {
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
