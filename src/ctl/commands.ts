/**
 * The commands of drbddctl, in the order of its help.
 *
 * A new one: a file in commands/ with a `defineCommand`, whose `run` loads by `import()` whatever is not needed to read a
 * command line; its name here; its paragraph in docs/man/drbddctl.8.md; a test in tests/e2e.
 */
import type { Command } from "./command.ts";
import { cat } from "./commands/cat.ts";
import { disable } from "./commands/disable.ts";
import { enable } from "./commands/enable.ts";
import { ls } from "./commands/ls.ts";
import { restart } from "./commands/restart.ts";
import { rm } from "./commands/rm.ts";
import { status } from "./commands/status.ts";

export const COMMANDS: readonly Command[] = [status, restart, ls, cat, enable, disable, rm];
