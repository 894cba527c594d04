/**
 * Resources on hold, for maintenance: a file for each, below drbdd's RuntimeDirectory, which drbddctl writes and drbdd
 * reads. Files outlive the daemon, but not the node's boot: a node that comes up takes part again.
 */
import { isTable } from "../../../src/config/toml/table.ts";

export const HOLDS_DIRECTORY = "/run/drbdd/hold";
/** Where drbdd notes which holds it has read, as a list of resources in JSON: those are in force. */
export const HOLDS_IN_FORCE = "/run/drbdd/hold-in-force.json";

/** What an administrator said of a hold. */
export interface Hold {
  /** When it was set, in milliseconds since 1970; undefined for a file that drbddctl did not write. */
  readonly sinceMs: number | undefined;
  /** When it ends by itself; undefined: it does not. */
  readonly untilMs: number | undefined;
  /** Why, in the words of whoever set it. */
  readonly reason: string | undefined;
}

/** The file that puts a resource on hold. */
export function holdPathOf(resource: string): string {
  return `${HOLDS_DIRECTORY}/${encodeURIComponent(resource)}`;
}

/** The resource of such a file, by its name in the directory; undefined for one that stands for none. */
export function resourceOfHold(fileName: string): string | undefined {
  try {
    const resource = decodeURIComponent(fileName);
    return encodeURIComponent(resource) === fileName ? resource : undefined;
  } catch {
    return undefined;
  }
}

export function holdText({ sinceMs, untilMs, reason }: Hold): string {
  return `${JSON.stringify({ sinceMs, untilMs, reason })}\n`;
}

/** Whatever else is in the file, it is there: then it is a hold without an end. */
export function readHold(text: string): Hold {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const { sinceMs, untilMs, reason } = isTable(value) ? value : {};
  return {
    sinceMs: typeof sinceMs === "number" ? sinceMs : undefined,
    untilMs: typeof untilMs === "number" ? untilMs : undefined,
    reason: typeof reason === "string" && reason !== "" ? reason : undefined,
  };
}

export function isOver({ untilMs }: Hold, wallMs: number): boolean {
  return untilMs !== undefined && wallMs >= untilMs;
}

/** "on hold", since when, until when and why, for people. */
export function describeHold({ sinceMs, untilMs, reason }: Hold): string {
  const time = (wallMs: number) => new Date(wallMs).toISOString();
  return [
    "on hold",
    ...(sinceMs === undefined ? [] : [`since ${time(sinceMs)}`]),
    ...(untilMs === undefined ? [] : [`until ${time(untilMs)}`]),
    ...(reason === undefined ? [] : [`(${reason})`]),
  ].join(" ");
}
