/** Tables that other programs keep in configuration files for themselves, as LINSTOR Gateway and linstor-csi do. */
import { isTable } from "./table.ts";

/** Names of such tables, as a regular expression without flags: JSON Schema has it as well. */
export const TOOL_TABLE_NAME = "(^|-)metadata$";

const PATTERN = new RegExp(TOOL_TABLE_NAME);

/** Whether an unknown key is a table, or an array of tables, that belongs to another program: nobody misspelt anything. */
export function isToolTable(key: string, value: unknown): boolean {
  if (!PATTERN.test(key)) return false;
  return Array.isArray(value) ? value.length > 0 && value.every(isTable) : isTable(value);
}
