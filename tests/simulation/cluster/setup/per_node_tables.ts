/** Nodes that are not configured alike: other options, shorter start lists, resources that one of them does not know. */
import type { ResourceInput } from "../../../../plugins/promoter/config/resource_table.ts";
import type { Random } from "../../model/random.ts";
import { drawTable, meaningOf, promotersOf } from "./draw_cluster.ts";
import type { ClusterSpec, NodeTables, ResourceSpec } from "./spec.ts";

/** `options`: somebody wrote each node's tables by hand. `versions`: some nodes have a drbdd that knows no not-with and no hold. */
export type Unlikeness = "options" | "versions";

/** `common` is what a profile configures for all resources. */
export function withOwnTables(
  random: Random,
  spec: ClusterSpec,
  unlikeness: Unlikeness,
  common: ResourceInput = {},
): ClusterSpec {
  const own = new Map(spec.drbd.nodes.map(({ name }) => [
    name,
    unlikeness === "options" ? drawOptionsOf(random, spec, common) : drawVersionOf(random, spec),
  ]));
  return { ...spec, own };
}

function drawOptionsOf(random: Random, spec: ClusterSpec, common: ResourceInput): NodeTables {
  const resources = spec.resources.map((resource) => drawUnlike(random, spec, resource, common));
  const known = resources.filter(() => !random.chance(0.12));
  return { resources, promoters: promotersOf(known.map(({ config }) => config), random.chance(0.5)) };
}

/** The same resource with other options; what it runs on, and how, is the same on all nodes. */
function drawUnlike(
  random: Random,
  { drbd: { nodes } }: ClusterSpec,
  resource: ResourceSpec,
  common: ResourceInput,
): ResourceSpec {
  const { name, services, table } = resource;
  const isShell = table.runner === "shell";
  const isShorter = services.length > 1 && random.chance(0.3);
  const drawn = random.chance(0.6) ? drawTable(random, nodes, name, services, isShell) : table;
  const { start = [], stop = [] } = table;
  const lists = isShorter
    ? { start: start.slice(0, -1), ...(isShell ? { stop: stop.slice(1) } : {}) }
    : { start, ...(isShell ? { stop } : {}) };
  // DRBD's options, which are the same on all nodes, have to fit a freeze.
  const onLoss = isShell ? {} : { "on-quorum-loss": table["on-quorum-loss"] ?? "shutdown" };
  const own = { ...drawn, ...common, ...onLoss, ...lists };
  return { ...resource, table: own, config: meaningOf(name, own) };
}

function drawVersionOf(random: Random, spec: ClusterSpec): NodeTables {
  if (random.chance(0.5)) return spec;
  const resources = spec.resources.map((resource) => {
    const { "not-with": _, ...table } = resource.table;
    return { ...resource, table, config: meaningOf(resource.name, table) };
  });
  const promoters = promotersOf(resources.map(({ config }) => config), spec.promoters.length === 1);
  return { resources, promoters, isOld: true };
}
