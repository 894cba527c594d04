/** What administrators change of DRBD's options while everything runs. */
import type { Fault } from "./fate.ts";
import type { Stage } from "./stage.ts";

/** With fencing, the options of quorum mean nothing. */
export function quorum(stage: Stage) {
  const spec = stage.resource();
  const config = stage.spec.drbd.resources.find(({ name }) => name === spec.name);
  if (config === undefined || stage.spec.fences) return undefined;
  const before = String(config.options?.quorum ?? "majority");
  const wanted = stage.random.pick(["off", "off", "all", "1", "2", "majority"]);
  set(stage, spec.name, "resource-options", `--quorum=${wanted}`);
  return {
    text: `drbdsetup resource-options ${spec.name} --quorum=${wanted}, on all nodes`,
    resource: spec.name,
    undo: () => set(stage, spec.name, "resource-options", `--quorum=${before}`),
    lastsMs: stage.random.between(5_000, 150_000),
  };
}

export function twoPrimaries(stage: Stage) {
  const { name } = stage.resource();
  set(stage, name, "net-options", "--allow-two-primaries=yes");
  return {
    text: `drbdsetup net-options ${name} --allow-two-primaries=yes, on all nodes`,
    resource: name,
    undo: () => set(stage, name, "net-options", "--allow-two-primaries=no"),
    lastsMs: stage.random.between(5_000, 150_000),
  };
}

function set(stage: Stage, resource: string, verb: string, option: string): void {
  for (const { name, isPowered } of stage.machines) {
    if (!isPowered) continue;
    stage.model.run(
      name,
      { program: "drbdsetup", args: [verb, resource, option] },
      () => stage.disturb(resource),
    );
  }
}

export const OPTION_FAULTS: readonly Fault[] = [
  { weight: 2, strike: quorum },
  { weight: 1, strike: twoPrimaries },
];
