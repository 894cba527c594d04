/** What the simulation found wrong. */

export interface Violation {
  readonly atMs: number;
  readonly node: string;
  readonly resource: string;
  /** Which rule was broken. */
  readonly rule: string;
  readonly text: string;
}

/** Keeps the first of each rule, resource and node: what follows from one mistake is not said a hundred times. */
export class Violations {
  readonly list: Violation[] = [];
  readonly #known = new Set<string>();

  constructor(readonly nowMs: () => number, readonly onFound: (violation: Violation) => void) {}

  add(rule: string, node: string, resource: string, text: string): void {
    const key = `${rule} ${node} ${resource}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const violation = { atMs: this.nowMs(), node, resource, rule, text };
    this.list.push(violation);
    this.onFound(violation);
  }
}
