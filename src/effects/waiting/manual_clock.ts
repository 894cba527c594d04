/** A clock that stands still until its owner advances it: the base of the clocks of replays and simulations. */
import type { Clock, Timer } from "../effects.ts";
import { PendingTimers } from "./pending_timers.ts";
import { sleepBy } from "./sleep.ts";

export abstract class ManualClock implements Clock {
  protected currentMs: number;
  protected readonly timers = new PendingTimers();

  /** `wallOffsetMs` is the wall clock's time when this clock says 0. */
  constructor(startMs: number, readonly wallOffsetMs: number) {
    this.currentMs = startMs;
  }

  nowMs(): number {
    return this.currentMs;
  }

  wallMs(): number {
    return this.wallOffsetMs + this.currentMs;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    return this.timers.set(this.currentMs + Math.max(delayMs, 0), fire);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.setTimer(...timer), delayMs, signal);
  }

  nextTurn(): Promise<void> {
    return Promise.resolve();
  }
}
