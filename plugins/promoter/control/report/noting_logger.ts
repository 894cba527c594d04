/** A logger whose lines about a resource are kept with the decisions about it: they say what stands in the way of one. */
import type { Decision, DecisionLevel, DecisionLog } from "../../../../src/daemon/status/decision_log.ts";
import { describe } from "../../../../src/effects/describe.ts";
import type { Logger } from "../../../../src/logging/logging.ts";

const PLUGIN = "promoter";
/** How lines begin that are about one resource. */
const ABOUT = "{resource}: ";

/** What is logged as `{resource}: ...` from info up also goes to `decisions`. */
export function notingLogger(log: Logger, decisions: DecisionLog, wallMs: () => number): Logger {
  const noting = (level: DecisionLevel, write: Logger["info"]): Logger["info"] => (message, fields = {}) => {
    write(message, fields);
    const { resource } = fields;
    if (typeof resource !== "string" || !message.startsWith(ABOUT)) return;
    decisions.note(
      resource,
      promoterDecision(wallMs(), level, rendered(message.slice(ABOUT.length), fields)),
    );
  };
  return {
    trace: log.trace,
    debug: log.debug,
    isEnabledFor: (level) => log.isEnabledFor(level),
    info: noting("info", log.info),
    warn: noting("warning", log.warn),
    error: noting("error", log.error),
  };
}

export function promoterDecision(wallMs: number, level: DecisionLevel, text: string): Decision {
  return { wallMs, plugin: PLUGIN, level, text };
}

/** The text of a message, as the log has it. */
export function rendered(message: string, fields: Readonly<Record<string, unknown>>): string {
  return message.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = fields[name];
    return value === undefined ? placeholder : typeof value === "string" ? value : describe(value);
  });
}
