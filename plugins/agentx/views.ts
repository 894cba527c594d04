/**
 * Which picture a request is answered from.
 *
 * A request gets the latest picture, which is drawn anew when it has become too old. A walk keeps the picture it began
 * with, however long it takes: a request that goes on where another one ended, less than 15 s ago, belongs to the
 * same walk. So each of several walks at the same time sees one picture from its beginning to its end, and none of
 * them keeps the others from new ones.
 */
import type { Clock } from "../../src/effects/effects.ts";
import type { View } from "./view.ts";

const WALK_PAUSE_MS = 15_000;

/** The latest step of a walk. */
interface Step {
  readonly view: View;
  readonly atMs: number;
  /** The step before: a manager that got no answer asks for it once more. */
  readonly before: string | undefined;
}

export class Views {
  #latest: View | undefined;
  #drawnMs = -Infinity;
  /** By the identifier of the instance that was answered, oldest first. */
  readonly #steps = new Map<string, Step>();

  /** `draw` may return the same view again if nothing has changed. */
  constructor(
    readonly clock: Clock,
    readonly cacheMaxMs: number,
    readonly draw: (latest: View | undefined) => View,
  ) {}

  /** Whether the next request that stands by itself gets a view that is drawn anew. */
  get isDue(): boolean {
    return this.#latest === undefined || this.clock.nowMs() - this.#drawnMs >= this.cacheMaxMs;
  }

  /** The view for a request that stands by itself. */
  latest(): View {
    if (this.#latest === undefined || this.isDue) {
      this.#latest = this.draw(this.#latest);
      this.#drawnMs = this.clock.nowMs();
    }
    return this.#latest;
  }

  /** The view for a request for what comes after `oid`. */
  after(oid: string): View {
    this.#forgetOld();
    return this.#steps.get(oid)?.view ?? this.latest();
  }

  /** A walk that came from `from` has come to `to`, answered from `view`. */
  stepped(view: View, from: string, to: string): void {
    const last = this.#steps.get(from);
    if (last?.before !== undefined) this.#steps.delete(last.before);
    this.#steps.delete(to);
    const before = last === undefined ? undefined : from;
    this.#steps.set(to, { view, atMs: this.clock.nowMs(), before });
  }

  /** Walks that are under way, in steps; for tests. */
  get steps(): number {
    return this.#steps.size;
  }

  #forgetOld(): void {
    const nowMs = this.clock.nowMs();
    for (const [oid, { atMs }] of this.#steps) {
      if (nowMs - atMs < WALK_PAUSE_MS) return;
      this.#steps.delete(oid);
    }
  }
}
