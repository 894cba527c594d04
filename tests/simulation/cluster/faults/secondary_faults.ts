/** What goes wrong with services that run where a resource is Secondary. */
import { down, primary, reload, restartDrbdd, secondary, startTarget, stopTarget } from "./admin.ts";
import type { Fault } from "./fault_schedule.ts";
import { crash, failDisk, killDrbdd, killDrbdsetup, reboot, serviceDies } from "./faults.ts";
import { hold } from "./holds.ts";
import { cutLink, partition } from "./network_faults.ts";
import { systemctl } from "../../systemd/systemctl.ts";
import { secondaryTargetOf } from "../setup/spec.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

/** They do not start, start slowly, or do not heed SIGTERM, on one node. */
function besideTrouble(cluster: SimulatedCluster) {
  const { name, secondary } = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined || secondary === undefined) return undefined;
  const service = cluster.random.pick(secondary.services);
  const kind = cluster.random.pick(["fails to start", "starts slowly", "ignores SIGTERM"] as const);
  return {
    text: `${service.name} ${kind}`,
    node: machine.name,
    resource: name,
    undo: cluster.addTrouble(machine, service, kind),
    lastsMs: cluster.random.between(5_000, 60_000),
  };
}

/** One ends by itself. */
function besideDies(cluster: SimulatedCluster) {
  const { name, secondary } = cluster.resource();
  const machine = cluster.machine();
  const holder = machine?.beside.of(name)[0];
  if (machine === undefined || secondary === undefined || holder === undefined) return undefined;
  const process = machine.processOf(holder.service);
  if (process === undefined || !process.isReady) return undefined;
  process.die(cluster.random.pick([0, 1]));
  return { text: `${holder.service.name} ends`, node: machine.name, resource: name };
}

/** Somebody stops their target. */
function stopBeside(cluster: SimulatedCluster) {
  const { name, secondary } = cluster.resource();
  const machine = cluster.machine();
  if (machine === undefined || secondary === undefined) return undefined;
  const target = secondaryTargetOf(name);
  systemctl(machine.manager, { args: ["stop", target], exit: () => cluster.disturb() });
  return { text: `systemctl stop ${target}`, node: machine.name, resource: name };
}

/** The table is taken away for a while: what runs goes on. */
function withoutBeside(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine?.life === undefined) return undefined;
  const before = machine.promoters;
  machine.reload(before.filter(({ secondaries }) => secondaries === undefined));
  return {
    text: "the configuration is read again: without services for Secondaries",
    node: machine.name,
    undo: () => {
      if (machine.promoters !== before) machine.reload(before);
    },
    lastsMs: cluster.random.between(500, 60_000),
  };
}

/** Nodes come and go, roles and disks change, and these services fail. */
export const SECONDARY_FAULTS: readonly Fault[] = [
  { weight: 5, inject: crash },
  { weight: 2, inject: reboot },
  { weight: 4, inject: stopTarget },
  { weight: 3, inject: startTarget },
  { weight: 4, inject: primary },
  { weight: 2, inject: secondary },
  { weight: 2, inject: down },
  { weight: 3, inject: partition },
  { weight: 2, inject: cutLink },
  { weight: 3, inject: failDisk },
  { weight: 2, inject: serviceDies },
  { weight: 2, inject: restartDrbdd },
  { weight: 2, inject: killDrbdd },
  { weight: 1, inject: killDrbdsetup },
  { weight: 2, inject: reload },
  { weight: 2, inject: hold },
  { weight: 3, inject: besideTrouble },
  { weight: 2, inject: besideDies },
  { weight: 1, inject: stopBeside },
  { weight: 1, inject: withoutBeside },
];
