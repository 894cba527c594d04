/** Time, from Deno. */
import type { Clock, Timer } from "./effects.ts";

/** The longest delay a timer of JavaScript takes: about 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

export const denoClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),

  setTimer(delayMs: number, fire: () => void): Timer {
    const id = setTimeout(fire, Math.min(Math.max(delayMs, 0), LONGEST_MS));
    return { cancel: () => clearTimeout(id) };
  },

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        timer.cancel();
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = denoClock.setTimer(delayMs, end);
      signal?.addEventListener("abort", end);
    });
  },

  nextTurn: () => new Promise((resolve) => void setImmediate(resolve)),
};
