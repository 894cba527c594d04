/** Counts restarts of failed units against service-failure-limit. */
import { type Restart, RESTART_WINDOW_MS, type State } from "../state.ts";

/** The restarts of a unit within the period. */
export function recentRestarts({ restarts }: State, unit: string, nowMs: number): readonly Restart[] {
  return restarts.filter((each) => each.unit === unit && each.atMs > nowMs - RESTART_WINDOW_MS);
}

/** Adds one, and drops those outside of the period. */
export function withRestart({ restarts }: State, unit: string, nowMs: number): readonly Restart[] {
  return [...restarts.filter(({ atMs }) => atMs > nowMs - RESTART_WINDOW_MS), { unit, atMs: nowMs }];
}
