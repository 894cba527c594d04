/** The two lines at the top of `top`: the source and its state, and counts, or what is wrong with the node as a whole. */
import { fitted, type Line, type Span, span, type Tone, widthOfSpans } from "../../screen/line.ts";
import type { Symbols } from "../../screen/symbols.ts";
import { type Cell, spansOf } from "../../screen/table.ts";
import type { View } from "../state/view.ts";
import type { Shown, Size } from "./shown.ts";

export function titleLine({ snapshot, source, behind }: Shown, { columns }: Size, symbols: Symbols): Line {
  const { link } = snapshot;
  const state: Span[] = {
    live: () => [span("live", "good")],
    stale: (reason = "") => [span("STALE", "bad"), span(` (${reason})`, "warning")],
    waiting: (reason?: string) => [
      span("waiting", "warning"),
      ...(reason === undefined ? [] : [span(` (${reason})`, "warning")]),
    ],
  }[link.state]("reason" in link ? link.reason : undefined);
  const time = span(behind.now.toTimeString().slice(0, 8), "dim");
  const left = [
    span(snapshot.node === "" ? "DRBD" : `DRBD on ${snapshot.node}`, "title"),
    span(` ${symbols.dot} source: ${source} ${symbols.dot} `, "dim"),
    ...state,
  ];
  const room = columns - widthOfSpans([time]) - 1;
  return { spans: [...fitted(left, Math.max(0, room), symbols.ellipsis), span(" "), time] };
}

export function countLine(
  { snapshot, resourceRows }: Shown,
  { choice }: View,
  { columns }: Size,
  symbols: Symbols,
): Line {
  if (snapshot.link.state === "waiting") return { spans: [] };
  const [problem] = snapshot.problems;
  if (problem !== undefined) {
    const what = span(`${symbols.critical} ${problem.what}`, "bad");
    return { spans: fitted([what, span(`  ${problem.next}`, "dim")], columns, symbols.ellipsis) };
  }
  const counts = snapshot.count();
  const total = counts.critical + counts.unknown + counts.warning + counts.syncing + counts.ok;
  const some = (count: number, text: string, tone: Tone) => count === 0 ? [] : [span(text, tone)];
  // In the order of what is missed first where there is no room for all.
  const facts = [
    span(`${total} ${total === 1 ? "resource" : "resources"}`, "strong"),
    ...(resourceRows.length === total ? [] : [span(`${resourceRows.length} shown`)]),
    ...(choice.filter === "" ? [] : [span(`filter: ${choice.filter}`, "warning")]),
    ...(choice.onlyTrouble ? [span("problems only", "warning")] : []),
    ...some(counts.critical, `${symbols.critical} ${counts.critical} down`, "bad"),
    ...some(counts.unknown, `${symbols.unknown} ${counts.unknown} unknown`, "warning"),
    ...some(counts.warning, `${symbols.warning} ${counts.warning} degraded`, "warning"),
    ...some(counts.syncing, `${symbols.busy} ${counts.syncing} syncing`, "busy"),
    ...some(counts.ok, `${symbols.good} ${counts.ok} healthy`, "good"),
    span(`${counts.primary} Primary here`, "dim"),
  ];
  return { spans: fitToWidth(facts, columns) };
}

/** Facts parted by blanks; the last ones are left out if there is no room for them. */
export function fitToWidth(facts: readonly Cell[], columns: number): Span[] {
  const spans: Span[] = [];
  for (const fact of facts) {
    const more = spans.length === 0 ? spansOf(fact) : [span("  "), ...spansOf(fact)];
    if (spans.length > 0 && widthOfSpans([...spans, ...more]) > columns) break;
    spans.push(...more);
  }
  return spans;
}
