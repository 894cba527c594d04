/** The one clock of a simulated cluster: it moves from event to event, one at a time. */
import type { Clock, Timer } from "../../../src/effects/effects.ts";
import { sleepBy } from "../../../src/effects/waiting/sleep.ts";
import { EventQueue } from "../model/queue.ts";

export class ClusterClock implements Clock {
  readonly #queue = new EventQueue();
  /** Something happened. */
  isStirred = false;
  /** A drbdd was notified of something: it has to have its turn. */
  isAnybodyNotified = false;

  constructor(startMs: number) {
    this.#queue.advance(startMs);
  }

  nowMs(): number {
    return this.#queue.nowMs;
  }

  wallMs(): number {
    return Date.UTC(2026, 0, 1) + this.nowMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    let isSet = true;
    this.#queue.at(this.nowMs() + Math.max(delayMs, 0), () => {
      if (!isSet) return;
      isSet = false;
      this.isStirred = true;
      fire();
    });
    return { cancel: () => isSet = false };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepBy((...timer) => this.setTimer(...timer), delayMs, signal);
  }

  nextTurn(): Promise<void> {
    return this.sleep(0);
  }

  /** When the next timer is due; Infinity if there is none. */
  get nextMs(): number {
    return this.#queue.nextMs() ?? Infinity;
  }

  /** Fires the next timer. */
  step(): void {
    this.#queue.step();
  }

  /** Lets the time until `toMs` pass, in which no timer is due. */
  skipTo(toMs: number): void {
    if (this.nextMs < toMs) throw new Error(`A timer is due at ${this.nextMs} ms, before ${toMs} ms`);
    this.#queue.nowMs = toMs;
  }
}
