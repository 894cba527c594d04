/** Restarts of units that failed, counted against service-failure-limit. */
import { type Restart, RESTART_WINDOW_MS, type State } from "./state.ts";

/** Restarts of a unit that count. */
export function recentRestarts({ restarts }: State, unit: string, nowMs: number): readonly Restart[] {
  return restarts.filter((each) => each.unit === unit && each.atMs > nowMs - RESTART_WINDOW_MS);
}

/** One more, with those that count no more left out. */
export function withRestart({ restarts }: State, unit: string, nowMs: number): readonly Restart[] {
  return [...restarts.filter(({ atMs }) => atMs > nowMs - RESTART_WINDOW_MS), { unit, atMs: nowMs }];
}
