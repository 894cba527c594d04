/** What umh needs of the sandbox. */
import type { Needs } from "../../src/effects/permissions.ts";

/** Commands of the administrator are run by a shell, whatever they then do. */
export function umhNeeds(): Needs {
  return { run: ["setsid", "sh"] };
}
