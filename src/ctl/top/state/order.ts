/** Which resources are shown, and in which order. */
import { filterOf } from "../../../../plugins/api/page/scripts/filter.js";
import type { Level } from "../../../../plugins/api/page/scripts/types.ts";
import type { ResourceRow } from "./snapshot.ts";
import type { Sort } from "./sorts.ts";

export interface Choice {
  readonly sort: Sort;
  readonly isReversed: boolean;
  /** As on the web page: words that must all fit. */
  readonly filter: string;
  /** Healthy resources are left out. */
  readonly onlyTrouble: boolean;
}

const LEVELS: Readonly<Record<Level, number>> = { critical: 0, unknown: 1, warning: 2, syncing: 3, ok: 4 };
const NAMES = new Intl.Collator("en", { numeric: true });

type Compare = (a: ResourceRow, b: ResourceRow) => number;

const byName: Compare = (a, b) => NAMES.compare(a.resource.name, b.resource.name);
const COMPARE: Readonly<Record<Sort, Compare>> = {
  trouble: (a, b) => LEVELS[a.assessment.level] - LEVELS[b.assessment.level],
  name: () => 0,
  primary: (a, b) => placeOf(a) - placeOf(b),
  sync: (a, b) => shareOf(a) - shareOf(b),
};

/** The resourceRows to be shown. Equals are in the order of their names. */
export function chosen(
  resourceRows: readonly ResourceRow[],
  { sort, isReversed, filter, onlyTrouble }: Choice,
): ResourceRow[] {
  const fits = filterOf(filter);
  const shown = resourceRows.filter(({ resource, assessment }) =>
    fits(resource.name, assessment) && (!onlyTrouble || assessment.level !== "ok")
  );
  const compare: Compare = (a, b) => COMPARE[sort](a, b) || byName(a, b);
  shown.sort(isReversed ? (a, b) => compare(b, a) : compare);
  return shown;
}

/** Primary here, on a peer, nowhere. */
function placeOf({ assessment }: ResourceRow): number {
  return assessment.isPrimaryHere ? 0 : assessment.primaries.length > 0 ? 1 : 2;
}

/** The least progress of its resyncs; resources without a resync come last. */
function shareOf({ assessment: { syncs } }: ResourceRow): number {
  return Math.min(101, ...syncs.map(({ percent = 0 }) => percent));
}
