/**
 * The commands of drbddctl, in the order of its help.
 *
 * To add one: a file in commands/ with a `defineCommand`, whose `run` loads by `import()` what parsing does not need; its
 * name here; a section in docs/man/drbddctl.8.md; a test in tests/e2e.
 */
import type { Command } from "./cli/command.ts";
import { cat } from "./commands/cat.ts";
import { check } from "./commands/check.ts";
import { disable } from "./commands/disable.ts";
import { edit } from "./commands/edit.ts";
import { enable } from "./commands/enable.ts";
import { events } from "./commands/events.ts";
import { evict } from "./commands/evict.ts";
import { explain } from "./commands/explain.ts";
import { hold } from "./commands/hold.ts";
import { logs } from "./commands/logs.ts";
import { ls } from "./commands/ls.ts";
import { migrate } from "./commands/migrate.ts";
import { record } from "./commands/record.ts";
import { reload } from "./commands/reload.ts";
import { replay } from "./commands/replay.ts";
import { restart } from "./commands/restart.ts";
import { rm } from "./commands/rm.ts";
import { startUntil } from "./commands/start_until.ts";
import { status } from "./commands/status.ts";
import { top } from "./commands/top.ts";
import { unhold } from "./commands/unhold.ts";

export const COMMANDS: readonly Command[] = [
  status,
  evict,
  hold,
  unhold,
  restart,
  startUntil,
  ls,
  cat,
  edit,
  check,
  reload,
  enable,
  disable,
  rm,
  migrate,
  explain,
  top,
  logs,
  events,
  record,
  replay,
];
