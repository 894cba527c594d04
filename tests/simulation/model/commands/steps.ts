/** What drbdadm does in several calls of drbdsetup. */
import type { ResourceObject } from "../kernel/objects.ts";
import type { Done } from "../changes/roles.ts";
import type { Kernel } from "../kernel/transaction.ts";

export type Step = (next: Done) => void;

/** A step that cannot be refused. */
export function simple(act: () => void): Step {
  return (next) => {
    act();
    next(undefined);
  };
}

/** One step after the other, each as long as a call of drbdsetup; the first refusal ends it. */
export function inSteps(kernel: Kernel, resource: ResourceObject, steps: readonly Step[], done: Done): void {
  const { world } = kernel;
  const [first, ...rest] = steps;
  if (first === undefined) {
    done(undefined);
    return;
  }
  world.later(resource, world.draw(world.timing.commandMs), () =>
    first((refusal) => {
      if (refusal === undefined) inSteps(kernel, resource, rest, done);
      else done(refusal);
    }));
}
