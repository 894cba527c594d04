/**
 * Chooses the snapshot from which a request is answered.
 *
 * A request gets the latest snapshot, which is rebuilt when it is too old. A walk keeps the snapshot it began with: a
 * request that continues where another one ended less than 15 s ago belongs to the same walk. So each of several
 * concurrent walks sees one consistent snapshot, and does not delay newer ones for the others.
 */
import type { Clock } from "../../src/effects/effects.ts";
import type { View } from "./view.ts";

const WALK_PAUSE_MS = 15_000;

/** The latest step of a walk. */
interface Step {
  readonly view: View;
  readonly atMs: number;
  /** The previous step: a manager that got no answer repeats it. */
  readonly before: string | undefined;
}

export class Views {
  #latest: View | undefined;
  #drawnMs = -Infinity;
  /** By the identifier of the instance that was answered, oldest first. */
  readonly #steps = new Map<string, Step>();

  /** `draw` may return the previous view if nothing has changed. */
  constructor(
    readonly clock: Clock,
    readonly cacheMaxMs: number,
    readonly draw: (latest: View | undefined) => View,
  ) {}

  /** Whether the next single request gets a new view. */
  get isDue(): boolean {
    return this.#latest === undefined || this.clock.nowMs() - this.#drawnMs >= this.cacheMaxMs;
  }

  /** The view for a single request. */
  latest(): View {
    if (this.#latest === undefined || this.isDue) {
      this.#latest = this.draw(this.#latest);
      this.#drawnMs = this.clock.nowMs();
    }
    return this.#latest;
  }

  /** The view for a request for the instances after `oid`. */
  after(oid: string): View {
    this.#forgetOld();
    return this.#steps.get(oid)?.view ?? this.latest();
  }

  /** Records a step of a walk from `from` to `to`, answered from `view`. */
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
