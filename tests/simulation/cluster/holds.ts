/** `drbddctl hold`, as an administrator of a simulated cluster uses it. */
import { holdPathOf, holdText } from "../../../plugins/promoter/hold/hold.ts";
import { systemctl } from "../systemd/systemctl.ts";
import { HOLD_READ_MS } from "./hold_times.ts";
import type { Machine } from "./machine.ts";
import { tablesOf } from "./spec.ts";
import type { Stage } from "./stage.ts";

/** How long the others are on hold for an eviction, unless it ends earlier. */
const HELD_MS = 140_000;

/** On one node, mostly that of the services, or on all; until somebody ends it, or, as drbdd does, after its time. */
export function hold(stage: Stage) {
  const spec = stage.resource();
  const { name } = spec;
  const powered = stage.machines.filter(({ isPowered }) => isPowered);
  const primary = stage.primary(spec);
  const [first] = powered;
  if (first === undefined) return undefined;
  const chosen = stage.random.chance(0.3)
    ? powered
    : [primary !== undefined && stage.random.chance(0.7) ? primary : stage.random.pick(powered)];
  const lastsMs = stage.random.between(2_000, 120_000);
  const isTimed = stage.random.chance(0.3);
  const end = holdOn(stage, chosen, name, isTimed ? lastsMs : undefined);
  return {
    text: `drbddctl hold on ${chosen.map((machine) => machine.name).join(", ")}`,
    node: first.name,
    resource: name,
    ...(isTimed ? {} : { undo: end, lastsMs }),
  };
}

/** `drbddctl evict --to`: the others are on hold when the target is masked and stopped here. */
export function evictTo(stage: Stage) {
  const spec = stage.resource();
  const { name } = spec;
  const here = stage.primary(spec);
  const peers = stage.machines.filter((each) => each !== here && each.isPowered);
  if (here === undefined || peers.length === 0 || spec.config.runner !== "systemd") return undefined;
  const chosen = stage.random.pick(peers);
  const others = peers.filter((each) => each !== chosen);
  const lastsMs = stage.random.between(2_000, 40_000);
  const release = holdOn(stage, others, name, HELD_MS);
  const target = here.manager.unit(here.targetOf(name));
  const [service] = spec.services;
  let giveBack = () => {};
  // drbddctl waits until drbdd of the others has confirmed the holds.
  stage.clock.setTimer(HOLD_READ_MS, () => {
    if (!here.isPowered || service === undefined) return;
    target.loadState = "masked";
    const undo = stage.addTrouble(here, service, "cannot be started");
    giveBack = () => {
      undo();
      target.loadState = "loaded";
    };
    systemctl(here.manager, { args: ["stop", target.name], exit: () => stage.disturb(name) });
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
  stage: Stage,
  chosen: readonly Machine[],
  resource: string,
  forMs: number | undefined,
): () => void {
  const machines = chosen.filter(({ name }) => tablesOf(stage.spec, name).isOld !== true);
  const path = holdPathOf(resource);
  const { clock } = stage;
  const untilMs = forMs === undefined ? undefined : clock.wallMs() + forMs;
  const text = holdText({ sinceMs: clock.wallMs(), untilMs, reason: "maintenance" });
  const sinceMs = stage.nowMs;
  for (const machine of machines) {
    machine.files.put(path, text);
    machine.impairments.holds.begin(resource, sinceMs);
  }
  const over = () => {
    for (const { impairments: { holds } } of machines) {
      // Another one may have been set since.
      if (holds.sinceMs(resource) === sinceMs) holds.end(resource, stage.nowMs);
    }
    // What was waited for is waited for from when drbdd knows.
    clock.setTimer(HOLD_READ_MS, () => stage.disturb(resource));
  };
  if (forMs !== undefined) clock.setTimer(forMs, over);
  return () => {
    for (const { files, impairments: { holds } } of machines) {
      if (holds.sinceMs(resource) === sinceMs) files.take(path);
    }
    over();
  };
}
