/** What happens to units: masked, removed, with a condition that is not met, without their drop-ins. */
import type { Fault } from "./fault_schedule.ts";
import type { Machine } from "../node/machine.ts";
import { unitOf } from "../setup/spec.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

/** A service of the systemd runner, and where. */
function serviceOfSystemd(cluster: SimulatedCluster) {
  const found = cluster.service();
  if (found === undefined) return undefined;
  return found.machine.specOf(found.service.resource)?.config.runner === "systemd" ? found : undefined;
}

/** What an administrator, or an upgrade, does to a unit; what runs goes on. */
function hinder(cluster: SimulatedCluster) {
  const found = serviceOfSystemd(cluster);
  if (found === undefined) return undefined;
  const { service, machine } = found;
  const { manager } = machine;
  // What is only wanted is left out of a start, and stays out.
  const { table } = machine.specOf(service.resource) ?? {};
  if (table?.["target-as"] === "Wants" || table?.["dependencies-as"] === "Wants") return undefined;
  const unit = manager.unit(unitOf(service));
  const kind = cluster.random.pick(["masked", "not-found"] as const);
  unit.loadState = kind;
  const undo = cluster.addTrouble(machine, service, "cannot be started");
  return {
    text: `${unitOf(service)}: ${kind}`,
    node: machine.name,
    resource: service.resource,
    undo: () => {
      undo();
      unit.loadState = "loaded";
    },
    lastsMs: cluster.random.between(5_000, 90_000),
  };
}

/** `systemctl mask` of the target keeps a node from taking over. */
export function maskTarget(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  const [service] = spec.services;
  if (machine === undefined || service === undefined || spec.config.runner !== "systemd") return undefined;
  const target = machine.manager.unit(machine.targetOf(spec.name));
  target.loadState = "masked";
  const undo = cluster.addTrouble(machine, service, "cannot be started");
  return {
    text: `systemctl mask --runtime ${target.name}`,
    node: machine.name,
    resource: spec.name,
    undo: () => {
      undo();
      target.loadState = "loaded";
    },
    lastsMs: cluster.random.between(5_000, 120_000),
  };
}

/** `systemctl revert UNIT`, the usual undo of `systemctl edit`: drop-ins under /run are gone, too. */
export function revert(cluster: SimulatedCluster) {
  const found = serviceOfSystemd(cluster);
  if (found === undefined) return undefined;
  const { service, machine } = found;
  removeDropIns(machine, [unitOf(service)]);
  return { text: `systemctl revert ${unitOf(service)}`, node: machine.name, resource: service.resource };
}

/** Somebody cleans up under /run. */
export function cleanRun(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined || spec.config.runner !== "systemd") return undefined;
  removeDropIns(machine, spec.services.map(unitOf));
  return {
    text: "rm -r /run/systemd/system/*.d; systemctl daemon-reload",
    node: machine.name,
    resource: spec.name,
  };
}

function removeDropIns(machine: Machine, units: readonly string[]): void {
  const { files, manager } = machine;
  machine.dropInsTakenMs = machine.nowMs();
  for (const path of Object.keys(files.all())) {
    if (units.some((unit) => path.startsWith(`/run/systemd/system/${unit}.d/`))) files.take(path);
  }
  manager.reload();
}

/** Its condition is not met for a while: a start of it is done without a start. */
export function unmetCondition(cluster: SimulatedCluster) {
  const found = serviceOfSystemd(cluster);
  if (found === undefined) return undefined;
  const { service, machine } = found;
  const unit = machine.manager.unit(unitOf(service));
  unit.isConditionUnmet = true;
  const undo = cluster.addTrouble(machine, service, "cannot be started");
  return {
    text: `${unit.name}: ConditionPathExists= is not met`,
    node: machine.name,
    resource: service.resource,
    undo: () => {
      undo();
      unit.isConditionUnmet = false;
    },
    lastsMs: cluster.random.between(20_000, 90_000),
  };
}

export const UNIT_FAULTS: readonly Fault[] = [
  { weight: 2, inject: hinder },
  { weight: 1, inject: maskTarget },
];
