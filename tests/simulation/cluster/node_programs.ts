/** The programs of a node, as drbdd runs them: systemctl, drbdadm, drbdsetup, journalctl, a shell. */
import type { Random } from "../model/random.ts";
import type { Manager } from "../systemd/manager.ts";
import { systemctl } from "../systemd/systemctl.ts";
import type { ProgramRun } from "./programs.ts";
import { runShell, type ShellHost } from "./shell.ts";

/** What programs reach of their node. */
export interface ProgramHost extends ShellHost {
  readonly random: Random;
  readonly manager: Manager;
  /** systemd answers so late, in ms. */
  readonly systemdLatenessMs: number;
  /** Programs whose answer is late. */
  lateAnswers: number;
}

/** From the start of a program until it does something. */
const START_MS = [1, 6] as const;
const JOURNAL_MS = [5, 60] as const;
const ANSWER_MS = [1, 4] as const;

/** Starts a program. One that is told to end before it did anything does nothing. */
export function execute(node: ProgramHost, run: ProgramRun): void {
  const { random } = node;
  const [program = "", ...args] = run.argv;
  node.setTimer(random.within(START_MS), () => {
    if (run.isOver) return;
    switch (program) {
      case "systemctl":
        return askSystemd(node, run, args);
      case "/bin/sh":
        return runShell(node, run);
      case "journalctl":
        node.setTimer(random.within(JOURNAL_MS), () => run.exit(0));
        return;
      case "drbdadm":
      case "drbdsetup":
        node.drbd({ program, args }, ({ code, stdout, stderr }) => run.exit(code, stdout, stderr));
        return;
    }
  });
}

/** What systemctl has to say reaches systemd late if that is busy; its answer is late in any case. */
function askSystemd(node: ProgramHost, run: ProgramRun, args: readonly string[]): void {
  const isLate = node.systemdLatenessMs > 0;
  if (isLate) node.lateAnswers++;
  node.setTimer(node.systemdLatenessMs, () => {
    if (isLate) node.lateAnswers--;
    if (run.isOver) return;
    systemctl(node.manager, {
      args,
      exit: (code, stdout, stderr) => {
        node.setTimer(node.random.within(ANSWER_MS), () => run.exit(code, stdout, stderr));
      },
    });
  });
}
