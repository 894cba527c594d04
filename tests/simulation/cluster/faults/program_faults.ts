/** What goes wrong with the programs that drbdd runs: systemctl, drbdadm, drbdsetup. */
import type { Fault } from "./fault_schedule.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

export function delaySystemd(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.systemdLatenessMs = cluster.random.between(100, 4_000);
  impairments.isUneven = cluster.random.chance(0.4);
  return {
    text: `systemd answers ${impairments.isUneven ? "up to " : ""}${impairments.systemdLatenessMs} ms late`,
    node: machine.name,
    undo: () => impairments.systemdLatenessMs = 0,
    lastsMs: cluster.random.between(2_000, 20_000),
  };
}

export function breakSystemctl(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.systemctl = cluster.random.pick(["fails", "hangs"]);
  return {
    text: `systemctl ${impairments.systemctl}`,
    node: machine.name,
    undo: () => impairments.systemctl = "works",
    lastsMs: cluster.random.between(1_000, 60_000),
  };
}

/** systemd is re-executed, or its bus: who waits for a job loses the connection, the job goes on. */
export function loseBus(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  for (const run of [...machine.waiting]) {
    run.exit(1, "", "Failed to wait for response: Connection reset by peer\n");
  }
  return { text: "systemctl daemon-reexec", node: machine.name };
}

/** The kernel, or the other end, takes its time. */
export function delayDrbd(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.drbdLatenessMs = cluster.random.between(1_000, cluster.random.chance(0.3) ? 180_000 : 15_000);
  return {
    text: `drbdadm and drbdsetup take ${impairments.drbdLatenessMs} ms longer`,
    node: machine.name,
    undo: () => impairments.drbdLatenessMs = 0,
    lastsMs: cluster.random.between(2_000, 60_000),
  };
}

/** There is no room for another process: process groups cannot be signalled, only their leaders. */
export function loseSignals(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const { impairments } = machine;
  impairments.failingSignals = cluster.random.between(1, 4);
  return {
    text: `${impairments.failingSignals} times no process group can be signalled`,
    node: machine.name,
    undo: () => impairments.failingSignals = 0,
    lastsMs: cluster.random.between(5_000, 60_000),
  };
}

export const PROGRAM_FAULTS: readonly Fault[] = [
  { weight: 2, inject: delaySystemd },
  { weight: 1, inject: breakSystemctl },
  { weight: 1, inject: loseBus },
  { weight: 1, inject: delayDrbd },
];
