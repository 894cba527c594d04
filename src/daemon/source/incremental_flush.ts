/** Applies deferred lines in time slices, so that a snapshot of all resources does not block the event loop. */
import type { Clock } from "../../effects/effects.ts";
import { TimeSlice } from "./time_slice.ts";

/** Lines and objects per call: a fraction of a time slice. */
const AT_ONCE = 100;
/**
 * Maximum number of slices: if changes arrive as fast as they are applied, the rest is applied by the snapshot itself.
 */
const MOST_TURNS = 50;

export class IncrementalFlush {
  #underWay: Promise<void> | undefined;

  /** `work` applies at most about `most` lines and objects, and returns whether there were as many. */
  constructor(readonly clock: Clock, readonly work: (most: number) => boolean) {}

  /** Resolves when little is left. Concurrent callers share one run. */
  run(): Promise<void> {
    this.#underWay ??= this.#run().finally(() => this.#underWay = undefined);
    return this.#underWay;
  }

  async #run(): Promise<void> {
    const slice = new TimeSlice(this.clock);
    for (let turns = 0; this.work(AT_ONCE);) {
      if (!slice.isOver) continue;
      if (++turns === MOST_TURNS) return;
      await slice.yield();
    }
  }
}
