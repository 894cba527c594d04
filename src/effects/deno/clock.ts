/** Time, from Deno. */
import type { Clock, Timer } from "../effects.ts";
import { sleepBy } from "../waiting/sleep.ts";

/** The longest delay a timer of JavaScript takes: about 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

export const denoClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),

  setTimer(delayMs: number, fire: () => void): Timer {
    const id = setTimeout(fire, Math.min(Math.max(delayMs, 0), LONGEST_MS));
    return { cancel: () => clearTimeout(id) };
  },

  sleep: (delayMs, signal) => sleepBy(denoClock.setTimer, delayMs, signal),

  nextTurn: () => new Promise((resolve) => void setImmediate(resolve)),
};
