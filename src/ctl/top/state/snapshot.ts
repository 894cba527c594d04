/** What is known of the node's resources, kept up to date from a feed. */
import { assess } from "../../../../plugins/api/page/scripts/assessment.js";
import type {
  Assessment,
  HealthProblem,
  Level,
  Resource,
} from "../../../../plugins/api/page/scripts/types.ts";
import type { Again, Lost, Message } from "../../feed/feed.ts";

/** A resource with its assessment, which is that of the web page. */
export interface ResourceRow {
  readonly resource: Resource;
  readonly assessment: Assessment;
  /** How long ago it was heard of. */
  ageMs(): number;
}

/** How the snapshot stands. */
export type Link =
  /** Nothing is known yet. */
  | { readonly state: "waiting"; readonly reason: string | undefined }
  | { readonly state: "live" }
  /** What is shown is what was known last. */
  | { readonly state: "stale"; readonly reason: string };

export class Snapshot {
  readonly #rows = new Map<string, ResourceRow>();
  /** Names received since a new snapshot began; all others are gone at its end. */
  #named: Set<string> | undefined = new Set();
  #isKnown = false;
  #lost: string | undefined;
  #stale: string | undefined;
  #version = 0;
  node = "";
  /** What is wrong with the node as a whole. */
  problems: readonly HealthProblem[] = [];

  /** `nowMs` is the time of a clock that never jumps. */
  constructor(readonly nowMs: () => number = () => 0) {}

  /** Another number whenever anything of the snapshot changed. */
  get version(): number {
    return this.#version;
  }

  get link(): Link {
    const reason = this.#lost ?? this.#stale;
    if (!this.#isKnown) return { state: "waiting", reason };
    return reason === undefined ? { state: "live" } : { state: "stale", reason };
  }

  /** In no order. */
  resourceRows(): ResourceRow[] {
    return [...this.#rows.values()];
  }

  get(name: string): ResourceRow | undefined {
    return this.#rows.get(name);
  }

  count(): Readonly<Record<Level | "primary", number>> {
    const counts = { critical: 0, unknown: 0, warning: 0, syncing: 0, ok: 0, primary: 0 };
    for (const { assessment } of this.#rows.values()) {
      counts[assessment.level]++;
      if (assessment.isPrimaryHere) counts.primary++;
    }
    return counts;
  }

  take(message: Message | Lost | Again): void {
    this.#version++;
    switch (message.event) {
      case "status":
        this.node = message.data.node;
        this.problems = message.data.problems ?? [];
        this.#lost = undefined;
        this.#stale = message.data.stale ? message.data.reason ?? "drbdd does not say why" : undefined;
        break;
      case "resource":
        this.#named?.add(message.data.name);
        this.#rows.set(message.data.name, this.#rowOf(message.data));
        break;
      case "gone":
        this.#rows.delete(message.data.name);
        break;
      case "snapshot-end":
        this.#complete();
        break;
      case "reset":
      case "again":
        this.#named = new Set();
        break;
      case "lost":
        this.#named = new Set();
        this.#lost = message.reason;
        break;
    }
  }

  #rowOf(resource: Resource): ResourceRow {
    const heardMs = this.nowMs();
    return { resource, assessment: assess(resource), ageMs: () => this.nowMs() - heardMs };
  }

  #complete(): void {
    for (const name of this.#rows.keys()) {
      if (this.#named !== undefined && !this.#named.has(name)) this.#rows.delete(name);
    }
    this.#named = undefined;
    this.#isKnown = true;
  }
}
