/** What goes wrong with machines, disks, services and drbdd itself. */
import type { Fault } from "./fault_schedule.ts";
import type { Machine } from "../node/machine.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

export function crash(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const lateDeviceMs = cluster.random.chance(0.2) ? cluster.random.between(1_000, 15_000) : 0;
  machine.crash();
  return {
    text: "power fails",
    node: machine.name,
    undo: () => machine.boot(lateDeviceMs),
    ...(cluster.random.chance(0.8) ? { lastsMs: cluster.random.between(500, 30_000) } : {}),
  };
}

export function reboot(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  machine.shutDown(() => {
    cluster.disturb();
    machine.boot();
  });
  return { text: "systemctl reboot", node: machine.name };
}

export function failDisk(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const { name } = spec;
  const drbd = cluster.spec.drbd.resources.find((each) => each.name === name);
  const machine = cluster.random.chance(0.5) ? cluster.primary(spec) : cluster.machine();
  if (machine === undefined || drbd === undefined) return undefined;
  const { volume } = cluster.random.pick(drbd.volumes);
  cluster.model.failDisk(machine.name, name, volume);
  return {
    text: `the disk of volume ${volume} fails`,
    node: machine.name,
    resource: name,
    undo: () => {
      // With fencing, a disk that comes back with old data does not know that others went on without it.
      if (cluster.spec.fences) cluster.model.replaceDisk(machine.name, name, volume);
      else cluster.model.repairDisk(machine.name, name, volume);
      if (machine.isPowered) cluster.drbdadm(machine, ["adjust", name]);
    },
    ...cluster.lasting(60_000),
  };
}

export function trouble(cluster: SimulatedCluster) {
  const found = cluster.service();
  if (found === undefined) return undefined;
  const { service, machine } = found;
  const kind = cluster.random.pick(
    ["fails to start", "fails to start", "starts slowly", "ignores SIGTERM", "fails to stop"] as const,
  );
  return {
    text: `${service.name} ${kind}`,
    node: machine.name,
    resource: service.resource,
    undo: cluster.addTrouble(machine, service, kind),
    lastsMs: cluster.random.between(5_000, 90_000),
  };
}

export function serviceDies(cluster: SimulatedCluster) {
  const found = cluster.service();
  const process = found?.machine.processOf(found.service);
  if (found === undefined || process === undefined || !process.isReady) return undefined;
  const code = cluster.random.pick([0, 1, 1]);
  process.die(code);
  return {
    text: `${found.service.name} ends with exit code ${code}`,
    node: found.machine.name,
    resource: found.service.resource,
  };
}

export function killDrbdsetup(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.killDrbdsetup();
  return { text: "drbdsetup events2 is killed", node: machine.name };
}

/** It ends at once, however often it is started. */
export function breakDrbdsetup(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  machine.impairments.isDrbdsetupBroken = true;
  machine.life?.killDrbdsetup();
  return {
    text: "drbdsetup events2 does not work",
    node: machine.name,
    undo: () => machine.impairments.isDrbdsetupBroken = false,
    lastsMs: cluster.random.between(500, 40_000),
  };
}

export function killDrbdd(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.die();
  return { text: "drbdd is killed", node: machine.name };
}

export function stallDrbdd(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  const durationMs = cluster.random.between(200, 8_000);
  machine.life.stall(durationMs);
  return {
    text: "drbdd does not get to anything",
    node: machine.name,
    undo: () => {},
    lastsMs: durationMs,
  };
}

function delayLines(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  machine.impairments.eventLatenessMs = cluster.random.between(20, 4_000);
  return {
    text: `lines of drbdsetup are ${machine.impairments.eventLatenessMs} ms late`,
    node: machine.name,
    undo: () => machine.impairments.eventLatenessMs = 0,
    lastsMs: cluster.random.between(2_000, 30_000),
  };
}

