/** What administrators change of DRBD's options while everything runs. */
import type { Fault } from "./fault_schedule.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

/** With fencing, the options of quorum mean nothing. */
export function quorum(cluster: SimulatedCluster) {
  const spec = cluster.resource();
  const config = cluster.spec.drbd.resources.find(({ name }) => name === spec.name);
  if (config === undefined || cluster.spec.fences) return undefined;
  const before = String(config.options?.quorum ?? "majority");
  const wanted = cluster.random.pick(["off", "off", "all", "1", "2", "majority"]);
  set(cluster, spec.name, "resource-options", `--quorum=${wanted}`);
  return {
    text: `drbdsetup resource-options ${spec.name} --quorum=${wanted}, on all nodes`,
    resource: spec.name,
    undo: () => set(cluster, spec.name, "resource-options", `--quorum=${before}`),
    lastsMs: cluster.random.between(5_000, 150_000),
  };
}

export function twoPrimaries(cluster: SimulatedCluster) {
  const { name } = cluster.resource();
  set(cluster, name, "net-options", "--allow-two-primaries=yes");
  return {
    text: `drbdsetup net-options ${name} --allow-two-primaries=yes, on all nodes`,
    resource: name,
    undo: () => set(cluster, name, "net-options", "--allow-two-primaries=no"),
    lastsMs: cluster.random.between(5_000, 150_000),
  };
}

function set(cluster: SimulatedCluster, resource: string, verb: string, option: string): void {
  for (const { name, isPowered } of cluster.machines) {
    if (!isPowered) continue;
    cluster.model.run(
      name,
      { program: "drbdsetup", args: [verb, resource, option] },
      () => cluster.disturb(resource),
    );
  }
}

export const OPTION_FAULTS: readonly Fault[] = [
  { weight: 2, inject: quorum },
  { weight: 1, inject: twoPrimaries },
];
