/**
 * Wakes waiters shortly after a notification, so that a burst wakes them once, and every second for changes without
 * notification (counters, staleness, heartbeats). No timer runs while nobody waits.
 */
import type { Clock, Timer } from "../../../src/effects/effects.ts";

const GATHER_MS = 50;
const TICK_MS = 1_000;

export class ChangeNotifier {
  readonly #waiting = new Set<() => void>();
  #tick: Timer | undefined;
  #soon: Timer | undefined;

  constructor(readonly clock: Clock) {}

  ring(): void {
    if (this.#waiting.size === 0) return;
    this.#soon ??= this.clock.setTimer(GATHER_MS, () => this.#wake());
  }

  /** Resolves after a notification, after a second at the latest, or when `signal` aborts. Never rejects. */
  wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.#waiting.delete(end);
        signal.removeEventListener("abort", end);
        if (this.#waiting.size === 0) this.#rest();
        resolve();
      };
      signal.addEventListener("abort", end);
      this.#waiting.add(end);
      this.#tick ??= this.clock.setTimer(TICK_MS, () => this.#wake());
    });
  }

  #wake(): void {
    this.#rest();
    for (const end of [...this.#waiting]) end();
  }

  #rest(): void {
    this.#tick?.cancel();
    this.#soon?.cancel();
    this.#tick = undefined;
    this.#soon = undefined;
  }
}
