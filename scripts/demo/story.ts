/**
 * What happens to the cluster in the demo, and what is expected of drbdd each time. What drbdd does is its own decision:
 * an act only says what has to be seen in the end, and a story in which it is not seen fails.
 */
import { NODES, RESOURCES } from "./nodes/definition.ts";
import type { DemoCluster } from "./nodes/demo_cluster.ts";

/** What an act needs beside the cluster. */
export interface ActContext {
  readonly cluster: DemoCluster;
  /** Waits until something is seen, however slow the machine is. Rejects if the demo is to end, or if it never is. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** The pages of all nodes have answered. */
  arePagesUp(): boolean;
  /** Whether drbdd on a node has logged this since the act began. */
  hasLogged(node: string, text: string): boolean;
  /** Waits a while. */
  rest(restMs: number): Promise<void>;
  /** Runs drbddctl on a node, whose words are shown. */
  control(node: string, ...args: readonly string[]): Promise<number>;
}

export interface Act {
  /** What is done to the cluster, for the person who watches. */
  readonly narration: (cluster: DemoCluster) => string;
  /** Does it, and waits until what is expected is seen. */
  readonly play: (context: ActContext) => Promise<void>;
}

const WEB = "web";
const DB = "db";
/** For the eviction: where programs start slowly, the 20 s of drbddctl are over before a peer has started the services. */
const EVICTION_DELAY_S = "300";
const EVICT = ["evict", "--all", "--delay", EVICTION_DELAY_S];

/** The node where a resource's service runs. @throws If it runs nowhere. */
function nodeOf(cluster: DemoCluster, resource: string): string {
  const [node] = cluster.runsOn(resource);
  if (node === undefined) throw new StoryError(`${resource} does not run anywhere`);
  return node;
}

function withoutPower(cluster: DemoCluster): string[] {
  return NODES.filter((node) => !cluster.model.isPowered(node));
}

/** The resources whose service runs on a node. */
function resourcesOn(cluster: DemoCluster, node: string): string[] {
  return RESOURCES.map(({ name }) => name).filter((name) => cluster.runsOn(name).includes(node));
}

/** Waits until the services of resources run on other nodes than one, and drbdd there logs that it has started them. */
async function movedFrom(node: string, resources: readonly string[], context: ActContext): Promise<void> {
  const { cluster, until } = context;
  const isElsewhere = (name: string) => !cluster.existsOn(name).includes(node) && isStarted(name, context);
  const what = `${resources.join(" and ")} started by drbdd on another node than ${node}`;
  await until(() => resources.every(isElsewhere), what);
}

/** The same, of a node whose drbdd has to stop them first, and to log that. */
async function givenUpBy(node: string, resources: readonly string[], context: ActContext): Promise<void> {
  const hasStopped = (name: string) => context.hasLogged(node, `${name}: stop: done`);
  await context.until(
    () => resources.every(hasStopped),
    `${resources.join(" and ")} stopped by drbdd on ${node}`,
  );
  await movedFrom(node, resources, context);
}

/** The service of a resource is up on one node, and drbdd there logs that it has started it. */
function isStarted(name: string, { cluster, hasLogged }: ActContext): boolean {
  const [node, ...others] = cluster.runsOn(name);
  return node !== undefined && others.length === 0 && hasLogged(node, `${name}: start: done`);
}

/** All services of the cluster are up, each on one node: so each act ends. */
export function areAllUp(cluster: DemoCluster): boolean {
  return RESOURCES.every(({ name }) => cluster.runsOn(name).length === 1);
}

/** The node that starts last, so that three programs do not start on few cores at once. */
const LAST_STARTED = "beta";
const LAST_STARTED_MS = 1_500;

