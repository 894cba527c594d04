/**
 * A snapshot of all resources in the form of the MIB: instances in the order of their identifiers.
 *
 * Values are computed on request: a table of a thousand minors has fifty thousand instances.
 */
import type { Cluster } from "../../src/drbd/model/cluster.ts";
import { placeOf } from "../../src/drbd/state/kinds/order.ts";
import type { Versions } from "../../src/drbd/model/versions.ts";
import { type Column, SCALARS, type Syntax, type Value } from "./columns.ts";
import { type MinorRow, rowsOf } from "./minor_row.ts";
import { below, compareOids, META, type Oid, ROOT, TABLE_ENTRY } from "./oid.ts";

export interface Instance {
  readonly oid: Oid;
  readonly syntax: Syntax;
  readonly value: Value;
}

/** Why there is no instance: no such object at all, or the object has none there. */
export type Absence = "noSuchObject" | "noSuchInstance";

/** A place in the table. */
interface Place {
  readonly column: number;
  readonly minor: number;
}

export class View {
  readonly #rows: readonly MinorRow[];
  readonly #scalars: readonly Instance[];

  /** `columns` by number. */
  constructor(
    readonly cluster: Cluster,
    readonly versions: Versions | undefined,
    readonly columns: readonly Column[],
  ) {
    this.#rows = rowsOf(cluster);
    this.#scalars = versions === undefined ? [] : scalarsOf(versions);
  }

  /** The instance of this very identifier. */
  get(oid: Oid): Instance | Absence {
    const scalar = this.#scalars.find((each) => compareOids(each.oid, oid) === 0);
    if (scalar !== undefined) return scalar;
    const [column, minor, ...more] = below([...ROOT, ...TABLE_ENTRY], oid) ?? [];
    if (column === undefined || minor === undefined || more.length > 0) return "noSuchObject";
    const found = this.columns.find(({ number }) => number === column);
    if (found === undefined) return "noSuchObject";
    return this.#instance(found, this.#rows[this.#placeOf(minor)]) ?? "noSuchInstance";
  }

  /** The first instance after `oid`. */
  next(oid: Oid): Instance | undefined {
    return this.#scalars.find((each) => compareOids(each.oid, oid) > 0) ?? this.#nextInTable(oid);
  }

  #nextInTable(oid: Oid): Instance | undefined {
    const start = startInTable(oid);
    if (start === undefined) return undefined;
    let place = this.#placeAfter(start.minor);
    for (const column of this.columns) {
      if (column.number < start.column) continue;
      if (column.number > start.column) place = 0;
      for (; place < this.#rows.length; place++) {
        const instance = this.#instance(column, this.#rows[place]);
        if (instance !== undefined) return instance;
      }
    }
    return undefined;
  }

  #instance(column: Column, row: MinorRow | undefined): Instance | undefined {
    if (row === undefined) return undefined;
    const { number, syntax } = column;
    const value = column.value(row);
    return value === undefined
      ? undefined
      : { oid: [...ROOT, ...TABLE_ENTRY, number, row.minor], syntax, value };
  }

  #placeOf(minor: number): number {
    return placeOf(this.#rows, minor, (row, wanted) => row.minor - wanted);
  }

  #placeAfter(minor: number): number {
    const place = this.#placeOf(minor);
    return place >= 0 ? place + 1 : -1 - place;
  }
}

/** Both with a final 0, as in SMIv2, and without, as in drbd-reactor. */
function scalarsOf(versions: Versions): Instance[] {
  return SCALARS.flatMap(({ number, syntax, value }) => {
    const oid = [...ROOT, META, number];
    return [oid, [...oid, 0]].map((oid) => ({ oid, syntax, value: value(versions) }));
  });
}

/** All instances of the table after `oid` are after this place; undefined if there are none. */
function startInTable(oid: Oid): Place | undefined {
  const entry = [...ROOT, ...TABLE_ENTRY];
  const inside = below(entry, oid);
  if (inside === undefined) return compareOids(oid, entry) < 0 ? { column: 0, minor: -1 } : undefined;
  const [column = 0, minor = -1] = inside;
  return { column, minor };
}
