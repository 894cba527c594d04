/**
 * The commands of drbddctl, in the order of its help.
 *
 * A new one: a file in commands/ with a `defineCommand`, whose `run` loads by `import()` whatever is not needed to read a
 * command line; its name here; its paragraph in docs/man/drbddctl.8.md; a test in tests/e2e.
 */
import type { Command } from "./command.ts";
import { cat } from "./commands/cat.ts";
import { ls } from "./commands/ls.ts";

export const COMMANDS: readonly Command[] = [ls, cat];
