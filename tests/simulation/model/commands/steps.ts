/** What drbdadm does in several calls of drbdsetup. */
import type { ResourceObject } from "../kernel/objects.ts";
import type { Done } from "../changes/roles.ts";
import type { Kernel, Refusal } from "../kernel/transaction.ts";

const UNKNOWN_RESOURCE: Refusal = { code: 158, text: "Unknown resource" };

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
  world.queue.at(world.nowMs + world.draw(world.timing.commandMs), () => {
    // Somebody else has taken it down meanwhile. Where power failed, nobody is there to be answered.
    if (resource.gone) return world.nodeOf(resource).powered ? done(UNKNOWN_RESOURCE) : undefined;
    first((refusal) => {
      if (refusal === undefined) inSteps(kernel, resource, rest, done);
      else done(refusal);
    });
  });
}
