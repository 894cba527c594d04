/** A new dump of drbdsetup events2 is cut, or empty: resources that are up are not in it. */
import type { SimulatedCluster } from "../simulated_cluster.ts";

export function cutDump(cluster: SimulatedCluster) {
  const { name } = cluster.resource();
  const machine = cluster.primary({ name }) ?? cluster.machine();
  if (machine?.life === undefined) return undefined;
  machine.impairments.missingInDump = cluster.random.chance(0.5) ? name : "";
  machine.life.killDrbdsetup();
  return {
    text: `a new dump of drbdsetup events2 lacks ${machine.impairments.missingInDump || "all resources"}`,
    node: machine.name,
    // Where nothing of a resource runs, nobody looks for it before the next dump.
    undo: () => {
      machine.impairments.missingInDump = undefined;
      machine.life?.killDrbdsetup();
    },
    lastsMs: cluster.random.between(1_000, 8_000),
  };
}
