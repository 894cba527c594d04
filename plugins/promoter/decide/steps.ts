/** Builds the results of a step: an action, or only a time to be called again. */
import type { Action, Moment, Severity, State, Step } from "./state.ts";

export function soonest(...times: readonly (number | undefined)[]): number | undefined {
  const first = Math.min(...times.map((each) => each ?? Infinity));
  return first === Infinity ? undefined : first;
}

export function stop(state: State, why: string, { nowMs }: Pick<Moment, "nowMs">, severity?: Severity): Step {
  // What failed before the first of several attempts has not failed because of them.
  const stopStartedMs = state.phase === "stopping" ? state.stopStartedMs : nowMs;
  const over = { demotedSinceMs: undefined, examined: undefined, stopStartedMs };
  const stopping = begin({ ...state, ...over }, "stopping");
  return act(stopping, { kind: "stop", number: stopping.action, why }, severity);
}

/** A new action invalidates the results of earlier ones. */
export function begin(state: State, phase: State["phase"]): State {
  const action = state.action + 1;
  return {
    ...{ ...state, phase, isIncomplete: false, action, retryAtMs: undefined, restartLastsMs: -Infinity },
    failedUnits: [],
  };
}

export function act(state: State, action: Action, severity: Severity = "info"): Step {
  const what = action.kind === "restartUnit" ? `restart ${action.unit}` : action.kind;
  return { state, actions: [action], wakeAtMs: undefined, decision: `${what}: ${action.why}`, severity };
}

export function rest(state: State, wakeAtMs?: number): Step {
  return { state, actions: [], wakeAtMs, decision: undefined };
}
