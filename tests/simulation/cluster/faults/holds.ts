/** `drbddctl hold`, as an administrator of a simulated cluster uses it. */
import { holdPathOf, holdText } from "../../../../plugins/promoter/hold/hold.ts";
import { systemctl } from "../../systemd/systemctl.ts";
import { HOLD_READ_MS } from "../node/hold_times.ts";
import type { Machine } from "../node/machine.ts";
import { tablesOf } from "../setup/spec.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

/** How long the others are on hold for an eviction, unless it ends earlier. */
const HELD_MS = 140_000;

/** On one node, mostly that of the services, or on all; until somebody ends it, or, as drbdd does, after its time. */
export function hold(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const { name } = spec;
  const powered = cluster.machines.filter(({ isPowered }) => isPowered);
  const primary = cluster.primary(spec);
  const [first] = powered;
  if (first === undefined) return undefined;
  const chosen = cluster.random.chance(0.3)
    ? powered
    : [primary !== undefined && cluster.random.chance(0.7) ? primary : cluster.random.pick(powered)];
  const lastsMs = cluster.random.between(2_000, 120_000);
  const isTimed = cluster.random.chance(0.3);
  const end = holdOn(cluster, chosen, name, isTimed ? lastsMs : undefined);
  return {
    text: `drbddctl hold on ${chosen.map((machine) => machine.name).join(", ")}`,
    node: first.name,
    resource: name,
    ...(isTimed ? {} : { undo: end, lastsMs }),
  };
}

/** `drbddctl evict --to`: the others are on hold when the target is masked and stopped here. */
export function evictTo(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const { name } = spec;
  const here = cluster.primary(spec);
  const peers = cluster.machines.filter((each) => each !== here && each.isPowered);
  if (here === undefined || peers.length === 0 || spec.config.runner !== "systemd") return undefined;
  const chosen = cluster.random.pick(peers);
  const others = peers.filter((each) => each !== chosen);
  const lastsMs = cluster.random.between(2_000, 40_000);
  const release = holdOn(cluster, others, name, HELD_MS);
  const target = here.manager.unit(here.targetOf(name));
  const [service] = spec.services;
  let giveBack = () => {};
  // drbddctl waits until drbdd of the others has confirmed the holds.
  cluster.clock.setTimer(HOLD_READ_MS, () => {
    if (!here.isPowered || service === undefined) return;
    target.loadState = "masked";
    const undo = cluster.addTrouble(here, service, "cannot be started");
    giveBack = () => {
      undo();
      target.loadState = "loaded";
    };
    systemctl(here.manager, { args: ["stop", target.name], exit: () => cluster.disturb(name) });
  });
  return {
    text: `drbddctl evict --to ${chosen.name}`,
    node: here.name,
    resource: name,
    undo: () => {
      giveBack();
      release();
    },
    lastsMs: HOLD_READ_MS + lastsMs,
  };
}

/** Returns what ends it. */
function holdOn(
  cluster: SimulatedCluster,
  chosen: readonly Machine[],
  resource: string,
  forMs: number | undefined,
): () => void {
  const machines = chosen.filter(({ name }) => tablesOf(cluster.spec, name).isOld !== true);
  const path = holdPathOf(resource);
  const { clock } = cluster;
  const untilMs = forMs === undefined ? undefined : clock.wallMs() + forMs;
  const text = holdText({ sinceMs: clock.wallMs(), untilMs, reason: "maintenance" });
  const sinceMs = cluster.nowMs;
  for (const machine of machines) {
    machine.files.put(path, text);
    machine.impairments.holds.begin(resource, sinceMs);
  }
  const over = () => {
    for (const { impairments: { holds } } of machines) {
      // Another one may have been set since.
      if (holds.sinceMs(resource) === sinceMs) holds.end(resource, cluster.nowMs);
    }
    // What was waited for is waited for from when drbdd knows.
    clock.setTimer(HOLD_READ_MS, () => cluster.disturb(resource));
  };
  if (forMs !== undefined) clock.setTimer(forMs, over);
  return () => {
    for (const { files, impairments: { holds } } of machines) {
      if (holds.sinceMs(resource) === sinceMs) files.take(path);
    }
    over();
  };
}
