/** Settings of umh that are valid but probably not what was meant. */
import type { Remark } from "../../../src/config/schema/plugin_schema.ts";
import type { UpdateKind } from "../../../src/drbd/model/update.ts";
import { type Condition, fulfils } from "./condition.ts";
import { STATE_FIELDS } from "./fields.ts";
import type { RuleTableName } from "./rule_tables.ts";

/** The parts of a rule that are checked. */
interface Rule {
  readonly kind: UpdateKind;
  readonly conditions: readonly {
    readonly of: "event" | "old" | "new";
    readonly field: string;
    readonly condition: Condition;
  }[];
}

/** Checks the rules of a table, in the order of the file. */
export function remarksOn(name: RuleTableName, rules: readonly Rule[]): Remark[] {
  return rules.flatMap((rule, index) => firesAtStart(rule) ? [atStart(name, index)] : []);
}

/**
 * A rule that asks for an old state probably means a change, but a newly seen object has default values as its old state and
 * matches as well. A rule that excludes a state ("not Primary before") is meant to match in both cases.
 */
function firesAtStart({ kind, conditions }: Rule): boolean {
  if (conditions.some(({ of, field }) => of === "event" && field === "event-type")) return false;
  const before = conditions.filter(({ of }) => of === "old");
  const isNamed = before.some(({ condition: { operator } }) => operator === "Equals" || operator === "In");
  return isNamed && before.every(({ field, condition }) => {
    const unknown = STATE_FIELDS[kind][field]?.absent;
    return unknown !== undefined && fulfils(condition, unknown);
  });
}

function atStart(name: RuleTableName, index: number): Remark {
  return {
    path: [name, index, "old"],
    at: "key",
    wrong: "Rule that also matches everything that exists when drbdd starts",
    found: 'no "event-type", and in "old" the values of an object not seen before',
    expected: 'event-type = "Change" for changes only, or "event-type" with all types that are meant',
  };
}
