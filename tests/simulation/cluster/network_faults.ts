/** What goes wrong with networks: cut in parts, one way, for one connection, lossy, slow; and a machine that stands still. */
import type { Fault } from "./fate.ts";
import type { Stage } from "./stage.ts";

export function partition(stage: Stage) {
  const names = stage.random.shuffled(stage.model.nodeNames);
  const size = stage.random.between(1, names.length - 1);
  const isInThree = names.length - size > 1 && stage.random.chance(0.2);
  const second = isInThree ? stage.random.between(size + 1, names.length - 1) : names.length;
  const groups = [names.slice(0, size), names.slice(size, second), names.slice(second)]
    .filter((group) => group.length > 0);
  stage.model.partition(groups);
  return {
    text: `the network is split: ${groups.map((group) => group.join(" ")).join(" | ")}`,
    undo: () => stage.model.heal(),
    ...stage.lasting(60_000),
  };
}

export function cutLink(stage: Stage) {
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutLink(a, b);
  return {
    text: `${a} and ${b} do not reach one another`,
    undo: () => stage.model.repairLink(a, b),
    ...stage.lasting(60_000),
  };
}

function cutWay(stage: Stage) {
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutWay(a, b);
  return { text: `${a} does not reach ${b}`, undo: () => stage.model.heal(), ...stage.lasting(60_000) };
}

function cutConnection(stage: Stage) {
  const { name } = stage.resource();
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  stage.model.cutConnection(name, a, b);
  return {
    text: `the connection of ${a} and ${b} is cut`,
    resource: name,
    undo: () => stage.model.repairConnection(name, a, b),
    ...stage.lasting(40_000),
  };
}

/** A link comes and goes, each time for as long as it takes that somebody notices, or not. */
function flap(stage: Stage) {
  const [a = "", b = ""] = stage.random.shuffled(stage.model.nodeNames);
  const untilMs = stage.nowMs + stage.random.between(3_000, 40_000);
  let isCut = false;
  const next = () => {
    isCut = !isCut && stage.nowMs < untilMs;
    if (isCut) stage.model.cutLink(a, b);
    else stage.model.repairLink(a, b);
    stage.disturb();
    if (stage.nowMs < untilMs) stage.clock.setTimer(stage.random.between(50, 6_000), next);
  };
  next();
  return { text: `the link of ${a} and ${b} comes and goes` };
}

/** Loss rates at which connections live for hours, for minutes, for seconds, and hardly come about. */
const LOSS_PERCENT: readonly (readonly [number, number])[] = [[1, 5], [5, 15], [15, 30], [30, 60]];

/** A link, or now and then all links, lose packets: a bad cable, a switch that is overloaded. */
export function losePackets(stage: Stage) {
  const names = stage.random.shuffled(stage.model.nodeNames);
  const links = names.flatMap((a, place) => names.slice(place + 1).map((b) => [a, b] as const));
  const lossy = stage.random.chance(0.2) ? links : links.slice(0, 1);
  const percents = lossy.map(([a, b]) => {
    const percent = stage.random.within(stage.random.pick(LOSS_PERCENT));
    stage.model.losePackets(a, b, percent / 100);
    return `${a} and ${b} ${percent} %`;
  });
  return {
    text: `packets are lost: ${percents.join(", ")}`,
    undo: () => {
      for (const [a, b] of lossy) stage.model.losePackets(a, b, 0);
      stage.disturb();
    },
    ...stage.lasting(90_000),
  };
}

function slowDown(stage: Stage) {
  const lagMs = stage.random.between(20, 400);
  stage.model.lagMs = lagMs;
  return {
    text: `packets take ${lagMs} ms longer`,
    undo: () => stage.model.lagMs = 0,
    lastsMs: stage.random.between(2_000, 40_000),
  };
}

/** A machine stands still, as a virtual one that is moved: nothing of it happens, its peers take it for lost. */
function suspend(stage: Stage) {
  const machine = stage.machine();
  if (machine === undefined) return undefined;
  const durationMs = stage.random.between(1_000, stage.random.chance(0.3) ? 200_000 : 30_000);
  const others = stage.model.nodeNames.filter((name) => name !== machine.name);
  machine.impairments.asleepUntilMs = stage.nowMs + durationMs;
  machine.life?.stall(durationMs);
  const frozen = [...machine.holders].filter(({ isFrozen }) => !isFrozen);
  for (const holder of frozen) holder.freeze(true);
  for (const name of others) stage.model.cutLink(machine.name, name);
  return {
    text: `the machine stands still for ${durationMs} ms`,
    node: machine.name,
    undo: () => {
      for (const name of others) stage.model.repairLink(machine.name, name);
      for (const holder of frozen) holder.freeze(false);
    },
    lastsMs: durationMs,
  };
}

export const NETWORK_FAULTS: readonly Fault[] = [
  { weight: 5, strike: partition },
  { weight: 4, strike: cutLink },
  { weight: 2, strike: cutWay },
  { weight: 2, strike: cutConnection },
  { weight: 2, strike: flap },
  { weight: 1, strike: slowDown },
  { weight: 2, strike: suspend },
];