/** One node after the other is shut down: the last one goes on, as the others said farewell. */
function lastStanding(cluster: SimulatedCluster) {
  const powered = cluster.random.shuffled(cluster.machines.filter(({ isPowered }) => isPowered));
  const leaving = powered.slice(1);
  if (leaving.length === 0) return undefined;
  const next = ([machine, ...rest]: readonly Machine[]) => {
    if (machine === undefined) return;
    machine.shutDown(() => {
      cluster.disturb();
      cluster.clock.setTimer(cluster.random.between(500, 5_000), () => next(rest));
    });
  };
  next(leaving);
  return {
    text: `${leaving.map(({ name }) => name).join(", ")} are shut down, one after the other`,
    undo: () => {
      for (const machine of leaving) machine.boot();
    },
  };
}

/** An administrator replaces a failing disk with a new one: all of it is resynchronised. */
function replaceDisk(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  const drbd = cluster.spec.drbd.resources.find(({ name }) => name === spec.name);
  if (machine === undefined || drbd === undefined) return undefined;
  const { volume } = cluster.random.pick(drbd.volumes);
  cluster.model.failDisk(machine.name, spec.name, volume);
  return {
    text: `the disk of volume ${volume} fails, and will be replaced`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      cluster.model.replaceDisk(machine.name, spec.name, volume);
      if (machine.isPowered) cluster.drbdadm(machine, ["adjust", spec.name]);
    },
    lastsMs: cluster.random.between(5_000, 60_000),
  };
}

/** One volume loses its disks on two nodes: it has no quorum there, and its neighbour has. */
export function failVolume(cluster: SimulatedCluster) {
  const { name } = cluster.resource();
  const drbd = cluster.spec.drbd.resources.find((each) => each.name === name);
  const volume = drbd?.volumes.at(-1)?.volume;
  const machines = cluster.random.shuffled(cluster.machines).slice(0, 2);
  if (volume === undefined || cluster.spec.fences) return undefined;
  const undo = () => {
    for (const machine of machines) {
      cluster.model.repairDisk(machine.name, name, volume);
      if (machine.isPowered) cluster.drbdadm(machine, ["adjust", name]);
    }
  };
  for (const [place, machine] of machines.entries()) {
    cluster.clock.setTimer(
      place * cluster.random.between(0, 3_000),
      () => cluster.model.failDisk(machine.name, name, volume),
    );
  }
  return {
    text: `the disks of volume ${volume} fail on ${machines.map((machine) => machine.name).join(" and ")}`,
    resource: name,
    undo,
    lastsMs: cluster.random.between(8_000, 60_000),
  };
}

/** /run is full, or read-only. */
export function breakRun(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const { files } = machine;
  files.readOnly = "/run";
  machine.impairments.isRunReadOnly = true;
  return {
    text: "nothing can be written under /run",
    node: machine.name,
    undo: () => {
      files.readOnly = undefined;
      machine.impairments.isRunReadOnly = false;
    },
    lastsMs: cluster.random.between(2_000, 60_000),
  };
}

/** The fence device refuses to do anything. */
function breakFencing(cluster: SimulatedCluster) {
  if (!cluster.spec.fences) return undefined;
  cluster.isFencingBroken = true;
  return {
    text: "the fence device does not work",
    undo: () => cluster.isFencingBroken = false,
    lastsMs: cluster.random.between(2_000, 60_000),
  };
}

export const FAULTS: readonly Fault[] = [
  { weight: 6, inject: crash },
  { weight: 2, inject: reboot },
  { weight: 4, inject: failDisk },
  { weight: 8, inject: trouble },
  { weight: 5, inject: serviceDies },
  { weight: 4, inject: killDrbdsetup },
  { weight: 2, inject: breakDrbdsetup },
  { weight: 3, inject: killDrbdd },
  { weight: 3, inject: stallDrbdd },
  { weight: 3, inject: delayLines },
  { weight: 1, inject: lastStanding },
  { weight: 1, inject: replaceDisk },
  { weight: 1, inject: failVolume },
  { weight: 1, inject: breakRun },
  { weight: 2, inject: breakFencing },
];