export const STORY: readonly Act[] = [
  {
    narration: () =>
      "Three machines with the same data have booted, and drbdd is started on each. " +
      "It brings DRBD up, and decides where to run what",
    play: async (context) => {
      const { cluster, rest, until } = context;
      for (const node of NODES.filter((each) => each !== LAST_STARTED)) cluster.daemons.start(node);
      await rest(LAST_STARTED_MS);
      cluster.daemons.start(LAST_STARTED);
      await until(
        () =>
          RESOURCES.every(({ name }) => isStarted(name, context)) &&
          NODES.every((node) => cluster.isHealthy(node)) &&
          context.arePagesUp(),
        "web and db each started by drbdd on one node, all nodes connected and UpToDate, and their pages answer",
      );
    },
  },
  {
    narration: (cluster) => {
      const node = nodeOf(cluster, WEB);
      return `${node} loses power, with ${listOf(resourcesOn(cluster, node))} on it`;
    },
    play: async (context) => {
      const { cluster } = context;
      const node = nodeOf(cluster, WEB);
      const lost = resourcesOn(cluster, node);
      cluster.powerOff(node);
      await movedFrom(node, lost, context);
    },
  },
  {
    narration: (cluster) =>
      `${
        listOf(withoutPower(cluster))
      } is switched on again: drbdd brings DRBD up, which copies what was missed`,
    play: async ({ cluster, until }) => {
      const nodes = withoutPower(cluster);
      for (const node of nodes) cluster.powerOn(node);
      // Nobody but drbdd brings DRBD up there. It logs resources as "now up" only if it was watching before they were.
      await until(
        () => nodes.every((node) => cluster.isHealthy(node)),
        `${listOf(nodes)} connected and UpToDate`,
      );
    },
  },
  {
    narration: (cluster) => {
      const node = nodeOf(cluster, DB);
      return `The network splits: ${node}, with ${listOf(resourcesOn(cluster, node))} on it, is alone`;
    },
    play: async (context) => {
      const { cluster } = context;
      const node = nodeOf(cluster, DB);
      const cut = resourcesOn(cluster, node);
      cluster.cutOff(node);
      await givenUpBy(node, cut, context);
    },
  },
  {
    narration: () => "The network is whole again",
    play: async ({ cluster, until }) => {
      for (const node of NODES) cluster.reconnect(node);
      await until(() => NODES.every((node) => cluster.isHealthy(node)), "all nodes connected and UpToDate");
    },
  },
  {
    narration: (cluster) =>
      `nginx, the service of web, dies on ${nodeOf(cluster, WEB)}, and cannot be started there any more`,
    play: async (context) => {
      const node = nodeOf(context.cluster, WEB);
      context.cluster.breakService(node, WEB);
      await givenUpBy(node, [WEB], context);
    },
  },
  {
    narration: (cluster) => `The disk under db fails on ${nodeOf(cluster, DB)}, where it is in use`,
    play: async (context) => {
      const node = nodeOf(context.cluster, DB);
      context.cluster.failDisk(node, DB);
      await givenUpBy(node, [DB], context);
    },
  },
  {
    narration: (cluster) => `${nodeOf(cluster, WEB)} is to be serviced: drbddctl ${EVICT.join(" ")}`,
    play: async (context) => {
      const node = nodeOf(context.cluster, WEB);
      const evicted = resourcesOn(context.cluster, node);
      const code = await context.control(node, ...EVICT);
      if (code !== 0) throw new StoryError(`drbddctl evict ended with exit code ${code}`);
      await givenUpBy(node, evicted, context);
    },
  },
  {
    narration: () => "Everything is repaired: nginx can be started again, the disk works and is attached",
    play: async ({ cluster, until }) => {
      for (const node of NODES) {
        cluster.repairServices(node);
        for (const { name } of RESOURCES) cluster.repairDisk(node, name);
      }
      await until(
        () => NODES.every((node) => cluster.isHealthy(node)),
        "all nodes connected and UpToDate",
      );
    },
  },
];

/** The cluster is not as an act expects it. */
export class StoryError extends Error {
  override readonly name = "StoryError";
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "no service" : names.join(" and ");
}
