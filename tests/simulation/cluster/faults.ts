/** What goes wrong with machines, disks, services and drbdd itself. */
import type { Fault } from "./fate.ts";
import type { Machine } from "./machine.ts";
import type { Stage } from "./stage.ts";

export function crash(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const lateDeviceMs = stage.random.chance(0.2) ? stage.random.between(1_000, 15_000) : 0;
  machine.crash();
  return {
    text: "power fails",
    node: machine.name,
    undo: () => machine.boot(lateDeviceMs),
    ...(stage.random.chance(0.8) ? { lastsMs: stage.random.between(500, 30_000) } : {}),
  };
}

export function reboot(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  machine.shutDown(() => {
    stage.disturb();
    machine.boot();
  });
  return { text: "systemctl reboot", node: machine.name };
}

export function failDisk(stage: Stage) {
  const spec = stage.resource();
  const { name } = spec;
  const drbd = stage.spec.drbd.resources.find((each) => each.name === name);
  const machine = stage.random.chance(0.5) ? stage.primary(spec) : stage.machine();
  if (machine === undefined || drbd === undefined) return undefined;
  const { volume } = stage.random.pick(drbd.volumes);
  stage.model.failDisk(machine.name, name, volume);
  return {
    text: `the disk of volume ${volume} fails`,
    node: machine.name,
    resource: name,
    undo: () => {
      // With fencing, a disk that comes back with old data does not know that others went on without it.
      if (stage.spec.fences) stage.model.replaceDisk(machine.name, name, volume);
      else stage.model.repairDisk(machine.name, name, volume);
      if (machine.isPowered) stage.drbdadm(machine, ["adjust", name]);
    },
    ...stage.lasting(60_000),
  };
}

export function trouble(stage: Stage) {
  const found = stage.service();
  if (found === undefined) return undefined;
  const { service, machine } = found;
  const kind = stage.random.pick(
    ["fails to start", "fails to start", "starts slowly", "ignores SIGTERM", "fails to stop"] as const,
  );
  return {
    text: `${service.name} ${kind}`,
    node: machine.name,
    resource: service.resource,
    undo: stage.addTrouble(machine, service, kind),
    lastsMs: stage.random.between(5_000, 90_000),
  };
}

export function serviceDies(stage: Stage) {
  const found = stage.service();
  const process = found?.machine.processOf(found.service);
  if (found === undefined || process === undefined || !process.isReady) return undefined;
  const code = stage.random.pick([0, 1, 1]);
  process.die(code);
  return {
    text: `${found.service.name} ends with exit code ${code}`,
    node: found.machine.name,
    resource: found.service.resource,
  };
}

export function killDrbdsetup(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.killDrbdsetup();
  return { text: "drbdsetup events2 is killed", node: machine.name };
}

/** It ends at once, however often it is started. */
export function breakDrbdsetup(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  machine.impairments.isDrbdsetupBroken = true;
  machine.life?.killDrbdsetup();
  return {
    text: "drbdsetup events2 does not work",
    node: machine.name,
    undo: () => machine.impairments.isDrbdsetupBroken = false,
    lastsMs: stage.random.between(500, 40_000),
  };
}

export function killDrbdd(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.die();
  return { text: "drbdd is killed", node: machine.name };
}

export function stallDrbdd(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  const durationMs = stage.random.between(200, 8_000);
  machine.life.stall(durationMs);
  return {
    text: "drbdd does not get to anything",
    node: machine.name,
    undo: () => {},
    lastsMs: durationMs,
  };
}

function delayLines(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  machine.impairments.eventLatenessMs = stage.random.between(20, 4_000);
  return {
    text: `lines of drbdsetup are ${machine.impairments.eventLatenessMs} ms late`,
    node: machine.name,
    undo: () => machine.impairments.eventLatenessMs = 0,
    lastsMs: stage.random.between(2_000, 30_000),
  };
}

/** One node after the other is shut down: the last one goes on, as the others said farewell. */
function lastStanding(stage: Stage) {
  const powered = stage.random.shuffled(stage.machines.filter(({ isPowered }) => isPowered));
  const leaving = powered.slice(1);
  if (leaving.length === 0) return undefined;
  const next = ([machine, ...rest]: readonly Machine[]) => {
    if (machine === undefined) return;
    machine.shutDown(() => {
      stage.disturb();
      stage.clock.setTimer(stage.random.between(500, 5_000), () => next(rest));
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
function replaceDisk(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.machine();
  const drbd = stage.spec.drbd.resources.find(({ name }) => name === spec.name);
  if (machine === undefined || drbd === undefined) return undefined;
  const { volume } = stage.random.pick(drbd.volumes);
  stage.model.failDisk(machine.name, spec.name, volume);
  return {
    text: `the disk of volume ${volume} fails, and will be replaced`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      stage.model.replaceDisk(machine.name, spec.name, volume);
      if (machine.isPowered) stage.drbdadm(machine, ["adjust", spec.name]);
    },
    lastsMs: stage.random.between(5_000, 60_000),
  };
}

/** One volume loses its disks on two nodes: it has no quorum there, and its neighbour has. */
export function failVolume(stage: Stage) {
  const { name } = stage.resource();
  const drbd = stage.spec.drbd.resources.find((each) => each.name === name);
  const volume = drbd?.volumes.at(-1)?.volume;
  const machines = stage.random.shuffled(stage.machines).slice(0, 2);
  if (volume === undefined || stage.spec.fences) return undefined;
  const undo = () => {
    for (const machine of machines) {
      stage.model.repairDisk(machine.name, name, volume);
      if (machine.isPowered) stage.drbdadm(machine, ["adjust", name]);
    }
  };
  for (const [place, machine] of machines.entries()) {
    stage.clock.setTimer(
      place * stage.random.between(0, 3_000),
      () => stage.model.failDisk(machine.name, name, volume),
    );
  }
  return {
    text: `the disks of volume ${volume} fail on ${machines.map((machine) => machine.name).join(" and ")}`,
    resource: name,
    undo,
    lastsMs: stage.random.between(8_000, 60_000),
  };
}

/** /run is full, or read-only. */
export function breakRun(stage: Stage) {
  const machine = stage.machine();
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
    lastsMs: stage.random.between(2_000, 60_000),
  };
}

/** The fence device refuses to do anything. */
function breakFencing(stage: Stage) {
  if (!stage.spec.fences) return undefined;
  stage.isFencingBroken = true;
  return {
    text: "the fence device does not work",
    undo: () => stage.isFencingBroken = false,
    lastsMs: stage.random.between(2_000, 60_000),
  };
}

export const FAULTS: readonly Fault[] = [
  { weight: 6, strike: crash },
  { weight: 2, strike: reboot },
  { weight: 4, strike: failDisk },
  { weight: 8, strike: trouble },
  { weight: 5, strike: serviceDies },
  { weight: 4, strike: killDrbdsetup },
  { weight: 2, strike: breakDrbdsetup },
  { weight: 3, strike: killDrbdd },
  { weight: 3, strike: stallDrbdd },
  { weight: 3, strike: delayLines },
  { weight: 1, strike: lastStanding },
  { weight: 1, strike: replaceDisk },
  { weight: 1, strike: failVolume },
  { weight: 1, strike: breakRun },
  { weight: 2, strike: breakFencing },
];
