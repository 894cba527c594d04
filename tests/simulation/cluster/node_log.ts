/** The log of drbdd on one node, as part of the trace. */
import { describe } from "../../../src/effects/describe.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import type { Trace } from "./trace.ts";

type Fields = Record<string, unknown>;

export class NodeLog {
  constructor(
    readonly trace: Trace,
    readonly node: string,
    /** A warning, or an error. */
    readonly onWarning: (text: string) => void,
  ) {}

  /** The log of a part of drbdd. */
  of(part: string): Logger {
    const write = (level: string) => (message: string, fields: Fields = {}) =>
      this.trace.note(this.node, () => `drbdd ${part} ${level}: ${filled(message, fields)}`);
    const loudly = (level: string) => (message: string, fields: Fields = {}) => {
      write(level)(message, fields);
      this.onWarning(filled(message, fields));
    };
    const nothing = () => {};
    return {
      trace: nothing,
      debug: nothing,
      info: write("info"),
      warn: loudly("warn"),
      error: loudly("error"),
      isEnabledFor: (level) => level !== "trace" && level !== "debug",
    };
  }
}

function filled(message: string, fields: Fields): string {
  return message.replace(/\{(\w+)\}/g, (_all, name: string) => describe(fields[name]));
}
