/** What goes wrong with services that run where a resource is Secondary. */
import { down, primary, reload, restartDrbdd, secondary, startTarget, stopTarget } from "./admin.ts";
import type { Fault } from "./fate.ts";
import { crash, failDisk, killDrbdd, killDrbdsetup, reboot, serviceDies } from "./faults.ts";
import { hold } from "./holds.ts";
import { cutLink, partition } from "./network_faults.ts";
import { systemctl } from "../systemd/systemctl.ts";
import { secondaryTargetOf } from "./spec.ts";
import type { Stage } from "./stage.ts";

/** They do not start, start slowly, or do not heed SIGTERM, on one node. */
function besideTrouble(stage: Stage) {
  const { name, secondary } = stage.resource();
  const machine = stage.machine();
  if (machine === undefined || secondary === undefined) return undefined;
  const service = stage.random.pick(secondary.services);
  const kind = stage.random.pick(["fails to start", "starts slowly", "ignores SIGTERM"] as const);
  return {
    text: `${service.name} ${kind}`,
    node: machine.name,
    resource: name,
    undo: stage.addTrouble(machine, service, kind),
    lastsMs: stage.random.between(5_000, 60_000),
  };
}

/** One ends by itself. */
function besideDies(stage: Stage) {
  const { name, secondary } = stage.resource();
  const machine = stage.machine();
  const holder = machine?.beside.of(name)[0];
  if (machine === undefined || secondary === undefined || holder === undefined) return undefined;
  const process = machine.processOf(holder.service);
  if (process === undefined || !process.isReady) return undefined;
  process.die(stage.random.pick([0, 1]));
  return { text: `${holder.service.name} ends`, node: machine.name, resource: name };
}

/** Somebody stops their target. */
function stopBeside(stage: Stage) {
  const { name, secondary } = stage.resource();
  const machine = stage.machine();
  if (machine === undefined || secondary === undefined) return undefined;
  const target = secondaryTargetOf(name);
  systemctl(machine.manager, { args: ["stop", target], exit: () => stage.disturb() });
  return { text: `systemctl stop ${target}`, node: machine.name, resource: name };
}

/** The table is taken away for a while: what runs goes on. */
function withoutBeside(stage: Stage) {
  const machine = stage.machine();
  if (machine?.life === undefined) return undefined;
  const before = machine.promoters;
  machine.reload(before.filter(({ secondaries }) => secondaries === undefined));
  return {
    text: "the configuration is read again: without services for Secondaries",
    node: machine.name,
    undo: () => {
      if (machine.promoters !== before) machine.reload(before);
    },
    lastsMs: stage.random.between(500, 60_000),
  };
}

/** Nodes come and go, roles and disks change, and these services fail. */
export const SECONDARY_FAULTS: readonly Fault[] = [
  { weight: 5, strike: crash },
  { weight: 2, strike: reboot },
  { weight: 4, strike: stopTarget },
  { weight: 3, strike: startTarget },
  { weight: 4, strike: primary },
  { weight: 2, strike: secondary },
  { weight: 2, strike: down },
  { weight: 3, strike: partition },
  { weight: 2, strike: cutLink },
  { weight: 3, strike: failDisk },
  { weight: 2, strike: serviceDies },
  { weight: 2, strike: restartDrbdd },
  { weight: 2, strike: killDrbdd },
  { weight: 1, strike: killDrbdsetup },
  { weight: 2, strike: reload },
  { weight: 2, strike: hold },
  { weight: 3, strike: besideTrouble },
  { weight: 2, strike: besideDies },
  { weight: 1, strike: stopBeside },
  { weight: 1, strike: withoutBeside },
];
