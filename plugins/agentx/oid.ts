/** Object identifiers, and where the objects of DRBD are. */

export type Oid = readonly number[];

/** Enterprise LINBIT, object `drbdData`: all that is registered with the master agent. */
export const ROOT: Oid = [1, 3, 6, 1, 4, 1, 23302, 1];
/** Below it: scalars are `1.NUMBER`. */
export const META = 1;
/** Below it: instances of the table are `2.1.COLUMN.MINOR`. */
export const TABLE_ENTRY: Oid = [2, 1];

export function parseOid(text: string): Oid {
  return text.split(".").map(Number);
}

export function formatOid(oid: Oid): string {
  return oid.join(".");
}

/** Negative, zero or positive, in lexicographic order. */
export function compareOids(a: Oid, b: Oid): number {
  for (let place = 0; place < a.length && place < b.length; place++) {
    const difference = (a[place] ?? 0) - (b[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** What follows `prefix` in `oid`; undefined if it does not begin with it. */
export function below(prefix: Oid, oid: Oid): Oid | undefined {
  return prefix.every((part, place) => part === oid[place]) ? oid.slice(prefix.length) : undefined;
}
