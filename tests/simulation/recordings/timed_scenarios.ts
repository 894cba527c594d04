/**
 * Scenarios of the recordings of a real cluster, done to the model at the times at which they were done to the real
 * one: seconds since "recorders started" in steps.tsv, moved to when the recordings show the effect. For what depends
 * on how much time passes between one thing and the next, as the promoter's decisions do.
 */
import type { Listener } from "../model/output/listener.ts";
import { Model, type OpenDevice } from "../model/model.ts";
import { CLUSTER } from "./recorded_scenarios.ts";

/** Lines that came together. */
export interface TimedGroup {
  /** Milliseconds since "recorders started"; before that it is negative. */
  readonly atMs: number;
  readonly lines: readonly string[];
}

interface Scenario {
  /** When the recording of each node began, in seconds. */
  readonly recorded: Readonly<Record<string, number>>;
  readonly endS: number;
  readonly steps: readonly (readonly [atS: number, act: (model: Model, held: Held) => void])[];
  prepare?(model: Model): void;
}

/** Devices that are open, by who holds them. */
type Held = Map<string, OpenDevice | undefined>;

const admin = (node: string, ...args: string[]) => (model: Model) =>
  model.run(node, { program: "drbdadm", args });
const open =
  (node: string, resource: string, volume: number, by: string, writable = true) =>
  (model: Model, held: Held) => {
    held.set(by, model.open(node, resource, volume, by, writable));
  };
const writeAndClose = (by: string, kib: number) => (_: Model, held: Held) => {
  held.get(by)?.write(kib);
  held.get(by)?.close();
};

const SCENARIOS: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  ["02-promote-write-demote-switch", {
    recorded: { node1: -3.99, node2: -3.25, node3: -2.47 },
    endS: 25.4,
    steps: [
      [0.05, admin("node1", "primary", "r0")],
      [1.5, open("node1", "r0", 0, "dd")],
      [4.9, writeAndClose("dd", 10_240)],
      [5.2, open("node1", "r0", 0, "sh", false)],
      [6.5, admin("node1", "secondary", "r0")],
      [6.6, (_, held) => held.get("sh")?.close()],
      [11.06, admin("node2", "primary", "r0")],
      [11.6, admin("node1", "secondary", "r0")],
      [13.5, admin("node2", "primary", "r0")],
      [14.05, open("node2", "r0", 1, "dd")],
      [14.8, writeAndClose("dd", 2_048)],
      [17.3, admin("node2", "secondary", "--force", "r0")],
      [18.8, admin("node3", "primary", "r0")],
      [19.38, admin("node3", "primary", "r1")],
      [20.2, open("node3", "r1", 0, "dd")],
      [21.4, writeAndClose("dd", 2_048)],
      [22.9, admin("node3", "secondary", "r0")],
      [23.07, admin("node3", "secondary", "r1")],
    ],
  }],
  ["03-connection-loss-and-heal", {
    recorded: { node1: -4.88, node2: -3.38, node3: -2.46 },
    endS: 47.6,
    prepare: (model) => {
      // node1 noticed first on both resources, node2 shortly after.
      model.noticeDelay = (node, _, resource) =>
        (resource === "r1" ? 1_450 : 2_200) + (node === "node1" ? 0 : 60);
      model.meetDelay = (_node, _peer, resource) => resource === "r1" ? 1_300 : 1_800;
    },
    steps: [
      [0.08, admin("node1", "primary", "r0")],
      [1.5, (model) => model.cutLink("node1", "node2")],
      [11.6, open("node1", "r0", 0, "dd")],
      [12.4, writeAndClose("dd", 3_840)],
      [19.05, (model) => model.repairLink("node1", "node2")],
      [31.55, admin("node1", "disconnect", "r0:node3")],
      [34.1, open("node1", "r0", 0, "dd")],
      [34.5, writeAndClose("dd", 2_560)],
      [36.8, admin("node1", "connect", "r0:node3")],
      [45.2, admin("node1", "secondary", "r0")],
    ],
  }],
  ["11-primary-reboot", {
    recorded: { node1: -4.51, node2: -3.57, "node2.afterboot": 92.07, node3: -1.98 },
    endS: 116.5,
    prepare: (model) => {
      model.noticeDelay = (node) => node === "node1" ? 2_000 : 2_540;
      model.meetDelay = (node, peer, resource) =>
        resource === "r1" ? 500 : [node, peer].includes("node3") ? 320 : 100;
      // From earlier scenarios node2's activity log covers a part of volume 0.
      model.runNow("node2", "drbdadm", "primary", "r0");
      const device = model.open("node2", "r0", 0, "dd");
      device?.write(4_096);
      device?.close();
      model.runNow("node2", "drbdadm", "secondary", "r0");
    },
    steps: [
      [0.38, admin("node2", "primary", "r0")],
      [1.16, admin("node2", "primary", "r1")],
      [4.5, (model, held) => {
        const mount = model.open("node2", "r0", 1, "mount");
        mount?.write(32_728);
        held.set("mount", mount);
      }],
      [10.3, admin("node2", "down", "r1")],
      [13.5, admin("node2", "down", "r0")],
      [14.55, (model) => model.partition([["node1", "node3"]])],
      [19.6, (model) => model.crash("node2")],
      [30.7, admin("node3", "primary", "r0")],
      [25, (model) => {
        model.heal();
        model.boot("node2");
      }],
      [100.75, admin("node2", "up", "all")],
      [113.9, admin("node3", "secondary", "r0")],
    ],
  }],
]);

export const TIMED_SCENARIOS: readonly string[] = [...SCENARIOS.keys()];

/** What each recording of a scenario would have been with the model as the cluster, by the name of its file. */
export function playTimed(name: string, seed: number): ReadonlyMap<string, readonly TimedGroup[]> {
  const scenario = SCENARIOS.get(name);
  if (scenario === undefined) throw new RangeError(`No scenario is called "${name}"`);
  const model = new Model(CLUSTER, seed);
  model.settle();
  scenario.prepare?.(model);
  const zeroMs = model.nowMs + 10_000;
  const held: Held = new Map();
  const streams = new Map<string, TimedGroup[]>();
  const begin = (recording: string) => (): void => {
    const groups: TimedGroup[] = [];
    streams.set(recording, groups);
    const listener: Listener = model.listen(recording.replace(/\..*$/, ""));
    const take = () =>
      groups.push(...listener.take().map((lines) => ({ atMs: model.nowMs - zeroMs, lines })));
    take();
    listener.onLines = take;
  };
  const steps = [
    ...scenario.steps,
    ...Object.entries(scenario.recorded).map(([recording, atS]) => [atS, begin(recording)] as const),
  ].sort(([a], [b]) => a - b);
  for (const [atS, act] of steps) {
    model.advance(zeroMs + atS * 1_000);
    act(model, held);
  }
  model.advance(zeroMs + scenario.endS * 1_000);
  return streams;
}
