/** The cells of the list of resources: an assessment as words with tones. */
import type { Assessment, Chip, Level, Sync } from "../../../../plugins/api/page/scripts/types.ts";
import { ago } from "../../../../plugins/api/page/scripts/format.js";
import { type Span, span, type Tone, widthOfSpans } from "../../screen/line.ts";
import { bar, type Symbols } from "../../screen/symbols.ts";
import type { ResourceRow } from "../state/snapshot.ts";

const TONES: Readonly<Record<Level, Tone>> = {
  critical: "bad",
  unknown: "warning",
  warning: "warning",
  syncing: "busy",
  ok: "good",
};
const CHIP_TONES: Readonly<Record<Chip["tone"], Tone>> = {
  good: "good",
  bad: "warning",
  worse: "bad",
  busy: "busy",
  plain: "plain",
};
const BAR_CELLS = 10;
/** Of bars that have little room, or none. */
const SHORT_BARS = [6, 0] as const;

const WORST_FIRST: readonly Chip["tone"][] = ["worse", "bad", "busy", "plain", "good"];

export function mark(level: Level, symbols: Symbols): Span {
  const sign = {
    critical: symbols.critical,
    unknown: symbols.unknown,
    warning: symbols.warning,
    syncing: symbols.busy,
    ok: symbols.good,
  };
  return span(sign[level], TONES[level]);
}

export function primaryOf({ isPrimaryHere, primaries, isPrimaryUnseen }: Assessment): Span {
  const where = isPrimaryHere ? ["here", ...primaries] : primaries;
  if (where.length > 1) return span(where.join(","), "bad");
  return span(
    where[0] ?? (isPrimaryUnseen ? "not seen" : "nowhere"),
    isPrimaryHere ? "strong" : where.length === 0 ? "dim" : "plain",
  );
}

/** The worst first; where there is little room, the others are counted. */
export function disksOf({ disks }: Assessment, isWide: boolean): Span[] {
  if (disks.length === 0) return [span("no device", "dim")];
  const sorted = disks.toSorted((a, b) => WORST_FIRST.indexOf(a.tone) - WORST_FIRST.indexOf(b.tone));
  const shown = isWide ? sorted : sorted.slice(0, 1);
  const others = sorted.length - shown.length;
  return [
    ...shown.flatMap(({ text, tone, note }, place) => [
      ...(place === 0 ? [] : [span(", ")]),
      span(text, CHIP_TONES[tone]),
      ...(note === undefined || !isWide ? [] : [span(` ${note.replace("volume ", "vol ")}`, "dim")]),
    ]),
    ...(others === 0 ? [] : [span(` +${others}`, "dim")]),
  ];
}

export function peersOf({ peers, primaries }: Assessment): Span[] {
  if (peers.length === 0) return [span("no peers", "dim")];
  return peers.flatMap(({ text, tone, note }, place) => [
    ...(place === 0 ? [] : [span("  ")]),
    span(
      text,
      primaries.includes(text) && tone === "good" ? "strong" : tone === "good" ? "plain" : CHIP_TONES[tone],
    ),
    ...(note === undefined ? [] : [span(` ${note}`, CHIP_TONES[tone])]),
  ]);
}

/** What is worst, and how many more there are; else how far resyncs are. */
export function situationOf({ assessment, ageMs }: ResourceRow, room: number, symbols: Symbols): Span[] {
  const { problems, syncs } = assessment;
  const [worst, ...others] = problems;
  if (worst !== undefined) {
    const more = others.length + syncs.length;
    return [
      span(worst.text, worst.level === "critical" ? "bad" : "warning"),
      ...(more === 0 ? [] : [span(` +${more}`, "dim")]),
    ];
  }
  // What runs says more than what waits.
  const [sync, ...more] = syncs.toSorted((a, b) =>
    Number(a.isPaused) - Number(b.isPaused) || (a.percent ?? 0) - (b.percent ?? 0)
  );
  if (sync === undefined) return [];
  const rest = more.length === 0 ? [] : [span(` +${more.length}`, "dim")];
  const forms = [
    syncSpans(sync, ago(ageMs()), symbols),
    ...SHORT_BARS.map((cells) => shortSyncSpans(sync, ago(ageMs()), symbols, cells)),
  ];
  const fitting = forms.find((spans) => widthOfSpans([...spans, ...rest]) <= room);
  return [...fitting ?? forms.at(-1) ?? [], ...rest];
}

/** A resync with its bar and the age of what it shows, in whole. */
export function syncSpans({ text, percent, detail, isPaused }: Sync, age: string, symbols: Symbols): Span[] {
  return [
    ...(percent === undefined
      ? []
      : [span(`${bar(percent, BAR_CELLS, symbols)} `, isPaused ? "dim" : "busy")]),
    span(text, isPaused ? "dim" : "busy"),
    span(detail === "" ? "" : `: ${detail.replaceAll("·", symbols.dot)}`),
    span(` ${symbols.dot} ${age}`, "dim"),
  ];
}

/** The same where there is little room. */
function shortSyncSpans(
  { text, percent, detail, isPaused }: Sync,
  age: string,
  symbols: Symbols,
  cells: number,
): Span[] {
  const tone = isPaused ? "dim" : "busy";
  return [
    ...(percent === undefined || cells === 0 ? [] : [span(`${bar(percent, cells, symbols)} `, tone)]),
    span(text.replace("Syncing ", ""), tone),
    span(detail === "" ? "" : ` ${detail.replaceAll(" · ", ", ")}`),
    span(` (${age})`, "dim"),
  ];
}
