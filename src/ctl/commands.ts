/**
 * The commands of drbddctl, in the order of its help.
 *
 * To add one: a file in the folder of its group in commands/, with a `defineCommand`, whose `run` loads by `import()` what parsing does not need; its
 * name here; a section in docs/man/drbddctl.8.md; a test in tests/e2e.
 */
import type { Command } from "./cli/command.ts";
import { cat } from "./commands/configuration/cat.ts";
import { check } from "./commands/configuration/check.ts";
import { disable } from "./commands/configuration/disable.ts";
import { edit } from "./commands/configuration/edit.ts";
import { enable } from "./commands/configuration/enable.ts";
import { events } from "./commands/inspection/events.ts";
import { evict } from "./commands/services/evict.ts";
import { explain } from "./commands/inspection/explain.ts";
import { hold } from "./commands/services/hold.ts";
import { logs } from "./commands/inspection/logs.ts";
import { ls } from "./commands/configuration/ls.ts";
import { migrate } from "./commands/configuration/migrate.ts";
import { record } from "./commands/inspection/record.ts";
import { reload } from "./commands/configuration/reload.ts";
import { replay } from "./commands/inspection/replay.ts";
import { restart } from "./commands/services/restart.ts";
import { rm } from "./commands/configuration/rm.ts";
import { startUntil } from "./commands/services/start_until.ts";
import { status } from "./commands/services/status.ts";
import { top } from "./commands/inspection/top.ts";
import { unhold } from "./commands/services/unhold.ts";

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
