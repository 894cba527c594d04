/** The sandbox permissions umh needs. */
import type { Needs } from "../../src/effects/permissions.ts";

/** A shell runs all commands, whatever they do. */
export function umhNeeds(): Needs {
  return { run: ["setsid", "sh"] };
}
