/**
 * The series of all resources, as parts of an answer. Resources that are neighbours by name share a page: what changes
 * in one of them costs a new page, and all others stay as they are.
 */
import type { Cluster } from "../../src/drbd/cluster.ts";
import type { Resource } from "../../src/drbd/model.ts";
import type { Pace } from "../../src/runtime/pace.ts";
import type { Coding } from "./coding.ts";
import type { SeriesText } from "./series_text.ts";

/** Large pages are fewer parts to send; small ones are made anew faster. */
const PAGE_RESOURCES = 50;

interface Page<Part> {
  readonly resources: readonly Resource[];
  readonly series: Series<Part>;
}

/** For each metric its series, in parts; none if it has no series. */
export type Series<Part> = readonly (readonly Part[])[];

export class Pages<Part> {
  #pages: readonly Page<Part>[] = [];

  constructor(readonly text: SeriesText, readonly coding: Coding<Part>) {}

  /** The series of all resources of one picture. To be called again only when the last call is over. */
  async render(cluster: Cluster, pace: Pace): Promise<Series<Part>> {
    const resources = [...cluster];
    const pages: Page<Part>[] = [];
    for (let at = 0; at < resources.length; at += PAGE_RESOURCES) {
      pages.push(await this.#page(pages.length, resources.slice(at, at + PAGE_RESOURCES), pace));
    }
    this.#pages = pages;
    return this.text.metrics.map((_metric, place) => pages.flatMap(({ series }) => series[place] ?? []));
  }

  async #page(number: number, resources: readonly Resource[], pace: Pace): Promise<Page<Part>> {
    const known = this.#pages[number];
    // Pictures are shared as long as nothing changes: the same ones make the same page.
    if (known !== undefined && isSame(known.resources, resources)) return known;
    const series = this.text.metrics.map((): Part[] => []);
    for (const { metric, text } of this.text.of(resources)) {
      series[metric]?.push(this.coding.part(text));
      if (pace.isDue) await pace.giveWay();
    }
    return { resources, series };
  }
}

function isSame(a: readonly Resource[], b: readonly Resource[]): boolean {
  return a.length === b.length && a.every((resource, place) => resource === b[place]);
}
