/** One kind of trouble of services at a time, for profiles that need just that. */
import type { ServiceSpec, Trouble } from "../setup/spec.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

function troubling(
  kind: Trouble["kind"],
  lastsMs: readonly [number, number],
  isFit: (service: ServiceSpec) => boolean,
) {
  return (cluster: SimulatedCluster) => {
    const spec = cluster.resource();
    const machine = cluster.random.chance(0.7) ? cluster.primary(spec) : cluster.machine();
    const fit = spec.services.filter(isFit);
    if (machine === undefined) return undefined;
    const service = cluster.random.pick(fit.length === 0 ? spec.services : fit);
    return {
      text: `${service.name} ${kind}`,
      node: machine.name,
      resource: spec.name,
      undo: cluster.addTrouble(machine, service, kind),
      lastsMs: cluster.random.within(lastsMs),
    };
  };
}

/** A mount is busy, or a service does not stop. */
export const stopsFail = troubling("fails to stop", [20_000, 60_000], ({ kind }) => kind === "mount");
export const startsFail = troubling("fails to start", [1_000, 8_000], () => true);
export const startsAreSlow = troubling("starts slowly", [10_000, 40_000], () => true);
