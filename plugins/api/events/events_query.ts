/** The query of a client of the event stream. */
import { type Unplaced, UPDATE_KINDS, type UpdateKind } from "../../../src/drbd/model/update.ts";

export type UpdateType = Unplaced["type"];

/** Types of updates. */
export const UPDATE_TYPES: readonly UpdateType[] = [
  "exists",
  "create",
  "change",
  "destroy",
  "rename",
  "call",
  "response",
];

/** Limit of past updates that a client can request. */
export const MOST_RECENT = 1_000;

export interface EventsQuery {
  /** Absent lists mean all. */
  readonly resources: ReadonlySet<string> | undefined;
  readonly kinds: ReadonlySet<UpdateKind> | undefined;
  readonly types: ReadonlySet<UpdateType> | undefined;
  /** Whether to send all resources first. */
  readonly snapshot: boolean;
  /** Whether to send whole resources again when anything in them changes, including counters. */
  readonly state: boolean;
  /** How many of the last updates to send first. */
  readonly recent: number;
}

/** An error in the query, with a text for the client. */
export class QueryError extends Error {}

/** Parses the query of the URL. Unknown names are ignored. @throws {QueryError} */
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

/** Whether the client wants this update. A rename matches both names. */
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
  const given = parameters.getAll(key);
  const found = known.filter((word) => given.includes(word));
  const unknown = given.find((word) => !found.some((each) => each === word));
  if (unknown !== undefined) {
    throw new QueryError(`Unknown ${key} ${JSON.stringify(unknown)}: expected one of ${known.join(", ")}`);
  }
  return given.length === 0 ? undefined : new Set(found);
}

function flag(parameters: URLSearchParams, key: string): boolean {
  const given = parameters.get(key);
  if (given !== null && given !== "0" && given !== "1") {
    throw new QueryError(`Wrong value ${JSON.stringify(given)} of ${key}: expected 0 or 1`);
  }
  return given === "1";
}

function count(parameters: URLSearchParams, key: string): number {
  const given = parameters.get(key) ?? "0";
  if (!/^\d{1,4}$/.test(given) || Number(given) > MOST_RECENT) {
    throw new QueryError(
      `Wrong value ${JSON.stringify(given)} of ${key}: expected a number from 0 to ${MOST_RECENT}`,
    );
  }
  return Number(given);
}
