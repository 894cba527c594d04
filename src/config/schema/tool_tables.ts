/** Tables that other programs (LINSTOR Gateway, linstor-csi) keep for themselves in configuration files. */
import { isTable } from "../toml/table.ts";

/** Matches their names. Without flags: the JSON Schema has it as well. */
export const TOOL_TABLE_NAME = "(^|-)metadata$";

const PATTERN = new RegExp(TOOL_TABLE_NAME);

/** Whether an unknown key is a table, or array of tables, of another program, and so not a misspelt key. */
export function isToolTable(key: string, value: unknown): boolean {
  if (!PATTERN.test(key)) return false;
  return Array.isArray(value) ? value.length > 0 && value.every(isTable) : isTable(value);
}
