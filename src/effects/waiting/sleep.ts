/** Sleeping with the timers of any clock. */
import type { Clock } from "../effects.ts";

/** `Clock.sleep` for a clock that has timers: resolves after `delayMs`, or at once when `signal` aborts. */
export function sleepBy(setTimer: Clock["setTimer"], delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = () => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimer(delayMs, end);
    signal?.addEventListener("abort", end);
  });
}
