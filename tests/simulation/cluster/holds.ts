/** `drbddctl hold`, as an administrator of a simulated cluster uses it. */
import { holdPathOf, holdText } from "../../../plugins/promoter/hold.ts";
import { HOLD_READ_MS } from "./hold_times.ts";
import type { Machine } from "./machine.ts";
import type { Stage } from "./stage.ts";

/** On one node, mostly that of the services, or on all. */
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
  const path = holdPathOf(name);
  for (const machine of chosen) {
    machine.files.put(path, holdText({ sinceMs: undefined, untilMs: undefined, reason: "maintenance" }));
    machine.impairments.holds.begin(name, stage.nowMs);
  }
  const end = (machine: Machine) => {
    machine.files.take(path);
    machine.impairments.holds.end(name, stage.nowMs);
  };
  return {
    text: `drbddctl hold on ${chosen.map((machine) => machine.name).join(", ")}`,
    node: first.name,
    resource: name,
    undo: () => {
      chosen.forEach(end);
      // What was waited for is waited for from when drbdd knows.
      stage.clock.setTimer(HOLD_READ_MS, () => stage.disturb(name));
    },
    lastsMs: stage.random.between(2_000, 120_000),
  };
}
