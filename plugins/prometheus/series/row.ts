/**
 * A metric: one row of the tables of metrics. All output about a metric comes from its row.
 */
import type { Counter } from "../../../src/drbd/model/counter.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";

/** `unknown` is for counters whose name, given by drbd-reactor, does not end as the name of a counter has to. */
export type MetricType = "gauge" | "counter" | "unknown";
/** Base units of Prometheus. A metric with a unit has it at the end of its name, before `_total`. */
export type Unit = "bytes" | "seconds" | "ratio";

export interface Description {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit?: Unit;
}

/** A metric with one series for each subject. */
export interface ValueRow<Subject> extends Description {
  /** Factor to convert the value to the base unit. */
  readonly factor?: number;
  /** Undefined if unknown: then there is no series. */
  readonly value: (subject: Subject) => Counter | boolean | undefined;
}

/** A metric with a series for each word: 1 for those that hold, 0 for the others. */
export interface WordsRow<Subject> extends Description {
  /** The label that has the word. */
  readonly label: string;
  readonly words: readonly string[];
  /** Without which value of the key `enums` it is not shown: `"all"`, or one of `true` and `"all"`. Undefined: it always is. */
  readonly needs: "all" | "enums" | undefined;
  /** The current words. Unknown words get a series as well. */
  readonly holding: (subject: Subject) => readonly string[];
}

/** Which states are shown: none, those that drbd-reactor shows, or all that there are. */
export type Enums = boolean | "all";

export type Row<Subject> = ValueRow<Subject> | WordsRow<Subject>;

/** All metrics about one kind of object. */
export interface Table<Subject> {
  /** Names of the labels that all its series have. */
  readonly labels: readonly string[];
  readonly rows: readonly Row<Subject>[];
  subjects(resource: Resource): readonly Subject[];
  /** One value for each of `labels`. */
  labelsOf(subject: Subject): readonly (string | number)[];
}

/** Options of a row. */
export interface Scale {
  readonly unit?: Unit;
  readonly factor?: number;
}

/** Printed by drbdsetup in KiB. */
export const KIB = { unit: "bytes", factor: 1024 } as const;
/** Printed by drbdsetup in sectors. */
export const SECTORS = { unit: "bytes", factor: 512 } as const;
/** Printed by drbdsetup in MiB per second. */
export const MIB_PER_S = { factor: 1024 * 1024 } as const;

export function gauge<Subject>(
  name: string,
  help: string,
  value: ValueRow<Subject>["value"],
  scale: Scale = {},
): ValueRow<Subject> {
  return { name, type: "gauge", help, value, ...scale };
}

export function counter<Subject>(
  name: string,
  help: string,
  value: ValueRow<Subject>["value"],
  scale: Scale = {},
): ValueRow<Subject> {
  return { name, type: "counter", help, value, ...scale };
}

/** A state as drbd-reactor shows it: labelled with the metric's own name, and only if states are asked for. */
export function state<Subject>(
  name: string,
  help: string,
  words: readonly string[],
  word: (subject: Subject) => string,
  needs: "all" | "enums" = "enums",
): WordsRow<Subject> {
  return { name, type: "gauge", help, label: name, words, needs, holding: (each) => [word(each)] };
}
