/**
 * Logging. The only module that uses LogTape.
 *
 * Messages are constant text with `{placeholders}`; values are fields, so that a log can be searched by its texts.
 */
import { configureSync, getLogger, type LogRecord, type Sink } from "@logtape/logtape";
import { describe } from "../effects/describe.ts";
import { formatRecord, type LogForm } from "./log_format.ts";
import type { LogQueue } from "./log_queue.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = typeof LOG_LEVELS[number];
type UsedLevel = Exclude<LogLevel, "off">;

type Write = (message: string, fields?: Record<string, unknown>) => void;

/** Logger of one part of drbdd. */
export interface Logger {
  readonly trace: Write;
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** Whether the level is enabled: check before building an expensive message. */
  isEnabledFor(level: UsedLevel): boolean;
}

/** Records of at least this level go to a file or, without one, to standard error. */
export interface LogTarget {
  readonly level: LogLevel;
  readonly file?: string | undefined;
}

/** Standard error. */
export interface LogStream {
  readonly form: LogForm;
  /** Writes whole lines; never throws or waits. */
  write(lines: string): void;
}

const ROOT = "drbdd";

/** Failures of a log file are reported at most this often. */
const REPORT_EVERY_MS = 60_000;

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

/** Logs nothing: for work that is repeated. */
export const NO_LOGGER: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  isEnabledFor: () => false,
};

/** A record as plain data, on its way to the thread that writes logs. */
export interface PlainRecord {
  readonly level: UsedLevel;
  /** The part of drbdd, as `loggerOf` takes it. */
  readonly part: readonly string[];
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Gives what is logged in this thread, from `level` up, to `send`. */
export function forwardLogs(level: LogLevel, send: (record: PlainRecord) => void): void {
  const sink: Sink = ({ level, category: [, ...part], rawMessage, properties }) =>
    send({ level: fromLogTape(level), part, message: String(rawMessage), fields: plainFields(properties) });
  const used = level === "off" ? [] : [level];
  configure(used.map(() => sink), used[0]);
}

/** Logs a record of another thread. */
export function logForwarded({ level, part, message, fields }: PlainRecord): void {
  loggerOf(...part)[level](message, fields);
}

/** Errors lose what matters of them on the way. */
function plainFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? describe(value) : value]),
  );
}

/** From which level up anything is logged. */
export function lowestLevel(targets: readonly LogTarget[]): LogLevel {
  return lowestOf(targets.flatMap(({ level }) => level === "off" ? [] : [level])) ?? "off";
}

/** A log file that could not be opened. */
export interface LogFailure {
  readonly file: string;
  readonly error: unknown;
}

/**
 * Sends records to `targets` from now on, instead of to the previous ones. Files are opened again, which is also what log rotation
 * needs. `stderr` also gets what cannot be written to its file. Returns the files that could not be opened.
 */
export async function startLogging(targets: readonly LogTarget[], stderr: LogStream): Promise<LogFailure[]> {
  const failures: LogFailure[] = [];
  const files: { readonly level: UsedLevel; readonly sink: Sink }[] = [];
  let stderrLevel: UsedLevel | undefined = undefined;
  const stderrSink: Sink = (record) => stderr.write(formatRecord(record, stderr.form));
  const instead: Sink = (record) => {
    if (stderrLevel === undefined || !isFrom(stderrLevel, record)) stderrSink(record);
  };
  const toStderr: UsedLevel[] = [];
  for (const { level, file } of targets) {
    if (level === "off") continue;
    if (file === undefined) {
      toStderr.push(level);
      continue;
    }
    try {
      files.push({ level, sink: await openFile(file, stderr, instead) });
    } catch (error) {
      failures.push({ file, error });
      toStderr.push(level);
    }
  }
  stderrLevel = lowestOf(toStderr);
  const sinks = files.map(({ level, sink }) => fromLevel(level, sink));
  if (stderrLevel !== undefined) sinks.push(fromLevel(stderrLevel, stderrSink));
  configure(sinks, lowestOf([...toStderr, ...files.map(({ level }) => level)]));
  return failures;
}

