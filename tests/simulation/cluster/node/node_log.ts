/** The log of drbdd on one node, as part of the trace. */
import { describe } from "../../../../src/effects/describe.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import type { Trace } from "../trace.ts";

type Fields = Record<string, unknown>;

export type LogLevel = "info" | "warn" | "error";

export class NodeLog {
  constructor(
    readonly trace: Trace,
    readonly node: string,
    readonly onLine: (level: LogLevel, text: string) => void,
  ) {}

  /** The log of a part of drbdd. */
  of(part: string): Logger {
    const write = (level: LogLevel) => (message: string, fields: Fields = {}) => {
      const text = filled(message, fields);
      this.trace.note(this.node, () => `drbdd ${part} ${level}: ${text}`);
      this.onLine(level, text);
    };
    const nothing = () => {};
    return {
      trace: nothing,
      debug: nothing,
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      isEnabledFor: (level) => level !== "trace" && level !== "debug",
    };
  }
}

function filled(message: string, fields: Fields): string {
  return message.replace(/\{(\w+)\}/g, (_all, name: string) => describe(fields[name]));
}
