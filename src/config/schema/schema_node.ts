/**
 * Inspects valibot schemas, for what valibot does not report: which keys are unknown, and what was expected, in the words of
 * the configuration file.
 */
import * as v from "valibot";
import { alternatives } from "../toml/wording.ts";
import { childOf, isTable, type Path, valueOf } from "../toml/table.ts";

/** The parts of schemas that matter here; which are present depends on `type`. */
export interface SchemaNode extends v.GenericSchema {
  /** Keys of an object. */
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  /** Values of a record. */
  readonly value?: SchemaNode;
  /** Elements of an array. */
  readonly item?: SchemaNode;
  /** The schema inside `optional`, and its default. */
  readonly wrapped?: SchemaNode;
  readonly default?: unknown;
  /** Words of a picklist, schemas of a union or variant. */
  readonly options?: readonly (string | SchemaNode)[];
  /** The only value of a literal. */
  readonly literal?: unknown;
  /** The key that selects the option of a variant. */
  readonly key?: unknown;
  /** The schema itself, then the further checks on its values. */
  readonly pipe?: readonly PipeItem[];
}

interface PipeItem {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: unknown;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly options?: SchemaNode["options"];
  readonly pipe?: readonly PipeItem[];
}

/** The schema inside `optional`. */
export function unwrapped(node: SchemaNode): SchemaNode {
  return node.type === "optional" && node.wrapped !== undefined ? unwrapped(node.wrapped) : node;
}

/** The checks on values beyond the schema's type. */
export function pipeItems(node: { readonly pipe?: readonly PipeItem[] }): PipeItem[] {
  const [, ...rest] = node.pipe ?? [];
  const [inner] = node.pipe ?? [];
  return inner === undefined ? [] : [...pipeItems(inner), ...rest];
}

export function isDeprecated(node: SchemaNode): boolean {
  return pipeItems(unwrapped(node)).some(({ metadata }) => metadata?.["deprecated"] === true);
}

/** Whether a value has the kind that a schema is about, whether valid or not. */
function fits(node: SchemaNode, value: unknown): boolean {
  switch (node.type) {
    case "optional":
      return fits(unwrapped(node), value);
    case "union":
      return branchFor(node, value) !== undefined;
    case "object":
    case "record":
    case "variant":
      return isTable(value);
    case "array":
      return Array.isArray(value);
    case "number":
      return typeof value === "number";
    case "bigint":
      return typeof value === "bigint";
    case "boolean":
      return typeof value === "boolean";
    case "string":
    case "picklist":
    case "literal":
      return typeof value === "string";
    default:
      return false;
  }
}

function schemasOf(node: SchemaNode): SchemaNode[] {
  return (node.options ?? []).filter((option) => typeof option !== "string");
}

/** The first schema of a union for values of that kind. */
export function branchFor(union: SchemaNode, value: unknown): SchemaNode | undefined {
  return schemasOf(union).find((candidate) => fits(candidate, value));
}

/**
 * The schema that a value is meant for: the first of its kind in a union, the one selected by the key of a variant, or the schema
 * itself. Undefined if there is none.
 */
export function optionFor(schema: SchemaNode, value: unknown): SchemaNode | undefined {
  const node = unwrapped(schema);
  if (node.type === "union") {
    const branch = branchFor(node, value);
    return branch && optionFor(branch, value);
  }
  if (node.type !== "variant") return node;
  if (!isTable(value) || typeof node.key !== "string") return undefined;
  const given = valueOf(value, node.key);
  const key = node.key;
  return schemasOf(node).find((candidate) => {
    const discriminator = candidate.entries?.[key];
    return discriminator !== undefined && v.is(discriminator, given);
  });
}

/** The schema of what `path` leads to within `input`. */
export function nodeAt(schema: SchemaNode, input: unknown, path: Path): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  let value = input;
  for (const key of path) {
    node = node && optionFor(node, value);
    if (typeof key === "number") node = node?.item;
    else node = node?.entries?.[key] ?? node?.value;
    value = childOf(value, key);
  }
  return node;
}

/** What a schema accepts, as the end of "expected ...". */
export function expectation(schema: SchemaNode): string {
  const node = unwrapped(schema);
  switch (node.type) {
    case "string": {
      const items = pipeItems(node);
      const words = items.find(({ type }) => type === "picklist");
      if (words !== undefined) return expectedWords(words);
      return items.some(({ type }) => type === "non_empty") ? "a string that is not empty" : "a string";
    }
    case "number":
      return expectedNumber(node);
    case "bigint":
      return "a whole number";
    case "boolean":
      return "true or false";
    case "picklist":
      return expectedWords(node);
    case "literal":
      return JSON.stringify(node.literal);
    case "array":
      return `a list${node.item === undefined ? "" : ` of ${plural(expectation(node.item))}`}`;
    case "union": {
      const all = [...new Set(schemasOf(node).map(expectation))];
      return all.filter((one) => !all.some((other) => other !== one && other.startsWith(one))).join(", or ");
    }
    case "variant":
    case "object":
    case "record":
      return "a table";
    default:
      return `a ${node.type}`;
  }
}

function expectedWords({ options = [] }: Pick<PipeItem, "options">): string {
  return alternatives(options.filter((option) => typeof option === "string"));
}

function expectedNumber(node: SchemaNode): string {
  const items = pipeItems(node);
  const limit = (type: string) => items.find((item) => item.type === type)?.requirement;
  const [least, most] = [limit("min_value"), limit("max_value")];
  const kind = items.some(({ type }) => type === "integer" || type === "safe_integer")
    ? "a whole number"
    : "a number";
  if (least !== undefined && most !== undefined) return `${kind} from ${least} to ${most}`;
  return least === undefined ? kind : `${kind} of at least ${least}`;
}

function plural(expected: string): string {
  return expected.replace(/^a (string|number|whole number|table)/, "$1s").replace(
    "that is not empty",
    "that are not empty",
  );
}
