/** What drbdd logs, as far as the demo shows it: what its promoter decided, and why. */
import { RESOURCES } from "../nodes/definition.ts";

/** Something that is worth a look on the screen. */
export interface Shown {
  readonly severity: "info" | "warn" | "error";
  readonly text: string;
}

/** `TIME LEVEL promoter: RESOURCE: TEXT`, as drbdd writes it to a terminal. */
const LINE = /^\S+Z (info|warn|error) (?:promoter: )?(([^:\s]+): .*)$/;

/** The text of a line of drbdd's log, word for word, if it is about one of the demo's resources; otherwise undefined. */
export function decisionIn(line: string): Shown | undefined {
  const [, severity, text = "", name] = LINE.exec(line) ?? [];
  if (severity === undefined || !RESOURCES.some((resource) => resource.name === name)) return undefined;
  return { severity: severity as Shown["severity"], text };
}
