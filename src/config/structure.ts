/**
 * The structure of a table, held against its schema: keys that nobody reads, and things of another form than
 * expected. valibot passes over the first, and takes lists and dates for tables.
 */
import { isDeprecated, optionFor, type SchemaNode, unwrapped } from "./schema_node.ts";
import { isTable, type Path, type Table } from "./table.ts";
import { isToolTable } from "./tool_tables.ts";

export type Misfit =
  /** A key that the schema does not know, and those it does know there. */
  | {
    readonly kind: "unknown";
    readonly path: Path;
    readonly known: readonly string[];
    /** The name that was probably meant, where its dots have made tables of one of its parts. */
    readonly dottedName?: Path | undefined;
  }
  /** A key without effect. */
  | { readonly kind: "deprecated"; readonly path: Path }
  /** A value that has not the form of anything allowed there. What is in it was not looked at. */
  | { readonly kind: "misplaced"; readonly path: Path; readonly node: SchemaNode; readonly value: unknown }
  /** A name that cannot be used as one. */
  | { readonly kind: "reserved"; readonly path: Path };

/** Names that JavaScript objects have a use of their own for: valibot leaves them out without a word. */
const RESERVED_NAMES = new Set(["__proto__", "constructor", "prototype"]);

/** Everything of `input` that does not fit the structure of `schema`. */
export function misfits(schema: SchemaNode, input: unknown): Misfit[] {
  const found: Misfit[] = [];
  examine(schema, input, [], found);
  return found;
}

/** `isNamed`: the key that leads here is a name that somebody has chosen. */
function examine(schema: SchemaNode, value: unknown, path: Path, found: Misfit[], isNamed = false): void {
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
  found: Misfit[],
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

/** `[by.my.web]` is the table "web" of "my": as the one name it may have been meant to be. */
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
