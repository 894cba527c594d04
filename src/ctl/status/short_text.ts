/** The short status: totals, then a line for each resource, worst first. */
import { isPrimaryUnseen } from "../../health/peers.ts";
import { rankOf, type Severity } from "../../health/problem.ts";
import { cutText, widthOf } from "../screen/line.ts";
import type { Style } from "../screen/style.ts";
import { healthOfPromoter, problemsOf } from "./health.ts";
import type { PromoterStatus, Report } from "./report.ts";
import { shortSecondaryLines } from "./secondary_text.ts";
import {
  attentionLines,
  badFileLines,
  configurationLines,
  listed,
  next,
  pluginLines,
  serviceLines,
  signOf,
  type TextOptions,
  totalsLines,
} from "./text_parts.ts";

export interface ShortOptions extends TextOptions {
  /** Height of the terminal, undefined without one. If there are more lines, healthy resources share lines. */
  readonly rows: number | undefined;
}

/** Names longer than this shift only their own line. */
const WIDEST_NAME = 24;
/** Room for the prompt and the command line. */
const ROWS_OF_THE_SHELL = 2;
const MARK_WIDTH = 2;

interface Row {
  readonly name: string;
  readonly severity: Severity | "disabled";
  readonly place: string;
  /** The worst problem and the number of others; empty if healthy. */
  readonly words: string;
}

/** Whole lines. */
export function shortText(report: Report, options: ShortOptions): string[] {
  const rows = report.promoters.map((each) => rowOf(each, report))
    .toSorted((a, b) => orderOf(b) - orderOf(a));
  const head = [
    ...totalsLines(report),
    ...serviceLines(report, options),
    ...configurationLines(report, options),
    ...report.badFiles.flatMap((file) => badFileLines(file, options)),
  ];
  const foot = [
    ...shortSecondaryLines(report, options),
    ...report.plugins.flatMap((each) => pluginLines(each, report, options)),
    ...nextLines(rows, options),
  ];
  const whole = [head, rowLines(rows, options), foot];
  const room = options.rows === undefined ? Infinity : options.rows - ROWS_OF_THE_SHELL;
  if (heightOf(whole) <= room) return parted(whole);
  const folded = [head, [...rowLines(rows.filter(isTrouble), options), ...foldedLines(rows, options)], foot];
  if (heightOf(folded) <= room) return parted(folded);
  // Repeats in short what may have scrolled away.
  return parted([...folded, [...totalsLines(report), ...attentionLines(report, options)]]);
}

function heightOf(parts: readonly (readonly string[])[]): number {
  return parted(parts).length;
}

/** The parts that are not empty, with an empty line between them. */
function parted(parts: readonly (readonly string[])[]): string[] {
  return parts.filter((lines) => lines.length > 0).flatMap((lines, place) =>
    place === 0 ? lines : ["", ...lines]
  );
}

function rowOf(status: PromoterStatus, report: Report): Row {
  const { config: { name }, isEnabled } = status;
  const [worst, ...more] = problemsOf(status, report);
  const others = more.length === 0 ? "" : ` (${more.length} more)`;
  return {
    name,
    // A disabled resource is not managed, so it is not marked as healthy.
    severity: isEnabled || worst !== undefined ? healthOfPromoter(status, report).severity : "disabled",
    place: placeOf(status, report),
    words: worst === undefined ? "" : `${worst.what}${others}`,
  };
}

function placeOf({ isEnabled, primaryOn, resource }: PromoterStatus, { node, drbdFailure }: Report): string {
  if (drbdFailure !== undefined) return "not known";
  if (primaryOn === node) return "Primary here";
  if (!isEnabled) return "disabled";
  if (primaryOn !== undefined) return `Primary on ${primaryOn}`;
  if (resource === undefined) return "not up";
  return isPrimaryUnseen(resource) ? "no Primary seen" : "no Primary";
}

/** More comes first. What is disabled comes last. */
function orderOf({ severity }: Row): number {
  return severity === "disabled" ? -1 : rankOf(severity);
}

function isTrouble({ severity }: Row): boolean {
  return severity !== "ok" && severity !== "disabled";
}

/** A line for each, in columns. */
function rowLines(rows: readonly Row[], { style, columns }: ShortOptions): string[] {
  const nameWidth = Math.max(0, ...rows.map(({ name }) => Math.min(widthOf(name), WIDEST_NAME)));
  const placeWidth = Math.max(0, ...rows.map(({ place }) => widthOf(place)));
  return rows.map(({ name, severity, place, words }) => {
    const start = `${padded(name, nameWidth)}  `;
    const middle = words === "" ? place : `${padded(place, placeWidth)}  `;
    const left = columns === undefined
      ? Infinity
      : Math.max(0, columns - MARK_WIDTH - widthOf(start) - widthOf(middle));
    const end = cutText(words, left, style.symbol("ellipsis"));
    return `${markOf(severity, style)} ${style.bold(start)}${middle}${end}`.trimEnd();
  });
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Healthy resources, and disabled ones: a line for each place. */
function foldedLines(rows: readonly Row[], { style, columns = 80 }: ShortOptions): string[] {
  const byPlace = Map.groupBy(rows.filter((row) => !isTrouble(row)), ({ place }) => place);
  return [...byPlace].map(([place, some]) => {
    const start = `${some.length} ${place}: `;
    const names = listed(some.map(({ name }) => name), columns - MARK_WIDTH - widthOf(start));
    return `${markOf(some[0]?.severity ?? "ok", style)} ${start}${names}`;
  });
}

function markOf(severity: Row["severity"], style: Style): string {
  return severity === "disabled" ? style.symbol("empty") : signOf(severity, style);
}

/** Commands for details. */
function nextLines(rows: readonly Row[], { style }: ShortOptions): string[] {
  const [worst] = rows.filter(({ words }) => words !== "");
  if (worst === undefined) return [];
  return [
    next(`drbddctl status ${worst.name} (with what to do), drbddctl explain ${worst.name}`, style)
      .trimStart(),
  ];
}
