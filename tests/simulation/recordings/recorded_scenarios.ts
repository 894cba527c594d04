/**
 * The steps of recordings of a real cluster, done to the model: same nodes, resources and commands. What the recorded
 * cluster drew by chance (how soon a loss was noticed, who was met first) is given as it was there.
 */
import { type ClusterConfig, nodesNamed } from "../model/config.ts";
import type { Listener } from "../model/output/listener.ts";
import { Model } from "../model/model.ts";

const KIB_PER_S = 2_600;

/** See the README and the resource files of the recordings. */
export const CLUSTER: ClusterConfig = {
  nodes: nodesNamed("node1", "node2", "node3"),
  resources: [
    {
      name: "r0",
      port: 7000,
      volumes: [
        { volume: 0, minor: 0, sizeKib: 131_024, backingDev: "/dev/vdb" },
        { volume: 1, minor: 1, sizeKib: 32_728, backingDev: "/dev/vdc" },
      ],
      options: { onNoQuorum: "io-error", rrConflict: "retry-connect" },
      resyncRateKibPerS: KIB_PER_S,
    },
    {
      name: "r1",
      port: 7001,
      volumes: [{ volume: 0, minor: 10, sizeKib: 32_728, backingDev: "/dev/vdd" }],
      options: { onNoQuorum: "suspend-io", onNoDataAccessible: "suspend-io", rrConflict: "disconnect" },
      resyncRateKibPerS: KIB_PER_S,
    },
  ],
  timing: {
    latencyMs: [5, 15],
    twoPhaseMs: [20, 30],
    twoPhaseRetryMs: [100, 100],
    handshakeMs: [40, 60],
    bitmapMs: [15, 25],
    helperMs: [120, 130],
  },
};

/** Recordings of all nodes; the lines of one under the name it has there. */
export type Streams = ReadonlyMap<string, readonly string[]>;

class SimulatedCluster {
  readonly model: Model;
  readonly #listeners: { readonly name: string; readonly listener: Listener }[] = [];

  constructor(seed: number) {
    this.model = new Model(CLUSTER, seed);
    this.model.settle();
    this.wait(1_000);
  }

  record(...nodes: readonly string[]): void {
    for (const node of nodes) this.recordAs(node, node);
  }

  recordAs(name: string, node: string): void {
    this.#listeners.push({ name, listener: this.model.listen(node) });
  }

  wait(ms: number): void {
    this.model.advance(this.model.nowMs + ms);
  }

  /** `drbdadm`, and a while after it. */
  admin(node: string, ...args: readonly string[]): void {
    this.model.runNow(node, "drbdadm", ...args);
    this.wait(1_000);
  }

  write(node: string, resource: string, volume: number, kib: number): void {
    const device = this.model.open(node, resource, volume, "dd");
    device?.write(kib);
    this.wait(500);
    device?.close();
  }

  /** The recording of a node ends before the scenario does. */
  stopRecording(node: string): void {
    const recording = this.#listeners.find(({ name }) => name === node);
    if (recording !== undefined) this.model.unlisten(node, recording.listener);
  }