function configure(sinks: readonly Sink[], lowest: UsedLevel | undefined): void {
  const byName = Object.fromEntries(sinks.map((sink, place): [string, Sink] => [String(place), sink]));
  const all = Object.keys(byName);
  configureSync({
    reset: true,
    sinks: byName,
    loggers: [
      { category: ROOT, sinks: all, lowestLevel: lowest === undefined ? null : inLogTape(lowest) },
      { category: ["logtape", "meta"], sinks: all, lowestLevel: "warning" },
    ],
  });
}

/** Files in use, until they are closed and everything is written. */
const queues = new Set<LogQueue<LogRecord>>();

/** Resolves when everything is written to the files or has failed: possibly never, so callers set a time limit. */
export async function logsWritten(): Promise<void> {
  await Promise.all([...queues].map((queue) => queue.flushed()));
}

/**
 * A sink for a file. The code for it is loaded only if there is one. Records that cannot be written go to `instead`, so that a full
 * disk does not cost the log, and `stderr` gets the reason. @throws If the file cannot be opened.
 */
async function openFile(file: string, stderr: LogStream, instead: Sink): Promise<Sink> {
  const [{ openLogFile }, { LogQueue }] = await Promise.all([
    import("../effects/deno/log_file.ts"),
    import("./log_queue.ts"),
  ]);
  const output = await openLogFile(file);
  let reportedMs = -Infinity;
  const report = (text: string, { timestamp }: LogRecord) => {
    if (timestamp - reportedMs < REPORT_EVERY_MS) return;
    reportedMs = timestamp;
    stderr.write(formatRecord(ownRecord(text, timestamp), stderr.form));
  };
  const queue = new LogQueue<LogRecord>(output, {
    failed(records, error) {
      const [first] = records;
      if (first === undefined) return;
      report(`Cannot log to ${file}, logging to standard error instead: ${describe(error)}`, first);
      records.forEach(instead);
    },
    losing: (record) =>
      report(`Cannot log to ${file}: its storage does not respond; dropping log lines until it does`, record),
    lost: (count, { timestamp }) =>
      formatRecord(
        ownRecord(`${count} log entries were dropped: the storage did not respond`, timestamp),
        "plain",
      ),
  });
  queues.add(queue);
  const sink: Sink = (record) => queue.add(record, formatRecord(record, "plain"));
  return Object.assign(sink, {
    [Symbol.dispose]: () => {
      queue.close();
      void queue.flushed().then(() => queues.delete(queue));
    },
  });
}

/** A record of the log about itself. */
function ownRecord(text: string, timestamp: number): LogRecord {
  return { category: [ROOT], level: "error", message: [text], rawMessage: text, timestamp, properties: {} };
}

function fromLevel(level: UsedLevel, sink: Sink): Sink {
  return withDisposalOf(sink, (record) => {
    if (isFrom(level, record)) sink(record);
  });
}

/** Keeps what closes the sink. */
function withDisposalOf(sink: Sink, wrapped: Sink): Sink {
  return Object.assign(wrapped, Symbol.dispose in sink ? { [Symbol.dispose]: sink[Symbol.dispose] } : {});
}

/** Whether a record has at least this level. */
function isFrom(level: UsedLevel, record: LogRecord): boolean {
  return LOG_LEVELS.indexOf(fromLogTape(record.level)) >= LOG_LEVELS.indexOf(level);
}

function lowestOf(levels: readonly UsedLevel[]): UsedLevel | undefined {
  return LOG_LEVELS.find((level): level is UsedLevel => level !== "off" && levels.includes(level));
}

function inLogTape(level: UsedLevel): LogRecord["level"] {
  return level === "warn" ? "warning" : level;
}

function fromLogTape(level: LogRecord["level"]): UsedLevel {
  return level === "warning" ? "warn" : level === "fatal" ? "error" : level;
}
