/** Cells in columns. */
import { fitted, type Line, type Span, span, widthOfSpans } from "./line.ts";

/** A cell; a text alone is plain. */
export type Cell = string | Span | readonly Span[];

const GAP = "  ";

export function spansOf(cell: Cell): readonly Span[] {
  if (typeof cell === "string") return [span(cell)];
  return "text" in cell ? [cell] : cell;
}

/** Rows below headings, each column as wide as necessary, the last one unlimited. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): Line[] {
  const all = [headings.map((heading): Cell => span(heading, "dim")), ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => widthOfSpans(spansOf(row[column] ?? ""))))
  );
  return all.map((row) => ({
    spans: row.flatMap((cell, column) => {
      const spans = spansOf(cell);
      return column === row.length - 1 ? spans : [...fitted(spans, widths[column] ?? 0, ""), span(GAP)];
    }),
  }));
}
