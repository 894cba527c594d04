/** A clock that is advanced by the test, so that hours pass in microseconds and every run is the same. */
import { setImmediate } from "node:timers";
import { ManualClock } from "../../../src/effects/waiting/manual_clock.ts";

export class SimulatedClock extends ManualClock {
  constructor(wallOffsetMs = Date.UTC(2026, 0, 1), startMs = 0) {
    super(startMs, wallOffsetMs);
  }

  /** Timers that were set and have not fired. */
  get pendingTimers(): number {
    return this.timers.count;
  }

  /** When the next timer fires; undefined if none is set. */
  get nextMs(): number | undefined {
    return this.timers.nextMs;
  }

  /** Lets `durationMs` pass: fires due timers in order, and lets what waits for each continue before the next. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.currentMs + durationMs;
    await settle();
    for (let timer = this.timers.take(untilMs); timer !== undefined; timer = this.timers.take(untilMs)) {
      this.currentMs = timer.atMs;
      timer.fire();
      await settle();
    }
    this.currentMs = untilMs;
  }
}

/** Runs everything that is ready, streams included, without time passing. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
