/** What administrators do, on purpose or not. */
import { promotersOf } from "../setup/draw_cluster.ts";
import type { Fault } from "./fault_schedule.ts";
import type { Machine } from "../node/machine.ts";
import { unitOf } from "../setup/spec.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";
import { systemctl } from "../../systemd/systemctl.ts";
import { DRBDD_UNIT } from "../setup/unit_texts.ts";

function runSystemctl(cluster: SimulatedCluster, machine: Machine, ...args: readonly string[]): void {
  systemctl(machine.manager, { args, exit: () => cluster.disturb() });
}

export function stopTarget(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.primary(spec);
  if (machine === undefined || spec.config.runner !== "systemd") return undefined;
  runSystemctl(cluster, machine, "stop", machine.targetOf(spec.name));
  return { text: `systemctl stop ${machine.targetOf(spec.name)}`, node: machine.name, resource: spec.name };
}

export function stopService(cluster: SimulatedCluster) {
  const found = cluster.service();
  if (found === undefined) return undefined;
  const { service, machine } = found;
  if (machine.specOf(service.resource)?.config.runner !== "systemd") return undefined;
  runSystemctl(cluster, machine, "stop", unitOf(service));
  machine.world.observer.stoppedByHand(machine, service);
  return { text: `systemctl stop ${unitOf(service)}`, node: machine.name, resource: service.resource };
}

/** Somebody starts the services where he thinks that they belong. */
export function startTarget(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined || spec.config.runner !== "systemd") return undefined;
  machine.world.observer.startedByHand(machine, spec.name);
  runSystemctl(cluster, machine, "start", machine.targetOf(spec.name));
  return { text: `systemctl start ${machine.targetOf(spec.name)}`, node: machine.name, resource: spec.name };
}

export function secondary(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.primary(spec);
  if (machine === undefined) return undefined;
  const args = ["secondary", ...(cluster.random.chance(0.5) ? ["--force"] : []), spec.name];
  cluster.drbdadm(machine, args);
  return { text: `drbdadm ${args.join(" ")}`, node: machine.name, resource: spec.name };
}

/** A short while by hand, to look at the data. */
export function primary(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined || cluster.primary(spec) !== undefined) return undefined;
  cluster.drbdadm(machine, ["primary", spec.name], (isDone) => {
    if (isDone) machine.world.observer.primaryByHand(machine, spec.name);
  });
  return {
    text: `drbdadm primary ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) cluster.drbdadm(machine, ["secondary", spec.name]);
    },
    lastsMs: cluster.random.between(1_000, 30_000),
  };
}

export function disconnect(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  cluster.drbdadm(machine, ["disconnect", spec.name]);
  return {
    text: `drbdadm disconnect ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) cluster.drbdadm(machine, ["connect", spec.name]);
    },
    lastsMs: cluster.random.between(500, 30_000),
  };
}

function detach(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.random.chance(0.5) ? cluster.primary(spec) : cluster.machine();
  if (machine === undefined) return undefined;
  cluster.drbdadm(machine, ["detach", spec.name]);
  return {
    text: `drbdadm detach ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) cluster.drbdadm(machine, ["attach", spec.name]);
    },
    lastsMs: cluster.random.between(500, 40_000),
  };
}

export function down(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  cluster.drbdadm(machine, ["down", spec.name]);
  return {
    text: `drbdadm down ${spec.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      if (machine.isPowered) cluster.drbdadm(machine, ["adjust", spec.name]);
    },
    lastsMs: cluster.random.between(500, 30_000),
  };
}

export function restartDrbdd(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  runSystemctl(cluster, machine, "stop", DRBDD_UNIT);
  return {
    text: "systemctl stop drbdd",
    node: machine.name,
    undo: () => {
      if (machine.isPowered) runSystemctl(cluster, machine, "start", DRBDD_UNIT);
    },
    lastsMs: cluster.random.between(10, 20_000),
  };
}

/** A node is changed over from drbd-reactor to drbdd, or back: services run on, if nothing is said against it. */
export function changeOver(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  runSystemctl(cluster, machine, "stop", DRBDD_UNIT);
  return {
    text: `change-over to ${machine.isReactor ? "drbdd" : "drbd-reactor"}`,
    node: machine.name,
    undo: () => {
      machine.isReactor = !machine.isReactor;
      if (machine.isPowered) runSystemctl(cluster, machine, "start", DRBDD_UNIT);
    },
    lastsMs: cluster.random.between(10, 3_000),
  };
}

/** The configuration is changed, read again, and changed back later. */
export function reload(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  const { name, config, services } = cluster.resource();
  const before = machine.promoters;
  const all = before.flatMap(({ resources }) => resources);
  const kind = cluster.random.pick(["the same", "without the resource", "a shorter start list"] as const);
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
  machine.reload(
    kind === "the same" ? before : promotersOf(changed, cluster.random.chance(0.5), secondaries),
  );
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
    lastsMs: cluster.random.between(500, 60_000),
  };
}

function daemonReload(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  machine.manager.reload();
  return { text: "systemctl daemon-reload", node: machine.name };
}

export const ADMIN_FAULTS: readonly Fault[] = [
  { weight: 2, inject: stopTarget },
  { weight: 2, inject: stopService },
  { weight: 2, inject: startTarget },
  { weight: 2, inject: secondary },
  { weight: 1, inject: primary },
  { weight: 1, inject: disconnect },
  { weight: 1, inject: detach },
  { weight: 1, inject: down },
  { weight: 3, inject: restartDrbdd },
  { weight: 3, inject: reload },
  { weight: 1, inject: daemonReload },
];
