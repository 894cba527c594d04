/** Finds the rules that an update matches, without checking rules that cannot match. */
import type { Update, UpdateKind } from "../../src/drbd/model/update.ts";
import type { Filter } from "../../src/daemon/plugins/plugin.ts";
import { type Condition, fulfils } from "./filters/condition.ts";
import type { Rule, RuleCondition } from "./config.ts";
import { EVENT_FIELDS } from "./filters/event_fields.ts";
import { type Reader, STATE_FIELDS, type StateField } from "./filters/fields.ts";

type Test = (update: Update) => boolean;

interface Candidate<R> {
  readonly rule: R;
  /** All must be fulfilled. */
  readonly tests: readonly Test[];
}

/** The rules about one kind of object, in the order of the file. */
interface Table<R> {
  readonly all: readonly Candidate<R>[];
  /** Rules that can match updates of a resource that some rule names. */
  readonly byName: ReadonlyMap<string, readonly Candidate<R>[]>;
  /** Rules that can match updates of all other resources. */
  readonly others: readonly Candidate<R>[];
}

/** A set of rules to match against; `R` is the caller's type of a rule. */
export class RuleIndex<R extends Pick<Rule, "kind" | "conditions">> {
  readonly #tables = new Map<UpdateKind, Table<R>>();

  constructor(rules: readonly R[]) {
    for (const kind of new Set(rules.map((rule) => rule.kind))) {
      this.#tables.set(kind, tableOf(rules.filter((rule) => rule.kind === kind)));
    }
  }

  /**
   * The rules that `update` matches, in the order of the file. An update that changes no field of rules matches none: the core
   * publishes more than drbd-reactor did, and a rule without conditions must run as often as there.
   */
  matching(update: Update): readonly R[] {
    const table = this.#tables.get(update.kind);
    if (table === undefined) return NONE;
    // Rules about the new name match a rename as well.
    const candidates = update.type === "rename" ? table.all : table.byName.get(update.name) ?? table.others;
    if (candidates.length === 0 || (update.type === "change" && !isVisible(update))) return NONE;
    return candidates.filter(({ tests }) => tests.every((test) => test(update))).map(({ rule }) => rule);
  }
}

const NONE: readonly never[] = [];

function tableOf<R extends Pick<Rule, "kind" | "conditions">>(rules: readonly R[]): Table<R> {
  const all = rules.map((rule): Candidate<R> => ({
    rule,
    tests: rule.conditions.map((condition) => testOf(rule.kind, condition)),
  }));
  const names = new Set(rules.flatMap((rule) => namesIn(rule) ?? []));
  const meantBy = (name: string) => all.filter(({ rule }) => namesIn(rule)?.includes(name) ?? true);
  return {
    all,
    byName: new Map(Array.from(names, (name) => [name, meantBy(name)])),
    others: all.filter(({ rule }) => namesIn(rule) === undefined),
  };
}

/**
 * The subscription these rules need: the kinds of objects and, if every rule names its resources, those names; renames (of kind
 * resource) too, where a rule must recognize a resource again.
 */
export function subscriptionFor(
  rules: readonly Pick<Rule, "kind" | "conditions" | "ordered" | "debounceMs">[],
): Filter {
  const follows = rules.some(({ ordered, debounceMs }) => ordered || debounceMs !== undefined);
  const kinds = [...new Set(rules.map((rule) => rule.kind).concat(follows ? "resource" : []))];
  const named = rules.map(namesIn);
  const names = named.flatMap((each) => each ?? []);
  return named.includes(undefined) ? { kinds } : { kinds, resources: [...new Set(names)] };
}

/** The resources that a rule names, if it does. */
function namesIn({ conditions }: Pick<Rule, "conditions">): readonly string[] | undefined {
  for (const { of, field, condition } of conditions) {
    if (of !== "event" || field !== "resource-name") continue;
    if (condition.operator === "Equals") return [String(condition.value)];
    if (condition.operator === "In") return condition.value.map(String);
  }
  return undefined;
}

/** @throws If there is no such field, which the configuration's schema rules out. */
function testOf(kind: UpdateKind, { of, field, condition }: RuleCondition): Test {
  if (of === "event" && field === "resource-name") return testOfName(condition);
  const read: Reader | undefined = of === "event" ? EVENT_FIELDS[field] : STATE_FIELDS[kind][field]?.[of];
  if (read === undefined) throw new Error(`A rule of kind ${kind} checks the unknown field ${of} ${field}`);
  return (update) => {
    const value = read(update);
    return value !== undefined && fulfils(condition, value);
  };
}

/** A rename concerns both names. */
function testOfName(condition: Condition): Test {
  return (update) =>
    fulfils(condition, update.name) || (update.type === "rename" && fulfils(condition, update.newName));
}

const FIELD_LISTS: ReadonlyMap<string, readonly StateField[]> = new Map(
  Object.entries(STATE_FIELDS).map(([kind, fields]) => [kind, Object.values(fields)]),
);

/** Whether a field that rules can check has changed. */
function isVisible(update: Update): boolean {
  return FIELD_LISTS.get(update.kind)?.some((field) => field.old(update) !== field.new(update)) ?? false;
}
