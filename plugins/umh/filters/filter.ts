/** Schemas of filters in rules: a value, which means equality, or a table with an operator that suits the field. */
import * as v from "valibot";
import type { Counter } from "../../../src/drbd/model/counter.ts";
import type { Condition, Scalar } from "./condition.ts";

/** A plain value. */
function plain<Schema extends v.GenericSchema<Scalar>>(value: Schema) {
  return v.pipe(value, v.transform((value): Condition => ({ operator: "Equals", value })));
}

function equality<Schema extends v.GenericSchema<Scalar>>(value: Schema) {
  return v.object({ operator: v.optional(v.picklist(["Equals", "NotEquals"]), "Equals"), value });
}

function membership<Schema extends v.GenericSchema<Scalar>>(value: Schema) {
  return v.object({ operator: v.picklist(["In", "NotIn"]), value: v.array(value) });
}

/** A word of a known list. */
export function wordFilter<const Words extends readonly string[]>(words: Words) {
  const word = v.picklist(words);
  return v.union([plain(word), v.variant("operator", [equality(word), membership(word)])]);
}

const PATTERN = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): RegExp => {
    try {
      return new RegExp(dataset.value, "u");
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*\/u?: /s, "") : String(error);
      addIssue({ message: `a regular expression (${reason})` });
      return NEVER;
    }
  }),
);

/** A name chosen by people. */
export function nameFilter() {
  const name = v.string();
  const matching = v.object({ operator: v.literal("Matches"), value: PATTERN });
  return v.union([plain(name), v.variant("operator", [equality(name), membership(name), matching])]);
}

function comparison<Schema extends v.GenericSchema<Counter>>(value: Schema) {
  return v.object({ operator: v.picklist(["GreaterThan", "LessThan"]), value });
}

/** An integer that a JavaScript number represents exactly. */
export function numberFilter() {
  const number = v.pipe(v.number(), v.safeInteger());
  return v.union([
    plain(number),
    v.variant("operator", [equality(number), membership(number), comparison(number)]),
  ]);
}

/** A counter of up to 64 bit. The TOML parser gives large ones as bigint, as the core does. */
export function counterFilter() {
  const counter = v.union([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.bigint()]);
  return v.union([
    plain(counter),
    v.variant("operator", [equality(counter), membership(counter), comparison(counter)]),
  ]);
}

/** Yes or no. */
export function flagFilter() {
  const flag = v.boolean();
  return v.union([plain(flag), equality(flag)]);
}
