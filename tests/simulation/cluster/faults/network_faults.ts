/** What goes wrong with networks: cut in parts, one way, for one connection, lossy, slow; and a machine that stands still. */
import type { Fault } from "./fault_schedule.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

export function partition(cluster: SimulatedCluster) {
  const names = cluster.random.shuffled(cluster.model.nodeNames);
  const size = cluster.random.between(1, names.length - 1);
  const isInThree = names.length - size > 1 && cluster.random.chance(0.2);
  const second = isInThree ? cluster.random.between(size + 1, names.length - 1) : names.length;
  const groups = [names.slice(0, size), names.slice(size, second), names.slice(second)]
    .filter((group) => group.length > 0);
  cluster.model.partition(groups);
  return {
    text: `the network is split: ${groups.map((group) => group.join(" ")).join(" | ")}`,
    undo: () => cluster.model.heal(),
    ...cluster.lasting(60_000),
  };
}

export function cutLink(cluster: SimulatedCluster) {
  const [a = "", b = ""] = cluster.random.shuffled(cluster.model.nodeNames);
  cluster.model.cutLink(a, b);
  return {
    text: `${a} and ${b} do not reach one another`,
    undo: () => cluster.model.repairLink(a, b),
    ...cluster.lasting(60_000),
  };
}

function cutWay(cluster: SimulatedCluster) {
  const [a = "", b = ""] = cluster.random.shuffled(cluster.model.nodeNames);
  cluster.model.cutWay(a, b);
  return { text: `${a} does not reach ${b}`, undo: () => cluster.model.heal(), ...cluster.lasting(60_000) };
}

function cutConnection(cluster: SimulatedCluster) {
  const { name } = cluster.resource();
  const [a = "", b = ""] = cluster.random.shuffled(cluster.model.nodeNames);
  cluster.model.cutConnection(name, a, b);
  return {
    text: `the connection of ${a} and ${b} is cut`,
    resource: name,
    undo: () => cluster.model.repairConnection(name, a, b),
    ...cluster.lasting(40_000),
  };
}

/** A link comes and goes, each time for as long as it takes that somebody notices, or not. */
function flap(cluster: SimulatedCluster) {
  const [a = "", b = ""] = cluster.random.shuffled(cluster.model.nodeNames);
  const untilMs = cluster.nowMs + cluster.random.between(3_000, 40_000);
  let isCut = false;
  const next = () => {
    isCut = !isCut && cluster.nowMs < untilMs;
    if (isCut) cluster.model.cutLink(a, b);
    else cluster.model.repairLink(a, b);
    cluster.disturb();
    if (cluster.nowMs < untilMs) cluster.clock.setTimer(cluster.random.between(50, 6_000), next);
  };
  next();
  return { text: `the link of ${a} and ${b} comes and goes` };
}

/** Loss rates at which connections live for hours, for minutes, for seconds, and hardly come about. */
const LOSS_PERCENT: readonly (readonly [number, number])[] = [[1, 5], [5, 15], [15, 30], [30, 60]];

/** A link, or now and then all links, lose packets: a bad cable, a switch that is overloaded. */
export function losePackets(cluster: SimulatedCluster) {
  const names = cluster.random.shuffled(cluster.model.nodeNames);
  const links = names.flatMap((a, place) => names.slice(place + 1).map((b) => [a, b] as const));
  const lossy = cluster.random.chance(0.2) ? links : links.slice(0, 1);
  const percents = lossy.map(([a, b]) => {
    const percent = cluster.random.within(cluster.random.pick(LOSS_PERCENT));
    cluster.model.losePackets(a, b, percent / 100);
    return `${a} and ${b} ${percent} %`;
  });
  return {
    text: `packets are lost: ${percents.join(", ")}`,
    undo: () => {
      for (const [a, b] of lossy) cluster.model.losePackets(a, b, 0);
      cluster.disturb();
    },
    ...cluster.lasting(90_000),
  };
}

function slowDown(cluster: SimulatedCluster) {
  const lagMs = cluster.random.between(20, 400);
  cluster.model.lagMs = lagMs;
  return {
    text: `packets take ${lagMs} ms longer`,
    undo: () => cluster.model.lagMs = 0,
    lastsMs: cluster.random.between(2_000, 40_000),
  };
}

/** A machine stands still, as a virtual one that is moved: nothing of it happens, its peers take it for lost. */
function suspend(cluster: SimulatedCluster) {
  const machine = cluster.machine();
  if (machine === undefined) return undefined;
  const durationMs = cluster.random.between(1_000, cluster.random.chance(0.3) ? 200_000 : 30_000);
  const others = cluster.model.nodeNames.filter((name) => name !== machine.name);
  machine.impairments.asleepUntilMs = cluster.nowMs + durationMs;
  machine.life?.stall(durationMs);
  const frozen = [...machine.holders].filter(({ isFrozen }) => !isFrozen);
  for (const holder of frozen) holder.freeze(true);
  for (const name of others) cluster.model.cutLink(machine.name, name);
  return {
    text: `the machine stands still for ${durationMs} ms`,
    node: machine.name,
    undo: () => {
      for (const name of others) cluster.model.repairLink(machine.name, name);
      for (const holder of frozen) holder.freeze(false);
    },
    lastsMs: durationMs,
  };
}

export const NETWORK_FAULTS: readonly Fault[] = [
  { weight: 5, inject: partition },
  { weight: 4, inject: cutLink },
  { weight: 2, inject: cutWay },
  { weight: 2, inject: cutConnection },
  { weight: 2, inject: flap },
  { weight: 1, inject: slowDown },
  { weight: 2, inject: suspend },
];
