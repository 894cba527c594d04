/** A log that repeats itself hides what is new: while nothing happens, the same warning comes at a falling rate. */
import type { Machine } from "../node/machine.ts";
import type { RuleBook } from "./rule_book.ts";

/** The first ones are free, then one each time the time since the first has doubled. */
const FREE = 4;
const FIRST_MS = 5_000;
/** After so long it is news again. */
const NEWS_MS = 60_000;

/** The same warning, or error, of one drbdd. */
interface Series {
  readonly machine: Machine;
  readonly text: string;
  readonly life: unknown;
  readonly firstMs: number;
  lastMs: number;
  count: number;
}

export class LogRepetition {
  readonly #series = new Map<string, Series>();

  constructor(readonly rules: RuleBook) {}

  /** Something happened to a resource, or to all. */
  forget(resource: string | undefined): void {
    for (const [key, { text }] of this.#series) {
      if (resource === undefined || resourceOf(text) === resource || resourceOf(text) === "") {
        this.#series.delete(key);
      }
    }
  }

  /** drbdd has logged a warning or an error. */
  logged(machine: Machine, text: string, nowMs: number): void {
    // Each attempt to start is an event of its own, and DRBD is asked for options whenever something changes.
    if (/: (not started here|The DRBD option)/.test(text)) return;
    const kind = kindOf(text);
    const key = `${machine.name} ${kind}`;
    const before = this.#series.get(key);
    const isNew = before === undefined || before.life !== machine.life || nowMs - before.lastMs > NEWS_MS;
    const series = isNew
      ? { machine, text: kind, life: machine.life, firstMs: nowMs, lastMs: nowMs, count: 0 }
      : before;
    series.count++;
    series.lastMs = nowMs;
    this.#series.set(key, series);
    const sinceMs = nowMs - series.firstMs;
    const isTooOften = series.count > FREE + Math.log2(1 + sinceMs / FIRST_MS);
    const why = () => `logged ${series.count} times in ${sinceMs / 1000} s, while nothing happened: ${text}`;
    this.rules.check("too loud", machine.name, resourceOf(text), isTooOften ? why() : undefined);
  }
}

/** The text without numbers and times, but with the names of units. */
function kindOf(text: string): string {
  return text.replaceAll(/(?<![\w.@-])\d+(\.\d+)?/g, "#");
}

function resourceOf(text: string): string {
  return /^([\w.+-]+): /.exec(text)?.[1] ?? "";
}
