/** The list of resources, a line each. */
import { cutMiddle, fitted, type Line, type Span, span, textOf, widthOf } from "../../screen/line.ts";
import type { Symbols } from "../../screen/symbols.ts";
import type { ResourceRow } from "../state/snapshot.ts";
import { disksOf, mark, peersOf, primaryOf, situationOf } from "./cells.ts";

/** Minimum width at which peers have a separate column. */
const WIDE = 120;
/** Below, the disks have none. */
const NARROW = 64;

export interface Column {
  readonly heading: string;
  readonly width: number;
  cell(resourceRow: ResourceRow): readonly Span[];
}

/** The columns for a screen of this width, wide enough for `resourceRows`. */
export function columnsFor(width: number, resourceRows: readonly ResourceRow[], symbols: Symbols): Column[] {
  const isWide = width >= WIDE;
  const names = resourceRows.map(({ resource }) => resource.name);
  const nameWidth = within(names, "RESOURCE", Math.max(12, Math.floor(width * 0.25)));
  const places = resourceRows.map(({ assessment }) => primaryOf(assessment).text);
  const placeWidth = within(places, "PRIMARY", isWide ? 16 : 10);
  const fixed: Column[] = [
    { heading: "", width: 1, cell: ({ assessment: { level } }) => [mark(level, symbols)] },
    {
      heading: "RESOURCE",
      width: nameWidth,
      cell: ({ resource }) => [span(cutMiddle(resource.name, nameWidth, symbols.ellipsis), "strong")],
    },
    { heading: "PRIMARY", width: placeWidth, cell: ({ assessment }) => [primaryOf(assessment)] },
  ];
  if (width >= NARROW) {
    fixed.push({
      heading: "DISK",
      width: isWide ? 26 : 12,
      cell: ({ assessment }) => disksOf(assessment, isWide),
    });
  }
  if (isWide) {
    const peers = resourceRows.map(({ assessment }) => textOf({ spans: peersOf(assessment) }));
    fixed.push({
      heading: "PEERS",
      width: within(peers, "PEERS", Math.floor((width - nameWidth - placeWidth - 30) * 0.4)),
      cell: ({ assessment }) => peersOf(assessment),
    });
  }
  const taken = fixed.reduce((sum, column) => sum + column.width + 1, 0);
  const room = Math.max(0, width - taken);
  const situation: Column = {
    heading: isWide ? "SITUATION" : "PEERS AND SITUATION",
    width: room,
    cell: (resourceRow) => {
      const situation = situationOf(resourceRow, room, symbols);
      return situation.length > 0 || isWide ? situation : peersOf(resourceRow.assessment);
    },
  };
  return [...fixed, situation];
}

/** A width for all of `texts` and the heading, if it is not more than `most`. */
function within(texts: readonly string[], heading: string, most: number): number {
  return Math.min(most, texts.reduce((longest, text) => Math.max(longest, widthOf(text)), heading.length));
}

export function headingLine(columns: readonly Column[], symbols: Symbols): Line {
  return { spans: joined(columns, (column) => [span(column.heading)], symbols), mark: "heading" };
}

export function rowLine(
  columns: readonly Column[],
  resourceRow: ResourceRow,
  isSelected: boolean,
  symbols: Symbols,
): Line {
  const spans = joined(columns, (column) => column.cell(resourceRow), symbols);
  return isSelected ? { spans, mark: "selected" } : { spans };
}

function joined(
  columns: readonly Column[],
  cell: (column: Column) => readonly Span[],
  symbols: Symbols,
): Span[] {
  return columns.flatMap((column, place) => [
    ...(place === 0 ? [] : [span(" ")]),
    ...fitted(cell(column), column.width, symbols.ellipsis),
  ]);
}
