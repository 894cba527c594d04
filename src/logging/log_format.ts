/** Formats a log record as lines of text. */
import type { LogRecord } from "@logtape/logtape";
import { describe } from "../effects/describe.ts";

/**
 * `journal`: with the priority prefix of sd-daemon(3), without time, for a standard error that goes to the journal.
 * `plain`: with time and level, for files and terminals.
 */
export type LogForm = "journal" | "plain";

/** Priorities of syslog(3). There is none below debug. */
const PRIORITIES = { trace: 7, debug: 7, info: 6, warning: 4, error: 3, fatal: 2 } as const;
const WORDS = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  fatal: "fatal",
} as const;

/** One line per line of the message, each ending in a newline. */
export function formatRecord(record: LogRecord, form: LogForm): string {
  const [, ...part] = record.category;
  const where = part.length === 0 ? "" : `${part.join("/")}: `;
  const prefix = form === "journal"
    ? `<${PRIORITIES[record.level]}>${where}`
    : `${new Date(record.timestamp).toISOString()} ${WORDS[record.level]} ${where}`;
  return messageOf(record).split("\n").map((line) => `${prefix}${line}\n`).join("");
}

/** LogTape puts the text at even indices and the values of placeholders at odd ones. */
function messageOf(record: LogRecord): string {
  return harmless(record.message.map((part) => typeof part === "string" ? part : describe(part)).join(""));
}

/** Text from outside (names, output of commands) must not control a terminal. */
function harmless(text: string): string {
  return text.replace(
    /(?![\n\t])\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
