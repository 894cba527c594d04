/** Applies deferred lines in time slices, so that a snapshot of all resources does not block the event loop. */
import type { Clock } from "../../effects/effects.ts";
import { TimeSlice } from "./time_slice.ts";

/** Of lines and objects: a fraction of a turn. */
const AT_ONCE = 100;
/** Should changes come as fast as they are worked off, what is left is for the look itself. */
const MOST_TURNS = 50;

export class IncrementalFlush {
  #underWay: Promise<void> | undefined;

  /** `work` does about so much of it, and returns whether there was as much. */
  constructor(readonly clock: Clock, readonly work: (most: number) => boolean) {}

  /** Ends when little is left. Those who ask while it is under way wait for the same. */
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
