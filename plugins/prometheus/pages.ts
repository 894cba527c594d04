/**
 * The series of all resources, as pieces of an answer. Resources that are neighbours by name share a page: what changes
 * in one of them costs a new page, and all others stay as they are; so they do when one comes or goes.
 */
import type { Cluster } from "../../src/drbd/model/cluster.ts";
import type { Resource } from "../../src/drbd/model/model.ts";
import type { SeriesText } from "./series/series_text.ts";

/** Large pages are fewer parts to send; small ones are rebuilt faster. */
const PAGE_RESOURCES = 50;
/** A page that grows beyond this is divided. */
const MOST_RESOURCES = 75;

interface Page {
  readonly resources: readonly Resource[];
  readonly series: Series;
}

/** For each metric its series, in pieces of UTF-8; none if it has no series. */
export type Series = readonly (readonly Uint8Array[])[];

const encoder = new TextEncoder();

export class Pages {
  #pages: readonly Page[] = [];

  constructor(readonly text: SeriesText) {}

  /** The series of all resources of one snapshot. */
  render(cluster: Cluster): Series {
    const known = new Map(this.#pages.map((page) => [firstName(page.resources), page]));
    const pages: Page[] = [];
    for (const resources of grouped(cluster, [...known.keys()])) {
      const before = known.get(firstName(resources));
      // Snapshots are shared as long as nothing changes: the same ones make the same page.
      const isKnown = before !== undefined && isSame(before.resources, resources);
      pages.push(isKnown ? before : this.#page(resources));
    }
    this.#pages = pages;
    return this.text.metrics.map((_metric, place) => pages.flatMap(({ series }) => series[place] ?? []));
  }

  #page(resources: readonly Resource[]): Page {
    const series = this.text.metrics.map((): Uint8Array[] => []);
    for (const { metric, text } of this.text.of(resources)) series[metric]?.push(encoder.encode(text));
    return { resources, series };
  }
}

function firstName([first]: readonly Resource[]): string {
  return first?.name ?? "";
}

/** Neighbours for the pages, with as many of the last pages' beginnings as leave them of a good size. */
function grouped(resources: Iterable<Resource>, begins: readonly string[]): Resource[][] {
  const ranges: Resource[][] = [[]];
  let next = 1;
  for (const resource of resources) {
    for (let begin = begins[next]; begin !== undefined && resource.name >= begin; begin = begins[++next]) {
      ranges.push([]);
    }
    ranges.at(-1)?.push(resource);
  }
  const groups: Resource[][] = [];
  for (const range of ranges) {
    const last = groups.at(-1);
    if (last !== undefined && last.length + range.length <= PAGE_RESOURCES) last.push(...range);
    else if (range.length <= MOST_RESOURCES) groups.push(range);
    else {for (let at = 0; at < range.length; at += PAGE_RESOURCES) {
        groups.push(range.slice(at, at + PAGE_RESOURCES));
      }}
  }
  return groups.filter(({ length }) => length > 0);
}

function isSame(a: readonly Resource[], b: readonly Resource[]): boolean {
  return a.length === b.length && a.every((resource, place) => resource === b[place]);
}
