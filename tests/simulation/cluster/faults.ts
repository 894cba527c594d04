/** What goes wrong with machines, networks, disks, services and drbdd itself. */
import type { Fault } from "./fate.ts";
import type { Stage } from "./stage.ts";

function crash(stage: Stage) {
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

function reboot(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  machine.shutDown(() => {
    stage.disturb();
    machine.boot();
  });
  return { text: "systemctl reboot", node: machine.name };
}

function partition(stage: Stage) {
  const names = stage.random.shuffled(stage.model.nodeNames);
  const size = stage.random.between(1, names.length - 1);
  const groups = [names.slice(0, size), names.slice(size)];
  stage.model.partition(groups);
  return {
    text: `the network is split: ${groups.map((group) => group.join(" ")).join(" | ")}`,
    undo: () => stage.model.heal(),
    ...lasting(stage, 60_000),
  };
}

function cutLink(stage: Stage) {
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutLink(a, b);
  return {
    text: `${a} and ${b} do not reach one another`,
    undo: () => stage.model.mendLink(a, b),
    ...lasting(stage, 60_000),
  };
}

function cutWay(stage: Stage) {
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutWay(a, b);
  return { text: `${a} does not reach ${b}`, undo: () => stage.model.heal(), ...lasting(stage, 60_000) };
}

function cutConnection(stage: Stage) {
  const { name } = stage.resource();
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutConnection(name, a, b);
  return {
    text: `the connection of ${a} and ${b} is cut`,
    resource: name,
    undo: () => stage.model.mendConnection(name, a, b),
    ...lasting(stage, 40_000),
  };
}

function failDisk(stage: Stage) {
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
      else stage.model.mendDisk(machine.name, name, volume);
      if (machine.isPowered) stage.drbdadm(machine, ["adjust", name]);
    },
    ...lasting(stage, 60_000),
  };
}

function trouble(stage: Stage) {
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

function serviceDies(stage: Stage) {
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

function killDrbdsetup(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.killDrbdsetup();
  return { text: "drbdsetup events2 is killed", node: machine.name };
}

/** It ends at once, however often it is started. */
function breakDrbdsetup(stage: Stage) {
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

function killDrbdd(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  machine.life.die();
  return { text: "drbdd is killed", node: machine.name };
}

function stallDrbdd(stage: Stage) {
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

/** Until the calm, or for a while. */
function lasting(stage: Stage, longestMs: number): { lastsMs?: number } {
  return stage.random.chance(0.7) ? { lastsMs: stage.random.between(200, longestMs) } : {};
}

export const FAULTS: readonly Fault[] = [
  { weight: 6, strike: crash },
  { weight: 2, strike: reboot },
  { weight: 5, strike: partition },
  { weight: 4, strike: cutLink },
  { weight: 2, strike: cutWay },
  { weight: 2, strike: cutConnection },
  { weight: 4, strike: failDisk },
  { weight: 8, strike: trouble },
  { weight: 5, strike: serviceDies },
  { weight: 4, strike: killDrbdsetup },
  { weight: 2, strike: breakDrbdsetup },
  { weight: 3, strike: killDrbdd },
  { weight: 3, strike: stallDrbdd },
  { weight: 3, strike: delayLines },
];
