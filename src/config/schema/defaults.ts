/** Tables with their defaults filled in. */
import { isDeprecated, optionFor, type SchemaNode, unwrapped } from "./schema_node.ts";
import { isTable, type Table } from "../toml/table.ts";

/** A valid table written in full: with every default, without deprecated or unknown keys. Values are unchanged. */
export function withDefaults(schema: SchemaNode, value: unknown): unknown {
  const node = optionFor(schema, value) ?? unwrapped(schema);
  if (Array.isArray(value)) {
    const { item } = node;
    return item === undefined ? value : value.map((element) => withDefaults(item, element));
  }
  if (!isTable(value)) return value;
  return Object.fromEntries(
    node.entries === undefined ? ofRecord(node, value) : ofObject(node.entries, value),
  );
}

function ofRecord(node: SchemaNode, table: Table): [string, unknown][] {
  const { value: schema } = node;
  return Object.entries(table).map(([key, value]) => [
    key,
    schema === undefined ? value : withDefaults(schema, value),
  ]);
}

function* ofObject(entries: NonNullable<SchemaNode["entries"]>, table: Table): Generator<[string, unknown]> {
  for (const [key, schema] of Object.entries(entries)) {
    const value = Object.hasOwn(table, key) ? table[key] : schema.default;
    if (value !== undefined && !isDeprecated(schema)) yield [key, withDefaults(schema, value)];
  }
}
