/** The last decisions about each resource with their reasons, and what prevented others. */
import { Queue } from "../../effects/queue.ts";

/** Decisions that are kept for each resource. */
const KEPT = 100;

/** `warning`: an administrator should see it; `error`: something failed. */
export const DECISION_LEVELS = ["info", "warning", "error"] as const;
export type DecisionLevel = typeof DECISION_LEVELS[number];

export interface Decision {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** The plugin that decided. */
  readonly plugin: string;
  readonly level: DecisionLevel;
  /** What was decided, and why; or what a decision waits for. */
  readonly text: string;
}

export class DecisionLog {
  readonly #decisions = new Map<string, Queue<Decision>>();
  readonly #listeners = new Set<(resource: string, decision: Decision) => void>();
  /** Called with the arguments of `restore`. */
  onRestore: (resource: string, earlier: readonly Decision[]) => void = () => {};

  /** A warning that only repeats the one before it is not kept: since when it holds says more. */
  note(resource: string, decision: Decision): void {
    const decisions = this.#decisions.get(resource) ?? new Queue<Decision>();
    this.#decisions.set(resource, decisions);
    if (decision.level !== "info" && decisions.last?.text === decision.text) return;
    decisions.push(decision);
    if (decisions.length > KEPT) decisions.shift();
    for (const listener of this.#listeners) listener(resource, decision);
  }

  /** Those of an earlier daemon, oldest first: before all that were noted since. */
  restore(resource: string, earlier: readonly Decision[]): void {
    const all = [...earlier, ...this.of(resource)].slice(-KEPT);
    const decisions = new Queue<Decision>();
    for (const decision of all) decisions.push(decision);
    this.#decisions.set(resource, decisions);
    this.onRestore(resource, earlier);
  }

  /** Calls `listener` with each decision from now on, until `signal` aborts, if there is one. */
  follow(listener: (resource: string, decision: Decision) => void, signal?: AbortSignal): void {
    this.#listeners.add(listener);
    signal?.addEventListener("abort", () => this.#listeners.delete(listener));
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
