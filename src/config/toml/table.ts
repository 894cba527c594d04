/** Tables of TOML, as plain objects. */

export type Table = { readonly [key: string]: unknown };

/** Keys and indices that lead from the top of a file to a value. */
export type Path = readonly (string | number)[];

/** Whether a value of a TOML file is a table: not a list, a date or a plain value. */
export function isTable(value: unknown): value is Table {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The value of an own key, never an inherited one. */
export function valueOf(table: Table, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** What a key or index leads to, if anything. */
export function childOf(value: unknown, key: string | number): unknown {
  if (typeof key === "number") return Array.isArray(value) ? value[key] : undefined;
  return isTable(value) ? valueOf(value, key) : undefined;
}

/** A path in TOML's syntax: dotted, quoted where necessary, without indices. */
export function dotted(path: Path): string {
  return path.filter((key) => typeof key === "string")
    .map((key) => /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key))
    .join(".");
}

/** Equal for equal tables, whatever the order of their keys, and different for all others. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return { bigint: part.toString() };
    if (isTable(part)) return Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1);
    return part;
  });
}
