/** The whole screen of `top` as lines, exactly as many as it has. Pure. */
import { fitted, type Line, span } from "../../screen/line.ts";
import type { Symbols } from "../../screen/symbols.ts";
import { detailLines } from "./details_page.ts";
import { helpLines } from "./help_page.ts";
import { columnsFor, headingLine, rowLine } from "./list_page.ts";
import type { Snapshot } from "../state/snapshot.ts";
import { type Extent, settled, type View } from "../state/view.ts";
import { countLine, fitToWidth, titleLine } from "./title_lines.ts";
import type { Shown, Size } from "./shown.ts";

/** The two lines at the top, the headings, and the line of keys. */
const AROUND = 4;

/** Lines for resources on a screen of this size. */
export function heightOf({ rows }: Size): number {
  return Math.max(1, rows - AROUND);
}

export function extentOf({ resourceRows }: Pick<Shown, "resourceRows">, size: Size): Extent {
  return { names: resourceRows.map(({ resource }) => resource.name), height: heightOf(size) };
}

export function screenLines(shown: Shown, view: View, size: Size, symbols: Symbols): Line[] {
  const lines = [
    titleLine(shown, size, symbols),
    countLine(shown, view, size, symbols),
    ...bodyLines(shown, view, size, symbols),
    keyLine(shown, view, size, symbols),
  ];
  return lines.slice(0, size.rows).map((each) => ({
    ...each,
    spans: fitted(each.spans, size.columns, symbols.ellipsis),
  }));
}

function bodyLines(shown: Shown, view: View, size: Size, symbols: Symbols): Line[] {
  const height = Math.max(0, size.rows - AROUND + 1);
  if (view.page === "help") return scrolled(helpLines(symbols), view, height);
  if (view.page === "details") {
    const resourceRow = shown.snapshot.get(view.selected ?? "");
    const lines = resourceRow === undefined
      ? [{ spans: [span(`${view.selected} is gone`, "warning")] }]
      : detailLines(resourceRow, shown.behind, symbols);
    return scrolled(lines, view, height);
  }
  return listLines(shown, view, size, height, symbols);
}

function scrolled(lines: readonly Line[], { scrolled }: View, height: number): Line[] {
  const first = Math.max(0, Math.min(scrolled, lines.length - height));
  return filled(lines.slice(first, first + height), height);
}

function listLines(shown: Shown, view: View, size: Size, height: number, symbols: Symbols): Line[] {
  const { snapshot, resourceRows } = shown;
  const extent = extentOf(shown, size);
  const { first, place } = settled(view, extent);
  // Of all there are: columns must not jump when the list is scrolled.
  const columns = columnsFor(size.columns, snapshot.resourceRows(), symbols);
  const rows = resourceRows.slice(first, first + extent.height).map((resourceRow, row) =>
    rowLine(columns, resourceRow, first + row === place, symbols)
  );
  if (rows.length === 0) rows.push({ spans: [span(emptyText(snapshot, view), "dim")] });
  return filled([headingLine(columns, symbols), ...rows], height);
}

function emptyText(snapshot: Snapshot, { choice }: View): string {
  if (snapshot.link.state === "waiting") return "  Waiting for the state of the resources";
  if (snapshot.resourceRows().length === 0) return "  No DRBD resource is up on this node";
  if (choice.filter !== "") return `  Nothing fits the filter: Esc takes it away`;
  return choice.onlyTrouble ? "  No problems; t shows all resources" : "";
}

function filled(lines: readonly Line[], height: number): Line[] {
  return Array.from({ length: height }, (_, place) => lines[place] ?? { spans: [] });
}

function keyLine(shown: Shown, view: View, size: Size, symbols: Symbols): Line {
  if (view.filterBefore !== undefined) {
    return {
      spans: [
        span("filter: ", "strong"),
        span(view.choice.filter),
        span("_", "busy"),
        span("  Enter keeps it, Esc goes back", "dim"),
      ],
    };
  }
  const { sort, isReversed } = view.choice;
  const keys: readonly (readonly [string, string])[] = view.page === "list"
    ? [
      ["Enter", "details"],
      ["s", `sort: ${sort}${isReversed ? " reversed" : ""}`],
      ["/", "filter"],
      ["t", view.choice.onlyTrouble ? "show all" : "problems only"],
      ["?", "help"],
      ["q", "quit"],
    ]
    : [[symbols.upDown, "scroll"], ["Esc", "back"], ["q", "quit"]];
  const spans = fitToWidth(
    keys.map(([key, what]) => [span(key, "strong"), span(` ${what}`, "dim")]),
    size.columns,
  );
  if (view.page !== "list") return { spans };
  const place = placeText(shown, view, size);
  return {
    spans: [...fitted(spans, Math.max(0, size.columns - place.length), symbols.ellipsis), span(place, "dim")],
  };
}

/** Which part of the list is seen, if it is not all. */
function placeText(shown: Shown, view: View, size: Size): string {
  const extent = extentOf(shown, size);
  const total = extent.names.length;
  if (total <= extent.height) return "";
  const { first } = settled(view, extent);
  return `  ${first + 1}-${Math.min(first + extent.height, total)} of ${total}`;
}
