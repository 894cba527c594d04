/** One kind of trouble of services at a time, for profiles that need just that. */
import type { ServiceSpec, Trouble } from "./spec.ts";
import type { Stage } from "./stage.ts";

function troubling(
  kind: Trouble["kind"],
  lastsMs: readonly [number, number],
  isFit: (service: ServiceSpec) => boolean,
) {
  return (stage: Stage) => {
    const spec = stage.resource();
    const machine = stage.random.chance(0.7) ? stage.primary(spec) : stage.machine();
    const fit = spec.services.filter(isFit);
    if (machine === undefined) return undefined;
    const service = stage.random.pick(fit.length === 0 ? spec.services : fit);
    return {
      text: `${service.name} ${kind}`,
      node: machine.name,
      resource: spec.name,
      undo: stage.addTrouble(machine, service, kind),
      lastsMs: stage.random.within(lastsMs),
    };
  };
}

/** A mount is busy, or a service does not stop. */
export const stopsFail = troubling("fails to stop", [20_000, 60_000], ({ kind }) => kind === "mount");
export const startsFail = troubling("fails to start", [1_000, 8_000], () => true);
export const startsAreSlow = troubling("starts slowly", [10_000, 40_000], () => true);
