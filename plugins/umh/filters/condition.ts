/** Conditions of rules on values. */
import type { Counter } from "../../../src/drbd/model/counter.ts";

/** Values that rules can check: words and names, numbers, yes or no. */
export type Scalar = string | Counter | boolean;

export type Condition =
  | { readonly operator: "Equals" | "NotEquals"; readonly value: Scalar }
  | { readonly operator: "In" | "NotIn"; readonly value: readonly Scalar[] }
  /** The pattern may match anywhere in the value. */
  | { readonly operator: "Matches"; readonly value: RegExp }
  | { readonly operator: "GreaterThan" | "LessThan"; readonly value: Counter };

/** Whether a value fulfils the condition. A value of another type is not equal to anything. */
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
