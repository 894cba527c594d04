/** The sandbox permissions umh needs. */
import type { Needs } from "../../src/effects/permissions.ts";

/** All commands run in a shell. */
export function umhNeeds(): Needs {
  return { run: ["setsid", "sh"] };
}
