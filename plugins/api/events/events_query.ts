/** What a client of the event stream asks for. */
import { type Unplaced, UPDATE_KINDS, type UpdateKind } from "../../../src/drbd/model/update.ts";

export type UpdateType = Unplaced["type"];

/** What can happen to an object, as updates name it. */
export const UPDATE_TYPES: readonly UpdateType[] = [
  "exists",
  "create",
  "change",
  "destroy",
  "rename",
  "call",
  "response",
];

/** Updates from before the client came that it can ask for. */
export const MOST_RECENT = 1_000;

export interface EventsQuery {
  /** Absent lists mean all. */
  readonly resources: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<UpdateKind> | undefined;
  readonly types: ReadonlySet<UpdateType> | undefined;
  /** Whether all resources are sent first. */
  readonly snapshot: boolean;
  /** Whether resources are sent again, whole, when anything of them changed, counters too. */
  readonly state: boolean;
  /** How many of the last updates are sent first. */
  readonly recent: number;
}

/** Text for the client that says what is wrong with its query. */
export class QueryError extends Error {}

/** Reads the query of the address. Names that mean nothing here are passed over. @throws {QueryError} */
export function readQuery(parameters: URLSearchParams): EventsQuery {
  const resources = parameters.getAll("resource");
  return {
    resources: resources.length === 0 ? undefined : new Set(resources),
    kinds: words(parameters, "kind", UPDATE_KINDS),
    types: words(parameters, "event-type", UPDATE_TYPES),
    snapshot: flag(parameters, "snapshot"),
    state: flag(parameters, "state"),
    recent: count(parameters, "recent"),
  };
}

/** Whether the client wants to know of this update. A rename is of interest under both names. */
export function wants({ resources, kinds, types }: EventsQuery, update: Unplaced): boolean {
  if (kinds !== undefined && !kinds.has(update.kind)) return false;
  if (types !== undefined && !types.has(update.type)) return false;
  if (resources === undefined || resources.has(update.name)) return true;
  return update.type === "rename" && resources.has(update.newName);
}

function words<Word extends string>(
  parameters: URLSearchParams,
  key: string,
  known: readonly Word[],
): ReadonlySet<Word> | undefined {
  const said = parameters.getAll(key);
  const found = known.filter((word) => said.includes(word));
  const unknown = said.find((word) => !found.some((each) => each === word));
  if (unknown !== undefined) {
    throw new QueryError(`Unknown ${key} ${JSON.stringify(unknown)}: expected one of ${known.join(", ")}`);
  }
  return said.length === 0 ? undefined : new Set(found);
}

function flag(parameters: URLSearchParams, key: string): boolean {
  const said = parameters.get(key);
  if (said !== null && said !== "0" && said !== "1") {
    throw new QueryError(`Wrong value ${JSON.stringify(said)} of ${key}: expected 0 or 1`);
  }
  return said === "1";
}

function count(parameters: URLSearchParams, key: string): number {
  const said = parameters.get(key) ?? "0";
  if (!/^\d{1,4}$/.test(said) || Number(said) > MOST_RECENT) {
    throw new QueryError(
      `Wrong value ${JSON.stringify(said)} of ${key}: expected a number from 0 to ${MOST_RECENT}`,
    );
  }
  return Number(said);
}
