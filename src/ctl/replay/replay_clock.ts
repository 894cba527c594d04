/**
 * The clock of a replay: it stands still until the replay advances it, so that hours pass in a moment and results are
 * reproducible.
 */
import { setImmediate } from "node:timers";
import { ManualClock } from "../../effects/waiting/manual_clock.ts";

export class ReplayClock extends ManualClock {
  /** Milliseconds since 1970, as all times here. `pace` is awaited before the clock advances to a time. */
  constructor(startMs: number, readonly pace: (atMs: number) => Promise<void> = () => Promise.resolve()) {
    super(startMs, 0);
  }

  /** Advances to a time and fires due timers in order. */
  async advanceTo(atMs: number): Promise<void> {
    for (
      let nextMs = this.timers.nextMs;
      nextMs !== undefined && nextMs <= atMs;
      nextMs = this.timers.nextMs
    ) {
      await this.pace(nextMs);
      this.currentMs = nextMs;
      this.timers.take(nextMs)?.fire();
      await settle();
    }
    await this.pace(atMs);
    this.currentMs = Math.max(this.currentMs, atMs);
  }
}

/** Runs everything that is ready, without advancing the time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
