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
export interface LogTarget {
  readonly level: LogLevel;
  readonly form: LogForm;
  /** Takes one or more whole lines. Must not throw. */
  write(lines: string): void;
}

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

/** Sends what is logged from here on to `targets`, in place of those before. */
export function startLogging(targets: readonly LogTarget[]): void {
  const used = targets.flatMap((target) =>
    target.level === "off" ? [] : [{ ...target, level: target.level }]
  );
  const lowest = LOG_LEVELS.find((level): level is UsedLevel =>
    used.some((target) => target.level === level)
  );
  const sinks = Object.fromEntries(
    used.map((target, place) => [String(place), sinkOf(target, target.level)]),
  );
  const all = Object.keys(sinks);
  configureSync({
    reset: true,
    sinks,
    loggers: [
      { category: ROOT, sinks: all, lowestLevel: lowest === undefined ? null : inLogTape(lowest) },
      { category: ["logtape", "meta"], sinks: all, lowestLevel: "warning" },
    ],
  });
}

function sinkOf(target: LogTarget, level: UsedLevel): Sink {
  const wanted = LOG_LEVELS.indexOf(level);
  return (record: LogRecord) => {
    if (LOG_LEVELS.indexOf(fromLogTape(record.level)) >= wanted) {
      target.write(formatRecord(record, target.form));
    }
  };
}

function inLogTape(level: UsedLevel): LogRecord["level"] {
  return level === "warn" ? "warning" : level;
}

function fromLogTape(level: LogRecord["level"]): UsedLevel {
  return level === "warning" ? "warn" : level === "fatal" ? "error" : level;
}
