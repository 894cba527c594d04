/** Checks the structure of a table against its schema: unknown keys and values of the wrong kind, which valibot accepts. */
import { isDeprecated, optionFor, type SchemaNode, unwrapped } from "./schema_node.ts";
import { isTable, type Path, type Table } from "../toml/table.ts";
import { isToolTable } from "./tool_tables.ts";

export type Mismatch =
  /** A key that the schema does not know, and those it does know there. */
  | {
    readonly kind: "unknown";
    readonly path: Path;
    readonly known: readonly string[];
    /** The name that was probably meant, if unquoted dots have split it into tables. */
    readonly dottedName?: Path | undefined;
  }
  /** A deprecated key without effect. */
  | { readonly kind: "deprecated"; readonly path: Path }
  /** A value of a kind that is not allowed there. Its content was not checked. */
  | { readonly kind: "misplaced"; readonly path: Path; readonly node: SchemaNode; readonly value: unknown }
  /** A name that cannot be used. */
  | { readonly kind: "reserved"; readonly path: Path };

/** Names that JavaScript objects use themselves: valibot ignores them silently. */
const RESERVED_NAMES = new Set(["__proto__", "constructor", "prototype"]);

/** All places where `input` does not match the structure of `schema`. */
export function mismatches(schema: SchemaNode, input: unknown): Mismatch[] {
  const found: Mismatch[] = [];
  examine(schema, input, [], found);
  return found;
}

/** `isNamed`: the last key was chosen by the administrator. */
function examine(schema: SchemaNode, value: unknown, path: Path, found: Mismatch[], isNamed = false): void {
  const node = unwrapped(schema);
  switch (node.type) {
    case "object":
    case "record":
      if (isTable(value)) examineTable(node, value, path, found, isNamed);
      else found.push({ kind: "misplaced", path, node, value });
      break;
    case "array":
      if (!Array.isArray(value) || node.item === undefined) break;
      for (const [index, element] of value.entries()) examine(node.item, element, [...path, index], found);
      break;
    case "union": {
      const option = optionFor(node, value);
      if (option !== undefined) examine(option, value, path, found);
      else if (!isTable(value)) found.push({ kind: "misplaced", path, node, value });
      break;
    }
    case "variant": {
      const option = optionFor(node, value);
      if (option !== undefined) examine(option, value, path, found);
      break;
    }
  }
}

function examineTable(
  node: SchemaNode,
  table: Table,
  path: Path,
  found: Mismatch[],
  isNamed: boolean,
): void {
  const { entries } = node;
  for (const [key, value] of Object.entries(table)) {
    const within = [...path, key];
    if (entries === undefined) {
      if (RESERVED_NAMES.has(key)) found.push({ kind: "reserved", path: within });
      else if (node.value !== undefined) examine(node.value, value, within, found, true);
    } else if (!Object.hasOwn(entries, key)) {
      if (isToolTable(key, value)) continue;
      const dottedName = isNamed && isTable(value) ? asOneName(within, value) : undefined;
      found.push({ kind: "unknown", path: within, known: Object.keys(entries), dottedName });
    } else if (entries[key] !== undefined) {
      if (isDeprecated(entries[key])) found.push({ kind: "deprecated", path: within });
      examine(entries[key], value, within, found);
    }
  }
}

/** `[by.my.web]` is the table "web" in "my": returns the single name it was probably meant to be. */
function asOneName(path: Path, table: Table): Path {
  const parts = path.slice(-2);
  let inner: unknown = table;
  while (isTable(inner)) {
    const [entry, ...others] = Object.entries(inner);
    if (entry === undefined || others.length > 0 || !isTable(entry[1])) break;
    parts.push(entry[0]);
    inner = entry[1];
  }
  return [...path.slice(0, -2), parts.join(".")];
}
