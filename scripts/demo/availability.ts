/** Whether services run, and for how long they did not: seen from outside, whatever drbdd says. */

/** Something that was seen. */
export interface Observation {
  readonly severity: "info" | "error";
  readonly text: string;
}

interface Known {
  /** Where it runs; undefined: nowhere. */
  node: string | undefined;
  /** Since when it runs nowhere. Undefined before it was first seen. */
  downSinceMs: number | undefined;
}

export class Availability {
  readonly #known = new Map<string, Known>();
  /** Resources whose service was seen to write on two nodes at once. */
  readonly violations = new Set<string>();

  /** `runsOn` are the nodes where the service of a resource runs, `writesOn` those where it could write. */
  look(
    resource: string,
    runsOn: readonly string[],
    writesOn: readonly string[],
    nowMs: number,
  ): Observation[] {
    if (writesOn.length > 1 && !this.violations.has(resource)) {
      this.violations.add(resource);
      return [{
        severity: "error",
        text: `${resource} writes on ${writesOn.join(" and ")} at the same time`,
      }];
    }
    const known = this.#known.get(resource) ?? { node: undefined, downSinceMs: undefined };
    this.#known.set(resource, known);
    const [node] = runsOn;
    if (node === known.node) return [];
    const { downSinceMs } = known;
    this.#known.set(resource, { node, downSinceMs: node === undefined ? nowMs : undefined });
    if (node === undefined) return [{ severity: "info", text: `${resource} is down` }];
    const gap = downSinceMs === undefined
      ? ""
      : `; it was down for ${((nowMs - downSinceMs) / 1000).toFixed(1)} s`;
    return [{ severity: "info", text: `${resource} is up on ${node}${gap}` }];
  }
}
