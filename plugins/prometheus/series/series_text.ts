/** The series of resources and all that belongs to them, as text. */
import { type Counter, scaleCounter } from "../../../src/drbd/model/counter.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Description, Enums, Row, Table, ValueRow, WordsRow } from "./row.ts";
import { visitTables } from "./tables.ts";
import { escapeLabel, labelsText, seriesLine, valueText } from "./text.ts";

/** Approximate limit of lines in a piece, so that none takes long to build. */
const PIECE_LINES = 2000;

/** Some lines of one metric. */
export interface Piece {
  /** Place of the metric in `metrics`. */
  readonly metric: number;
  readonly text: string;
}

type Write = (resources: readonly Resource[]) => Generator<Piece>;

export class SeriesText {
  /** All metrics there are, in the order of the output. */
  readonly metrics: readonly Description[];
  readonly #writes: readonly Write[];

  constructor(enums: Enums) {
    const metrics: Description[] = [];
    const writes: Write[] = [];
    visitTables({
      table(table) {
        const rows = table.rows.filter((row) => isShown(row, enums));
        writes.push(writer(table, rows, metrics.length));
        metrics.push(...rows);
      },
    });
    this.metrics = metrics;
    this.#writes = writes;
  }

  /** The series of these resources, metric by metric. The caller may pause between pieces. */
  *of(resources: readonly Resource[]): Generator<Piece> {
    for (const write of this.#writes) yield* write(resources);
  }
}

function isShown<Subject>(row: Row<Subject>, enums: Enums): boolean {
  if (!("words" in row) || row.needs === undefined) return true;
  return row.needs === "all" ? enums === "all" : enums !== false;
}

/** Adds the lines of one subject. */
type AddLines<Subject> = (subject: Subject, labels: string, lines: string[]) => void;

function writer<Subject>(table: Table<Subject>, rows: readonly Row<Subject>[], firstMetric: number): Write {
  const added = rows.map((row) => "words" in row ? wordLines(row) : valueLines(row));
  return function* (resources) {
    const subjects = resources.flatMap((resource) => table.subjects(resource));
    const labels = subjects.map((subject) => labelsText(table.labels, table.labelsOf(subject)));
    for (const [place, addLines] of added.entries()) {
      // Joining makes one flat string; adding up would keep every part.
      let lines: string[] = [];
      for (const [number, subject] of subjects.entries()) {
        addLines(subject, labels[number] ?? "", lines);
        if (lines.length < PIECE_LINES) continue;
        yield { metric: firstMetric + place, text: lines.join("") };
        lines = [];
      }
      if (lines.length > 0) yield { metric: firstMetric + place, text: lines.join("") };
    }
  };
}

function valueLines<Subject>({ name, value, factor }: ValueRow<Subject>): AddLines<Subject> {
  return (subject, labels, lines) => {
    const known = value(subject);
    if (known !== undefined) lines.push(seriesLine(name, labels, valueText(scaled(known, factor))));
  };
}

function scaled(value: Counter | boolean, factor: number | undefined): Counter | boolean {
  if (factor === undefined || typeof value === "boolean") return value;
  // What is no whole number is no counter: rates, which are rounded before they are printed.
  return typeof value === "number" && !Number.isInteger(value)
    ? Math.round(value * factor)
    : scaleCounter(value, factor);
}

function wordLines<Subject>({ name, label, words, holding }: WordsRow<Subject>): AddLines<Subject> {
  const ends = words.map((word) => ({ word, yes: `${word}"} 1\n`, no: `${word}"} 0\n` }));
  return (subject, labels, lines) => {
    const present = holding(subject);
    const start = `${name}{${labels},${label}="`;
    for (const { word, yes, no } of ends) lines.push(start + (present.includes(word) ? yes : no));
    for (const word of present) {
      if (!words.includes(word)) lines.push(`${start}${escapeLabel(word)}"} 1\n`);
    }
  };
}
