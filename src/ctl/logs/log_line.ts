/** Decisions and warnings of drbdd in lines of the journal. Pure. */

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly level: "error" | "warning" | "info";
  /** Undefined if it concerns no particular resource. */
  readonly resource: string | undefined;
  readonly text: string;
}

/** Priorities of syslog(3). */
const ERROR = 3;
const WARNING = 4;
const INFO = 6;

/**
 * A line of `journalctl --output=json` of drbdd's unit. Undefined if it is neither a decision nor a warning, or, with
 * `wanted`, not about that resource.
 */
export function logLineOf(json: string, wanted?: string): LogLine | undefined {
  const { MESSAGE: message, PRIORITY: priority, __REALTIME_TIMESTAMP: us } = parsed(json);
  if (typeof message !== "string") return undefined;
  const rank = Number(priority ?? INFO);
  const [, resource, decision] = /^promoter: (\S+): (.*)$/s.exec(message) ?? [];
  const isDecision = resource !== undefined && rank <= INFO;
  if (!isDecision && rank > WARNING) return undefined;
  if (wanted !== undefined && resource !== wanted) return undefined;
  return {
    wallMs: Number(us) / 1000,
    level: rank <= ERROR ? "error" : rank === WARNING ? "warning" : "info",
    resource,
    text: decision ?? message,
  };
}

/** The place of a message in the journal. */
export function cursorOf(json: string): string | undefined {
  const { __CURSOR: cursor } = parsed(json);
  return typeof cursor === "string" ? cursor : undefined;
}

/** A message that is not text is a list of numbers; drbdd writes none. */
function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
