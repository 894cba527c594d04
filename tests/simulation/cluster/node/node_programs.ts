/** The programs of a node, as drbdd runs them: systemctl, drbdadm, drbdsetup, journalctl, a shell. */
import type { Random } from "../../model/random.ts";
import type { Manager } from "../../systemd/manager.ts";
import { systemctl } from "../../systemd/systemctl.ts";
import type { Impairments } from "./impairments.ts";
import type { ProgramRun } from "../programs/programs.ts";
import { runShell, type ShellHost } from "../programs/shell.ts";

/** What programs reach of their node. */
export interface ProgramHost extends ShellHost {
  readonly random: Random;
  readonly manager: Manager;
  readonly impairments: Impairments;
  /** Runs of systemctl that wait for a job. */
  readonly waiting: Set<ProgramRun>;
}

/** From the start of a program until it does something. */
const START_MS = [1, 6] as const;
const JOURNAL_MS = [5, 60] as const;
/** A call that hangs is looked at again after this. */
const HANG_STEP_MS = 500;
const ANSWER_MS = [1, 4] as const;

/** Starts a program. One that is signalled before it did anything does nothing. */
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
  const { impairments, random } = node;
  const { systemdLatenessMs: mostMs, isUneven } = impairments;
  if (impairments.systemctl !== "works" || mostMs > 0) impairments.late(run);
  if (impairments.systemctl === "fails") {
    return run.exit(1, "", "Failed to connect to bus: Connection refused\n");
  }
  if (impairments.systemctl === "hangs") return hang(node, run, args);
  const latenessMs = isUneven ? random.between(0, mostMs) : mostMs;
  node.setTimer(latenessMs, () => {
    if (!run.isOver) runSystemctl(node, run, args);
  });
}

function runSystemctl(node: ProgramHost, run: ProgramRun, args: readonly string[]): void {
  node.waiting.add(run);
  run.whenOver(() => node.waiting.delete(run));
  systemctl(node.manager, {
    args,
    exit: (code, stdout, stderr) => {
      node.setTimer(node.random.within(ANSWER_MS), () => run.exit(code, stdout, stderr));
    },
  });
}

/** Half of the calls are handled when systemd answers again, the others never. */
function hang(node: ProgramHost, run: ProgramRun, args: readonly string[]): void {
  const isHeard = node.random.chance(0.5);
  const wait = () => {
    if (run.isOver) return;
    if (isHeard && node.impairments.systemctl !== "hangs") runSystemctl(node, run, args);
    else node.setTimer(HANG_STEP_MS, wait);
  };
  wait();
}
