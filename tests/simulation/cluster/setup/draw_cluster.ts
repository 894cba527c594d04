/** A cluster drawn from a seed: nodes, resources, services, and how the promoter is configured. */
import * as v from "valibot";
import { PROMOTER_SCHEMA, type PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { ResourceInput } from "../../../../plugins/promoter/config/resource_table.ts";
import {
  type NodeConfig,
  nodesNamed,
  type ResourceConfig,
  type ResourceOptions,
} from "../../model/config.ts";
import type { Random } from "../../model/random.ts";
import { drawSecondary } from "./draw_secondary.ts";
import { killCommand, monitorCommand, startCommands, stopCommands } from "../programs/shell.ts";
import { type ClusterSpec, type ResourceSpec, type ServiceSpec, unitOf } from "./spec.ts";

const NODES = ["alpha", "beta", "gamma", "delta", "epsilon"];
const RESOURCES = ["web", "db-main", "mail_2", "x.y"];

const SLOW_START_MS = [4_000, 12_000] as const;

/** How many nodes there are, who has no disk, and what keeps two of them from being Primary. */
interface Topology {
  readonly weight: number;
  readonly nodes: number;
  readonly diskless: readonly string[];
  readonly protection: "quorum" | "fencing";
}

const TOPOLOGIES: readonly Topology[] = [
  { weight: 9, nodes: 3, diskless: [], protection: "quorum" },
  { weight: 4, nodes: 3, diskless: ["gamma"], protection: "quorum" },
  { weight: 3, nodes: 2, diskless: [], protection: "fencing" },
  { weight: 1, nodes: 3, diskless: [], protection: "fencing" },
  { weight: 1, nodes: 2, diskless: [], protection: "quorum" },
  { weight: 2, nodes: 5, diskless: [], protection: "quorum" },
  { weight: 2, nodes: 5, diskless: ["delta", "epsilon"], protection: "quorum" },
];

/** Picks one of several by their weights. */
export function pickWeighted<Item extends { readonly weight: number }>(
  random: Random,
  items: readonly Item[],
): Item {
  let rest = random.next() * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  return random.pick(items);
}

/** What is configured for all resources, instead of what is drawn. */
export interface Tables {
  /** Resources also have services for where they are Secondary. */
  readonly hasSecondaries?: boolean;
  /** With the systemd runner alone. */
  readonly hasNoShell?: boolean;
  readonly common?: ResourceInput;
  /** With the systemd runner. */
  readonly systemd?: ResourceInput;
  /** Some services have `Restart=on-failure`, with a RestartSec= from this range. */
  readonly restartMs?: readonly [number, number];
  /** With the systemd runner, a mount is the first of each start list. */
  readonly isMountFirst?: boolean;
  /** Services take some seconds to start. */
  readonly isSlow?: boolean;
  /** So many resources. */
  readonly count?: number;
}

export function drawCluster(random: Random, tables: Tables = {}): ClusterSpec {
  const topology = pickWeighted(random, TOPOLOGIES);
  const nodes = nodesNamed(...NODES.slice(0, topology.nodes));
  const drawnCount =
    pickWeighted(random, [4, 3, 2, 1].map((weight, place) => ({ weight, count: place + 1 }))).count;
  const drawn = resourceNames(tables.count ?? drawnCount).map((name, place) =>
    drawResource(random, topology, nodes, name, place, tables)
  );
  const resources = drawn.map(({ spec }) => spec);
  return {
    drbd: {
      nodes,
      resources: drawn.map(({ drbd }) => drbd),
      timing: {
        bootMs: [5_000, random.pick([8_000, 30_000])],
        pingIntMs: random.pick([1_000, 3_000, 3_000, 10_000]),
        connectMs: [50, 1_000],
      },
    },
    resources,
    promoters: promotersOf(
      resources.map(({ config }) => config),
      random.chance(0.5),
      resources.flatMap(({ secondary }) => secondary === undefined ? [] : [secondary.config]),
    ),
    isDrbdEnabled: random.chance(0.5),
    fences: topology.protection === "fencing",
  };
}

/** Names of services are made of their letters: no two have the same. */
function resourceNames(count: number): string[] {
  const more = Array.from({ length: Math.max(0, count - RESOURCES.length) }, (_, place) => {
    const letter = (digit: number) => String.fromCharCode("a".charCodeAt(0) + digit);
    return `res-${letter(Math.floor(place / 10))}${letter(place % 10)}`;
  });
  return [...RESOURCES, ...more].slice(0, count);
}

/** All in one promoter, or each in one of its own; services for Secondaries in another one. */
export function promotersOf(
  resources: readonly ResourceSpec["config"][],
  inOne: boolean,
  secondaries: NonNullable<PromoterConfig["secondaries"]> = [],
): PromoterConfig[] {
  return [
    ...(inOne ? [{ resources }] : resources.map((each) => ({ resources: [each] }))),
    ...(secondaries.length === 0 ? [] : [{ resources: [], secondaries }]),
  ];
}

interface Drawn {
  readonly spec: ResourceSpec;
  readonly drbd: ResourceConfig;
}

function drawResource(
  random: Random,
  topology: Topology,
  nodes: readonly NodeConfig[],
  name: string,
  place: number,
  tables: Tables,
): Drawn {
  const volumes = random.chance(0.25) ? 2 : 1;
  const isShell = random.chance(0.3) && tables.hasNoShell !== true;
  const services = drawServices(random, name, volumes, isShell).map((service) =>
    unlikeOthers(random, service, tables, isShell)
  );
  const table = {
    ...drawTable(random, nodes, name, services, isShell),
    ...tables.common,
    ...(isShell ? {} : tables.systemd),
  };
  const freezes = table["on-quorum-loss"] === "freeze";
  const on = nodes.length === 5 && random.chance(0.3) ? NODES.slice(0, 3) : undefined;
  const secondary = tables.hasSecondaries === true ? { secondary: drawSecondary(random, name) } : {};
  return {
    spec: { name, services, table, config: meaningOf(name, table), ...secondary },
    drbd: {
      name,
      port: 7000 + place,
      volumes: Array.from({ length: volumes }, (_, volume) => ({
        volume,
        minor: 10 * place + volume,
        sizeKib: 1024 * random.between(16, 512),
        backingDev: `/dev/vg/${name}_${volume}`,
      })),
      ...(on === undefined ? {} : { on }),
      diskless: topology.diskless.filter((node) => on === undefined || on.includes(node)),
      options: drawOptions(random, topology, freezes),
      resyncRateKibPerS: 1024 * random.between(10, 100),
    },
  };
}

/** What the table means. */
export function meaningOf(name: string, table: ResourceInput): ResourceSpec["config"] {
  const { resources } = v.parse(PROMOTER_SCHEMA.schema, { resources: { [name]: table } }) as PromoterConfig;
  const [config] = resources;
  if (config === undefined) throw new Error(`The table of ${name} means nothing`);
  return config;
}

/**
 * Now and then an option is not what the manual says. Not with freeze: a frozen Primary whose I/O is not suspended stays
 * one until somebody comes.
 */
function drawOptions(
  random: Random,
  { protection, nodes }: Topology,
  freezes: boolean,
): Partial<ResourceOptions> {
  const onLoss = freezes || random.chance(0.05) ? "suspend-io" : "io-error";
  if (protection === "fencing") {
    return {
      quorum: "off",
      fencing: random.chance(0.7) ? "resource-and-stonith" : "resource-only",
      onNoDataAccessible: onLoss,
    };
  }
  return {
    quorum: random.chance(0.03) ? "off" : random.chance(0.05) ? nodes : "majority",
    ...(random.chance(0.04) ? { quorumMinimumRedundancy: 2 } : {}),
    onNoQuorum: onLoss,
    onNoDataAccessible: onLoss,
  };
}

function drawServices(random: Random, resource: string, volumes: number, isShell: boolean): ServiceSpec[] {
  const stem = resource.replaceAll(/[^a-z]/g, "");
  return Array.from({ length: random.between(1, 3) }, (_, place): ServiceSpec => {
    const isSlow = random.chance(0.1);
    const stopMs = isSlow ? random.between(3_000, 9_000) : random.between(20, 2_500);
    return {
      name: `${stem}-${place}`,
      resource,
      volume: place % volumes,
      kind: !isShell && place === 0 && random.chance(0.3)
        ? "mount"
        : random.pick(["notify", "notify", "simple", "address"]),
      startMs: isSlow ? random.between(4_000, 12_000) : random.between(20, 3_000),
      stopMs,
      stopTimeoutMs: 1000 * (Math.ceil(stopMs / 1000) + random.between(2, 8)),
      writeEveryMs: random.between(500, 3_000),
      onIoError: random.chance(0.5) ? "end" : "go on",
    };
  });
}

/** As a profile wants it. One that wants nothing draws nothing more. */
function unlikeOthers(
  random: Random,
  service: ServiceSpec,
  { restartMs, isMountFirst, isSlow }: Tables,
  isShell: boolean,
): ServiceSpec {
  if (isMountFirst === true && !isShell && service.name.endsWith("-0")) return { ...service, kind: "mount" };
  if (isSlow === true) return { ...service, startMs: random.within(SLOW_START_MS) };
  return restartMs !== undefined && service.kind !== "mount" && random.chance(0.6)
    ? { ...service, restartMs: random.within(restartMs) }
    : service;
}

export function drawTable(
  random: Random,
  nodes: readonly NodeConfig[],
  name: string,
  services: readonly ServiceSpec[],
  isShell: boolean,
): ResourceInput {
  const names = random.shuffled(nodes.map((node) => node.name));
  const onServiceFailure = random.pick(["ignore", "restart", "fail-over"] as const);
  const common: ResourceInput = {
    "preferred-nodes": random.chance(0.35) ? names.slice(0, random.between(1, names.length)) : [],
    "preferred-nodes-policy": random.pick(["always", "start-only"]),
    "on-disk-detach": random.pick(["ignore", "fail-over"]),
    "on-service-failure": onServiceFailure,
    "service-failure-limit": random.between(1, 3),
    "stop-services-on-exit": random.chance(0.3),
    "sleep-before-promote-factor": random.pick([1, 1, 1, 1, 1, 0, 2]),
    "fencing-promote-delay": random.pick([5, 5, 2, 8]),
    "adjust-resource-on-start": random.chance(0.85),
  };
  if (isShell) {
    return {
      ...common,
      "runner": "shell",
      "start": startCommands({ name, services }),
      "stop": stopCommands({ name, services }),
      ...(random.chance(0.7) ? { monitor: monitorCommand(name) } : {}),
      ...(random.chance(0.5) ? { "on-stop-failure": killCommand(name) } : {}),
    };
  }
  return {
    ...common,
    "start": services.map(unitOf),
    "on-quorum-loss": random.chance(0.3) ? "freeze" : "shutdown",
    "secondary-force": random.chance(0.85),
    "on-drbd-demote-failure": random.pick(["none", "none", "none", "reboot-immediate"]),
    "dependencies-as": random.pick(["Requires", "Requires", "Requires", "Wants", "BindsTo", "Requisite"]),
    "target-as": random.pick(["Requires", "Requires", "Requires", "Wants", "BindsTo"]),
  };
}
