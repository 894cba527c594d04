/** What is allowed in the configuration of umh, but will probably disappoint. */
import type { Remark } from "../../src/config/plugin_schema.ts";
import type { UpdateKind } from "../../src/drbd/model/update.ts";
import { type Condition, fulfils } from "./condition.ts";
import { STATE_FIELDS } from "./fields.ts";
import type { RuleTableName } from "./rule_tables.ts";

/** What of a rule is looked at. */
interface Rule {
  readonly kind: UpdateKind;
  readonly conditions: readonly {
    readonly of: "event" | "old" | "new";
    readonly field: string;
    readonly condition: Condition;
  }[];
}

/** Looks at the rules of a table, in the order of the file. */
export function remarksOn(name: RuleTableName, rules: readonly Rule[]): Remark[] {
  return rules.flatMap((rule, index) => firesAtStart(rule) ? [atStart(name, index)] : []);
}

/**
 * Who names a state to begin with means a change, but the first sight of an object fulfils it as well if that is what counts
 * before the object is known. Who excludes a state ("not Primary before") wants to know in both cases.
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
    wrong: "Rule that also fires for all that is there when drbdd starts",
    found: 'no "event-type", and in "old" what holds before anything is known',
    expected: 'event-type = "Change" for changes only, or "event-type" with all that is meant',
  };
}
