/** What was decided about each resource, and why: the last decisions, for those who ask afterwards. */
import { Queue } from "../../effects/queue.ts";

/** Decisions that are kept for each resource. */
const KEPT = 100;

export interface Decision {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** The plugin that decided. */
  readonly plugin: string;
  /** What was decided, and why. */
  readonly text: string;
}

export class DecisionLog {
  readonly #decisions = new Map<string, Queue<Decision>>();

  note(resource: string, decision: Decision): void {
    const decisions = this.#decisions.get(resource) ?? new Queue<Decision>();
    this.#decisions.set(resource, decisions);
    decisions.push(decision);
    if (decisions.length > KEPT) decisions.shift();
  }

  /** The last decisions about a resource, oldest first. */
  of(resource: string): readonly Decision[] {
    return this.#decisions.get(resource)?.toArray() ?? [];
  }

  /** Names of the resources of which there are decisions, sorted. */
  resources(): string[] {
    return [...this.#decisions.keys()].sort();
  }
}
