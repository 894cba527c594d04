/** The layout of the screen: the cluster, actions on it, and decisions. */
import { type Paint, withoutColours } from "./paint.ts";
import type { Shown } from "./log_line.ts";

/** A line of the record: what a daemon decided, or what was seen of the cluster. */
export interface Entry extends Shown {
  /** Of the demo, for example "0:12". */
  readonly time: string;
  /** A node, or `SEEN`. */
  readonly who: string;
}

/** Stands for whoever watches the cluster from outside. */
export const SEEN = "seen";

/** What is on the screen. */
export interface View {
  readonly title: string;
  readonly pages: string;
  readonly table: readonly string[];
  /** What was done to the cluster last. */
  readonly narration: string;
  /** What can be done; empty while the story runs. */
  readonly keys: string;
}

/** Of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const TIME_WIDTH = 5;
const WHO_WIDTH = 6;
const INDENT = TIME_WIDTH + WHO_WIDTH;
const NARRATION_LINES = 2;
/** The table takes this; what is right of it can be used for the record, if that is wide enough. */
const LEFT_COLUMNS = 80;
const LEAST_RIGHT_COLUMNS = 50;
const HEADING = "What drbdd decides, and why (its own log):";

/** What a screen needs to show all. */
const LEAST: Size = { columns: 80, rows: 24 };

/** The lines of a whole screen, none longer than it is wide, and one less than it is high. */
export function screenLines(view: View, record: readonly Entry[], size: Size, paint: Paint): string[] {
  if (size.columns >= LEAST.columns && size.rows >= LEAST.rows) return allLines(view, record, size, paint);
  const notice = `Cut off: ${size.columns}x${size.rows} here, ${LEAST.columns}x${LEAST.rows} needed`;
  const below = allLines(view, record, { ...size, rows: size.rows - 1 }, paint);
  return [paint.warn(cut(notice, size.columns - 1)), ...below].slice(0, Math.max(size.rows - 1, 1));
}

function allLines(view: View, record: readonly Entry[], size: Size, paint: Paint): string[] {
  const rows = size.rows - 1;
  const columns = size.columns - 1;
  const isWide = size.columns >= LEFT_COLUMNS + LEAST_RIGHT_COLUMNS;
  const leftColumns = isWide ? LEFT_COLUMNS - 1 : columns;
  const narration = wrap(view.narration, leftColumns).slice(0, NARRATION_LINES);
  const left = [
    paint.bold(cut(view.title, columns)),
    paint.dim(cut(view.pages, columns)),
    ...view.table.map((line) => cut(line, columns)),
    ...Array.from({ length: NARRATION_LINES }, (_, place) => paint.strong(narration[place] ?? "")),
    ...(view.keys === "" ? [] : [paint.bold(cut(view.keys, leftColumns))]),
  ];
  if (!isWide) {
    const lines = [...left, paint.bold(cut(HEADING, columns))].slice(0, rows);
    return [...lines, ...lastLines(record, columns, rows - lines.length, paint)];
  }
  // The first two lines are as wide as the screen.
  const below = left.slice(2);
  const right = [paint.bold(HEADING), ...lastLines(record, columns - LEFT_COLUMNS, rows - 3, paint)];
  return [
    ...left.slice(0, 2),
    ...Array.from({ length: Math.max(below.length, right.length) }, (_, place) => {
      const text = below[place] ?? "";
      const gap = " ".repeat(Math.max(LEFT_COLUMNS - withoutColours(text).length, 0));
      return text + (right[place] === undefined ? "" : gap + right[place]);
    }),
  ].slice(0, rows);
}

/** The end of the record, in exactly so many lines. */
function lastLines(record: readonly Entry[], columns: number, count: number, paint: Paint): string[] {
  if (count <= 0) return [];
  const lines = record.slice(-count).flatMap((entry) => entryLines(entry, columns, paint)).slice(-count);
  return [...lines, ...Array.from({ length: count - lines.length }, () => "")];
}

/** An entry as it is shown: wrapped, with time and node in front. */
export function entryLines({ time, who, text, severity }: Entry, columns: number, paint: Paint): string[] {
  const colour = colourOf(who, severity, paint);
  return wrap(text, columns - INDENT).map((line, place) => {
    const front = place === 0 ? `${time.padEnd(TIME_WIDTH)}${who.padEnd(WHO_WIDTH)}` : " ".repeat(INDENT);
    return paint.dim(front) + colour(line);
  });
}

function colourOf(who: string, severity: Shown["severity"], paint: Paint): (text: string) => string {
  if (severity === "error") return (text) => paint.bad(text);
  if (severity === "warn") return (text) => paint.warn(text);
  return who === SEEN ? (text) => paint.good(text) : (text) => text;
}

/** Breaks a text between words; a word that is too long is broken itself. */
export function wrap(text: string, columns: number): string[] {
  const width = Math.max(columns, 1);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(" ", width);
    const end = blank > 0 ? blank : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(blank > 0 ? end + 1 : end);
  }
  return [...lines, rest];
}

/** Cuts a line to a width; colours are dropped if it has to be cut. */
function cut(line: string, columns: number): string {
  const plain = withoutColours(line);
  return plain.length <= columns ? line : plain.slice(0, columns);
}
