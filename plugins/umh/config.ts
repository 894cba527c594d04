/** Configuration of umh: which command to run for which update. */
import * as v from "valibot";
import { pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { DEPRECATED_ID, described } from "../../src/config/schema/values.ts";
import type { UpdateKind } from "../../src/drbd/model/update.ts";
import type { Condition } from "./filters/condition.ts";
import { remarksOn } from "./filters/config_checks.ts";
import { DEFAULT_MAX_CONCURRENT, MAX_CONCURRENT_SCHEMA } from "./filters/action_keys.ts";
import { RULE_TABLE_NAMES, RULE_TABLES, type RuleTable, type RuleTableName } from "./filters/rule_tables.ts";

/** One rule. It matches an update of its kind that fulfils all of its conditions. */
export interface Rule {
  readonly kind: UpdateKind;
  /** Empty if the administrator gave none. */
  readonly name: string;
  readonly command: string;
  /** Besides the variables that describe the event. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutS: number | undefined;
  /** Undefined: only the plugin's limit applies. */
  readonly maxConcurrent: number | undefined;
  /** One command for a resource at a time, in event order. */
  readonly ordered: boolean;
  readonly debounceMs: number | undefined;
  readonly conditions: readonly RuleCondition[];
}

export interface RuleCondition {
  /** The source of a value: the event with the identity of its object, or the object's state. */
  readonly of: "event" | "old" | "new";
  /** As in the configuration, for example `peer-disk-state`. Each kind of rule has its own. */
  readonly field: string;
  readonly condition: Condition;
}

export interface UmhConfig {
  /** By kind, then in the order of the file. */
  readonly rules: readonly Rule[];
  /** Of all rules together. */
  readonly maxConcurrent: number;
}

const KINDS: Readonly<Record<RuleTableName, UpdateKind>> = {
  resource: "resource",
  device: "device",
  peerdevice: "peer-device",
  connection: "connection",
  path: "path",
  helper: "helper",
};

const NONE: never[] = [];

export const UMH_SCHEMA = pluginSchema({
  name: "umh",
  schema: v.pipe(
    v.object({
      "id": DEPRECATED_ID,
      "max-concurrent": v.optional(
        described(MAX_CONCURRENT_SCHEMA, "How many commands run at once. Others are queued."),
        DEFAULT_MAX_CONCURRENT,
      ),
      "resource": v.optional(described(v.array(RULE_TABLES.resource), "Rules about resources."), NONE),
      "device": v.optional(described(v.array(RULE_TABLES.device), "Rules about local volumes."), NONE),
      "peerdevice": v.optional(
        described(v.array(RULE_TABLES.peerdevice), "Rules about volumes of peers."),
        NONE,
      ),
      "connection": v.optional(described(v.array(RULE_TABLES.connection), "Rules about connections."), NONE),
      "path": v.optional(described(v.array(RULE_TABLES.path), "Rules about network paths."), NONE),
      "helper": v.optional(
        described(v.array(RULE_TABLES.helper), "Rules about helpers that the kernel calls."),
        NONE,
      ),
    }),
    v.description("Runs commands of the administrator when something happens."),
    v.transform(({ "max-concurrent": maxConcurrent, ...tables }): UmhConfig => ({
      maxConcurrent,
      rules: RULE_TABLE_NAMES.flatMap((name) => tables[name].map((table) => ruleOf(KINDS[name], table))),
    })),
  ),
  remarks: (input) =>
    RULE_TABLE_NAMES.flatMap((name) =>
      remarksOn(
        name,
        (input[name] ?? []).map((table) => ruleOf(KINDS[name], v.parse(RULE_TABLES[name], table))),
      )
    ),
});

function ruleOf(kind: UpdateKind, table: RuleTable): Rule {
  const { name, command, env, ordered, timeout, debounce, "max-concurrent": maxConcurrent, ...filters } =
    table;
  return {
    kind,
    name,
    command,
    env,
    ordered,
    maxConcurrent,
    timeoutS: timeout,
    debounceMs: debounce,
    conditions: [...conditionsOf(filters)],
  };
}

type FilterTable = Readonly<Record<string, Condition | undefined>>;

/** A rule's filters: conditions by field, and the tables `old` and `new`. */
function* conditionsOf(
  filters: Readonly<Record<string, Condition | FilterTable | undefined>>,
): Generator<RuleCondition> {
  for (const [field, filter] of Object.entries(filters)) {
    if (filter === undefined) continue;
    if (isCondition(filter)) {
      yield { of: "event", field, condition: filter };
    } else if (field === "old" || field === "new") {
      for (const [inner, condition] of Object.entries(filter)) {
        if (condition !== undefined) yield { of: field, field: inner, condition };
      }
    }
  }
}

function isCondition(filter: Condition | FilterTable): filter is Condition {
  return typeof filter["operator"] === "string";
}
