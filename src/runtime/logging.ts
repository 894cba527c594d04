/**
 * Logging: the one module that knows LogTape.
 *
 * Messages are constant text with `{placeholders}`; what varies is in the fields, so that a log can be searched by
 * its texts.
 */
import { configureSync, getLogger, type LogRecord, type Sink } from "@logtape/logtape";
import { formatRecord, type LogForm } from "./log_format.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = typeof LOG_LEVELS[number];
type UsedLevel = Exclude<LogLevel, "off">;

type Write = (message: string, fields?: Record<string, unknown>) => void;

/** Where a part of drbdd says what it does. */
export interface Logger {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether anybody listens: ask before composing what costs. */
  isEnabledFor(level: UsedLevel): boolean;
}

/** Where lines from a level up go. */
export type LogTarget =
  /** `write` takes one or more whole lines, and must not throw. */
  | { readonly level: LogLevel; readonly form: LogForm; write(lines: string): void }
  | { readonly level: LogLevel; readonly file: string };

const ROOT = "drbdd";

/** The logger of a part of drbdd, for example of a plugin. */
export function loggerOf(...part: string[]): Logger {
  const logger = getLogger([ROOT, ...part]);
  const write = (level: UsedLevel): Write => (message, fields) => logger[level](message, fields ?? {});
  return {
    trace: write("trace"),
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    isEnabledFor: (level) => logger.isEnabledFor(inLogTape(level)),
  };
}

/** A file that could not be opened. */
export interface LogFailure {
  readonly file: string;
  readonly error: unknown;
}

/**
 * Sends what is logged from here on to `targets`, in place of those before. Files are opened anew, so that this also
 * is what to do after they were rotated. Returns the files that could not be opened; they are left out.
 */
export async function startLogging(targets: readonly LogTarget[]): Promise<LogFailure[]> {
  const failures: LogFailure[] = [];
  const sinks: Record<string, Sink> = {};
  const levels = new Set<UsedLevel>();
  for (const target of targets) {
    if (target.level === "off") continue;
    try {
      sinks[Object.keys(sinks).length] = fromLevel(target.level, await sinkOf(target));
      levels.add(target.level);
    } catch (error) {
      failures.push({ file: "file" in target ? target.file : "", error });
    }
  }
  const lowest = LOG_LEVELS.find((level): level is UsedLevel => level !== "off" && levels.has(level));
  const all = Object.keys(sinks);
  configureSync({
    reset: true,
    sinks,
    loggers: [
      { category: ROOT, sinks: all, lowestLevel: lowest === undefined ? null : inLogTape(lowest) },
      { category: ["logtape", "meta"], sinks: all, lowestLevel: "warning" },
    ],
  });
  return failures;
}

/**
 * Files are the exception, and what writes them takes longer to load than all the rest of drbdd, so it is loaded when
 * it is needed. @throws If a file cannot be opened.
 */
async function sinkOf(target: LogTarget): Promise<Sink> {
  if ("file" in target) {
    const { getFileSink } = await import("@logtape/file");
    return getFileSink(target.file, { formatter: (record) => formatRecord(record, "plain"), bufferSize: 0 });
  }
  return (record) => target.write(formatRecord(record, target.form));
}

/** Keeps what the sink has to be closed by. */
function fromLevel(level: UsedLevel, sink: Sink): Sink {
  const wanted = LOG_LEVELS.indexOf(level);
  const filtered = (record: LogRecord) => {
    if (LOG_LEVELS.indexOf(fromLogTape(record.level)) >= wanted) sink(record);
  };
  return Object.assign(filtered, Symbol.dispose in sink ? { [Symbol.dispose]: sink[Symbol.dispose] } : {});
}

function inLogTape(level: UsedLevel): LogRecord["level"] {
  return level === "warn" ? "warning" : level;
}

function fromLogTape(level: LogRecord["level"]): UsedLevel {
  return level === "warning" ? "warn" : level === "fatal" ? "error" : level;
}
