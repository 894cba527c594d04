/** The logger of a replay: messages about the recording are shown. */
import { describe } from "../../effects/describe.ts";
import type { Logger } from "../../logging/logging.ts";
import { quietLogger } from "../cli/quiet_logger.ts";

/** Passes warnings and errors to `note`, as one text. */
export function noteLogger(note: (text: string) => void): Logger {
  const say = (message: string, fields: Record<string, unknown> = {}) =>
    note(message.replace(/\{(\w+)\}/g, (_, name) => worded(fields[name])));
  return { ...quietLogger, info: say, warn: say, error: say, isEnabledFor: () => true };
}

function worded(value: unknown): string {
  return typeof value === "string" ? value : describe(value);
}
