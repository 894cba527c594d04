/** What administrators do, on purpose or not. */
import { promotersOf } from "./draw_cluster.ts";
import type { Fault } from "./fate.ts";
import type { Machine } from "./machine.ts";
import { unitOf } from "./spec.ts";
import type { Stage } from "./stage.ts";
import { systemctl } from "../systemd/systemctl.ts";
import { DRBDD_UNIT } from "./unit_texts.ts";

function runSystemctl(stage: Stage, machine: Machine, ...args: readonly string[]): void {
  systemctl(machine.manager, { args, exit: () => stage.disturb() });
}

export function stopTarget(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.primary(spec);
  if (machine === undefined || spec.config.runner !== "systemd") return undefined;
  runSystemctl(stage, machine, "stop", machine.targetOf(spec.name));
  return { text: `systemctl stop ${machine.targetOf(spec.name)}`, node: machine.name, resource: spec.name };
}

export function stopService(stage: Stage) {
  const found = stage.service();
  if (found === undefined) return undefined;
  const { service, machine } = found;
  if (machine.specOf(service.resource)?.config.runner !== "systemd") return undefined;
  runSystemctl(stage, machine, "stop", unitOf(service));
  machine.world.observer.stoppedByHand(machine, service);
  return { text: `systemctl stop ${unitOf(service)}`, node: machine.name, resource: service.resource };
}

/** Somebody starts the services where he thinks that they belong. */
export function startTarget(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.machine();
  if (machine === undefined || spec.config.runner !== "systemd") return undefined;
  machine.world.observer.startedByHand(machine, spec.name);
  runSystemctl(stage, machine, "start", machine.targetOf(spec.name));
  return { text: `systemctl start ${machine.targetOf(spec.name)}`, node: machine.name, resource: spec.name };
}

export function secondary(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.primary(spec);
  if (machine === undefined) return undefined;
  const args = ["secondary", ...(stage.random.chance(0.5) ? ["--force"] : []), spec.name];
  stage.drbdadm(machine, args);
  return { text: `drbdadm ${args.join(" ")}`, node: machine.name, resource: spec.name };
}

/** A short while by hand, to look at the data. */
export function primary(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.machine();
  if (machine === undefined || stage.primary(spec) !== undefined) return undefined;
  stage.drbdadm(machine, ["primary", spec.name], (isDone) => {
    if (isDone) machine.world.observer.primaryByHand(machine, spec.name);
  });
  return {
    text: `drbdadm primary ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) stage.drbdadm(machine, ["secondary", spec.name]);
    },
    lastsMs: stage.random.between(1_000, 30_000),
  };
}

export function disconnect(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  stage.drbdadm(machine, ["disconnect", spec.name]);
  return {
    text: `drbdadm disconnect ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) stage.drbdadm(machine, ["connect", spec.name]);
    },
    lastsMs: stage.random.between(500, 30_000),
  };
}

function detach(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.random.chance(0.5) ? stage.primary(spec) : stage.machine();
  if (machine === undefined) return undefined;
  stage.drbdadm(machine, ["detach", spec.name]);
  return {
    text: `drbdadm detach ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) stage.drbdadm(machine, ["attach", spec.name]);
    },
    lastsMs: stage.random.between(500, 40_000),
  };
}

export function down(stage: Stage) {
  const spec = stage.resource();
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  stage.drbdadm(machine, ["down", spec.name]);
  return {
    text: `drbdadm down ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) stage.drbdadm(machine, ["adjust", spec.name]);
    },
    lastsMs: stage.random.between(500, 30_000),
  };
}

export function restartDrbdd(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  runSystemctl(stage, machine, "stop", DRBDD_UNIT);
  return {
    text: "systemctl stop drbdd",
    node: machine.name,
    undo: () => {
      if (machine.isPowered) runSystemctl(stage, machine, "start", DRBDD_UNIT);
    },
    lastsMs: stage.random.between(10, 20_000),
  };
}

/** A node is changed over from drbd-reactor to drbdd, or back: services run on, if nothing is said against it. */
export function changeOver(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  runSystemctl(stage, machine, "stop", DRBDD_UNIT);
  return {
    text: `change-over to ${machine.isReactor ? "drbdd" : "drbd-reactor"}`,
    node: machine.name,
    undo: () => {
      machine.isReactor = !machine.isReactor;
      if (machine.isPowered) runSystemctl(stage, machine, "start", DRBDD_UNIT);
    },
    lastsMs: stage.random.between(10, 3_000),
  };
}

/** The configuration is changed, read again, and changed back later. */
export function reload(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  const { name, config, services } = stage.resource();
  const before = machine.promoters;
  const all = before.flatMap(({ resources }) => resources);
  const kind = stage.random.pick(["the same", "without the resource", "a shorter start list"] as const);
  const changed = kind === "the same"
    ? all
    : kind === "without the resource" || all.some((each) => each.name === name && each.start.length < 2)
    ? all.filter((each) => each.name !== name)
    : all.map((each) =>
      each.name !== name
        ? each
        : each.runner === "systemd"
        ? { ...each, start: each.start.slice(0, -1) }
        : { ...each, start: each.start.slice(0, -1), stop: each.stop.slice(1) }
    );
  const secondaries = before.flatMap((each) => each.secondaries ?? []);
  machine.reload(kind === "the same" ? before : promotersOf(changed, stage.random.chance(0.5), secondaries));
  return {
    text: `the configuration is read again: ${kind}`,
    node: machine.name,
    undo: () => {
      if (machine.promoters === before) return;
      machine.reload(before);
      // What a shell runner has not started by then it does not start before the next promotion.
      const last = services.at(-1);
      if (config.runner === "shell" && last !== undefined) {
        machine.ceased(last, true);
      }
    },
    lastsMs: stage.random.between(500, 60_000),
  };
}

function daemonReload(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  machine.manager.reload();
  return { text: "systemctl daemon-reload", node: machine.name };
}

export const ADMIN_FAULTS: readonly Fault[] = [
  { weight: 2, strike: stopTarget },
  { weight: 2, strike: stopService },
  { weight: 2, strike: startTarget },
  { weight: 2, strike: secondary },
  { weight: 1, strike: primary },
  { weight: 1, strike: disconnect },
  { weight: 1, strike: detach },
  { weight: 1, strike: down },
  { weight: 3, strike: restartDrbdd },
  { weight: 3, strike: reload },
  { weight: 1, strike: daemonReload },
];
