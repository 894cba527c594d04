/** Schemas that several tables use. */
import * as v from "valibot";

/** The longest time in seconds: timers count milliseconds in 32 bit, and one set for longer fires at once. */
export const MAX_TIMER_S = Math.floor((2 ** 31 - 1) / 1000);

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}

/** Whole seconds from `least` up. */
export function seconds(least: number) {
  return wholeNumber(least, MAX_TIMER_S);
}

/** A string of at least one character. */
export function nonEmpty() {
  return v.pipe(v.string(), v.nonEmpty());
}

/** Adds the description of a key, which goes into the JSON Schema and so into editors. */
export function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** The key `id`, which every plugin but agentx once had. */
export const DEPRECATED_ID = v.optional(
  v.pipe(
    v.string(),
    v.metadata({
      description: "Without effect. drbd-reactor once used it to distinguish instances.",
      deprecated: true,
    }),
  ),
);

/** The path item of a key or element in `input`, for issues of raw checks. */
export function pathItem(input: unknown, key: string | number): v.IssuePathItem {
  const value = Object(input)[key];
  return typeof key === "number"
    ? { type: "array", origin: "value", input: input as unknown[], key, value }
    : { type: "object", origin: "value", input: input as Record<string, unknown>, key, value };
}
