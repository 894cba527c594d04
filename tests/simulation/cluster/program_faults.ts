/** What goes wrong with the programs that drbdd runs: systemctl, drbdadm, drbdsetup. */
import type { Fault } from "./fate.ts";
import type { Stage } from "./stage.ts";

export function delaySystemd(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.systemdLatenessMs = stage.random.between(100, 4_000);
  impairments.isUneven = stage.random.chance(0.4);
  return {
    text: `systemd answers ${impairments.isUneven ? "up to " : ""}${impairments.systemdLatenessMs} ms late`,
    node: machine.name,
    undo: () => impairments.systemdLatenessMs = 0,
    lastsMs: stage.random.between(2_000, 20_000),
  };
}

export function breakSystemctl(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.systemctl = stage.random.pick(["fails", "hangs"]);
  return {
    text: `systemctl ${impairments.systemctl}`,
    node: machine.name,
    undo: () => impairments.systemctl = "works",
    lastsMs: stage.random.between(1_000, 60_000),
  };
}

/** systemd is executed anew, or its bus: who waits for a job loses the connection, the job goes on. */
export function loseBus(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  for (const run of [...machine.waiting]) {
    run.exit(1, "", "Failed to wait for response: Connection reset by peer\n");
  }
  return { text: "systemctl daemon-reexec", node: machine.name };
}

/** The kernel, or the other end, takes its time. */
export function delayDrbd(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.drbdLatenessMs = stage.random.between(1_000, stage.random.chance(0.3) ? 180_000 : 15_000);
  return {
    text: `drbdadm and drbdsetup take ${impairments.drbdLatenessMs} ms longer`,
    node: machine.name,
    undo: () => impairments.drbdLatenessMs = 0,
    lastsMs: stage.random.between(2_000, 60_000),
  };
}

/** There is no room for another process: process groups cannot be signalled, only their leaders. */
export function loseSignals(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.failingSignals = stage.random.between(1, 4);
  return {
    text: `${impairments.failingSignals} times no process group can be signalled`,
    node: machine.name,
    undo: () => impairments.failingSignals = 0,
    lastsMs: stage.random.between(5_000, 60_000),
  };
}

export const PROGRAM_FAULTS: readonly Fault[] = [
  { weight: 2, strike: delaySystemd },
  { weight: 1, strike: breakSystemctl },
  { weight: 1, strike: loseBus },
  { weight: 1, strike: delayDrbd },
];