  streams(): Streams {
    return new Map(this.#listeners.map(({ name, listener }) => [name, listener.take().flat()]));
  }
}

function promoteWriteDemoteSwitch(seed: number): Streams {
  const cluster = new SimulatedCluster(seed);
  cluster.record("node1", "node2", "node3");
  cluster.admin("node1", "primary", "r0");
  cluster.write("node1", "r0", 0, 10_240);
  const reader = cluster.model.open("node1", "r0", 0, "sh", false);
  cluster.admin("node1", "secondary", "r0");
  reader?.close();
  cluster.admin("node2", "primary", "r0");
  cluster.admin("node1", "secondary", "r0");
  cluster.admin("node2", "primary", "r0");
  cluster.write("node2", "r0", 1, 2_048);
  cluster.admin("node2", "secondary", "--force", "r0");
  cluster.admin("node3", "primary", "r0");
  cluster.admin("node3", "primary", "r1");
  cluster.write("node3", "r1", 0, 2_048);
  cluster.admin("node3", "secondary", "r0", "r1");
  return cluster.streams();
}

function connectionLossAndHeal(seed: number): Streams {
  const cluster = new SimulatedCluster(seed);
  const { model } = cluster;
  // node1 noticed first on both resources, node2 shortly after.
  model.noticeDelay = (node, _, resource) =>
    (resource === "r1" ? 1_450 : 2_200) + (node === "node1" ? 0 : 60);
  model.meetDelay = (_node, _peer, resource) => resource === "r1" ? 1_300 : 1_800;
  cluster.record("node1", "node2", "node3");
  cluster.admin("node1", "primary", "r0");
  model.cutLink("node1", "node2");
  cluster.wait(10_000);
  cluster.write("node1", "r0", 0, 3_840);
  cluster.wait(6_000);
  model.repairLink("node1", "node2");
  cluster.wait(12_000);
  cluster.admin("node1", "disconnect", "r0:node3");
  cluster.write("node1", "r0", 0, 2_560);
  cluster.wait(2_000);
  cluster.admin("node1", "connect", "r0:node3");
  cluster.wait(8_000);
  cluster.admin("node1", "secondary", "r0");
  return cluster.streams();
}

function primaryReboot(seed: number): Streams {
  const cluster = new SimulatedCluster(seed);
  const { model } = cluster;
  // node1 noticed first, node3 half a second later.
  model.noticeDelay = (node) => node === "node1" ? 2_000 : 2_540;
  // node1 was met first, and its first resync was running when node3 was met.
  model.meetDelay = (node, peer, resource) =>
    resource === "r1" ? 500 : [node, peer].includes("node3") ? 320 : 100;
  // From earlier scenarios node2's activity log covers a part of volume 0.
  cluster.admin("node2", "primary", "r0");
  cluster.write("node2", "r0", 0, 4_096);
  cluster.admin("node2", "secondary", "r0");
  cluster.record("node1", "node2", "node3");
  cluster.admin("node2", "primary", "r0");
  cluster.admin("node2", "primary", "r1");
  const mount = model.open("node2", "r0", 1, "mount");
  mount?.write(32_728);
  // The shutdown takes r1 down, cannot take r0 down, and stops the network.
  cluster.admin("node2", "down", "r1");
  cluster.admin("node2", "down", "r0");
  cluster.stopRecording("node2");
  model.partition([["node1", "node3"]]);
  cluster.wait(5_000);
  model.crash("node2");
  cluster.wait(10_000);
  cluster.admin("node3", "primary", "r0");
  model.boot("node2");
  model.heal();
  model.advanceUntil(() => model.isPowered("node2"));
  cluster.recordAs("node2.afterboot", "node2");
  cluster.admin("node2", "up", "all");
  cluster.wait(11_300);
  cluster.admin("node3", "secondary", "r0");
  cluster.wait(40_000);
  return cluster.streams();
}

function refusedCommands(seed: number): Streams {
  const cluster = new SimulatedCluster(seed);
  const { model } = cluster;
  const seesLoss: Readonly<Record<string, number>> = {
    "node3 node1 r0": 1_000,
    "node3 node2 r1": 1_040,
    "node3 node2 r0": 1_600,
    "node3 node1 r1": 1_600,
  };
  model.noticeDelay = (node, peer, resource) => seesLoss[`${node} ${peer} ${resource}`] ?? 2_000;
  model.meetDelay = (node, peer) => [node, peer].includes("node1") ? 1_400 : 1_300;
  cluster.record("node1", "node2", "node3");
  cluster.admin("node1", "primary", "r0");
  cluster.admin("node2", "primary", "r0");
  cluster.admin("node2", "primary", "r0", "--force");
  const mount = model.open("node1", "r0", 1, "mount");
  mount?.write(64);
  cluster.admin("node1", "secondary", "r0");
  cluster.admin("node1", "down", "r0");
  cluster.admin("node1", "secondary", "--force", "r0");
  mount?.close();
  cluster.wait(1_000);
  model.partition([["node1", "node2"]]);
  cluster.wait(10_000);
  cluster.admin("node3", "primary", "r0");
  cluster.admin("node3", "primary", "r1");
  cluster.admin("node3", "primary", "--force", "r0");
  model.heal();
  cluster.wait(9_000);
  cluster.admin("node3", "detach", "r1/0");
  cluster.admin("node3", "up", "r0");
  cluster.admin("node3", "attach", "r1/0");
  cluster.admin("node1", "secondary", "r0");
  return cluster.streams();
}

function suspendRename(seed: number): Streams {
  const cluster = new SimulatedCluster(seed);
  const { model } = cluster;
  cluster.record("node1", "node2", "node3");
  cluster.admin("node1", "primary", "r0");
  cluster.admin("node1", "suspend-io", "r0/0");
  const writer = model.open("node1", "r0", 0, "dd");
  cluster.wait(5_000);
  cluster.admin("node1", "resume-io", "r0/0");
  writer?.close();
  cluster.admin("node1", "secondary", "r0");
  model.runNow("node2", "drbdsetup", "rename-resource", "r1", "r1renamed");
  model.runNow("node2", "drbdsetup", "primary", "r1renamed");
  cluster.wait(2_000);
  model.runNow("node2", "drbdsetup", "secondary", "r1renamed");
  model.runNow("node2", "drbdsetup", "rename-resource", "r1renamed", "r1");
  return cluster.streams();
}

/** By the names of the recordings' directories. */
export const RECORDED_SCENARIOS: ReadonlyMap<string, (seed: number) => Streams> = new Map([
  ["02-promote-write-demote-switch", promoteWriteDemoteSwitch],
  ["03-connection-loss-and-heal", connectionLossAndHeal],
  ["07-suspend-rename", suspendRename],
  ["11-primary-reboot", primaryReboot],
  ["14-refused-commands", refusedCommands],
]);
