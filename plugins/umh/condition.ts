/** What a rule asks of a value. */
import type { Counter } from "../../src/drbd/model/counter.ts";

/** Values that rules look at: words and names, numbers, yes or no. */
export type Scalar = string | Counter | boolean;

export type Condition =
  | { readonly operator: "Equals" | "NotEquals"; readonly value: Scalar }
  | { readonly operator: "In" | "NotIn"; readonly value: readonly Scalar[] }
  /** The pattern may be found anywhere in the value. */
  | { readonly operator: "Matches"; readonly value: RegExp }
  | { readonly operator: "GreaterThan" | "LessThan"; readonly value: Counter };

/** Whether a value is as asked for. A value of another type than the condition's is not equal to anything. */
export function fulfils(condition: Condition, value: Scalar): boolean {
  switch (condition.operator) {
    case "Equals":
      return value === condition.value;
    case "NotEquals":
      return value !== condition.value;
    case "In":
      return condition.value.includes(value);
    case "NotIn":
      return !condition.value.includes(value);
    case "Matches":
      return typeof value === "string" && condition.value.test(value);
    case "GreaterThan":
      return isCounter(value) && value > condition.value;
    case "LessThan":
      return isCounter(value) && value < condition.value;
  }
}

function isCounter(value: Scalar): value is Counter {
  return typeof value === "number" || typeof value === "bigint";
}
