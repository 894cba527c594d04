/** A log that tests can read. */
import type { Logger } from "../../../src/logging/logging.ts";
import { describe } from "../../../src/effects/describe.ts";

/** What was logged, as `level: text` with the fields filled in. */
export class LogRecorder implements Logger {
  readonly lines: string[] = [];
  readonly trace = this.#writer("trace");
  readonly debug = this.#writer("debug");
  readonly info = this.#writer("info");
  readonly warn = this.#writer("warn");
  readonly error = this.#writer("error");

  isEnabledFor(): boolean {
    return true;
  }

  /** The lines from a level up. */
  from(level: "warn" | "error"): string[] {
    const levels = level === "warn" ? ["warn", "error"] : ["error"];
    return this.lines.filter((line) => levels.some((each) => line.startsWith(`${each}: `)));
  }

  #writer(level: string) {
    return (message: string, fields: Record<string, unknown> = {}) => {
      const text = message.replace(/\{(\w+)\}/g, (_all, name: string) => describe(fields[name]));
      this.lines.push(`${level}: ${text}`);
    };
  }
}
