/** The log of drbdd on one node, as part of the trace. */
import { describe } from "../../../src/runtime/describe.ts";
import type { Logger } from "../../../src/runtime/logging.ts";
import type { Trace } from "./trace.ts";

type Fields = Record<string, unknown>;

export class NodeLog {
  constructor(readonly trace: Trace, readonly node: string) {}

  /** The log of a part of drbdd. */
  of(part: string): Logger {
    const write = (level: string) => (message: string, fields: Fields = {}) =>
      this.trace.note(this.node, () => `drbdd ${part} ${level}: ${filled(message, fields)}`);
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
