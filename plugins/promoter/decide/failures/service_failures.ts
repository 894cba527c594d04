/** Failed services: which failures count, and whether services are restarted here or left to a peer. */
import { recentRestarts, withRestart } from "./restarts.ts";
import {
  BACKOFF_MS,
  type FailedUnit,
  type Input,
  type Moment,
  type Policy,
  SAME_FAILURE_MS,
  type State,
  type Step,
} from "../state.ts";
import { isProtected } from "../start/start_conditions.ts";
import type { View } from "../view.ts";

/** How late a failure can be reported: units are checked every 4 s, and systemd may have retried before it gave up. */
const FAILURE_EVENT_DELAY_MS = 10_000;

/** A connected peer has UpToDate data of all volumes. */
export function canTakeOver(view: View | undefined): boolean {
  return view !== undefined && view.upToDatePeers.length > 0;
}

/** When the devices last did not serve I/O: no quorum, no data reachable, I/O suspended, or a disk just lost. */
export function lastOutageMs(before: State, view: View | undefined, { nowMs }: Moment): number {
  const known = before.view;
  const isLoss = known !== undefined &&
    view?.lostVolumes.some((volume) => !known.lostVolumes.includes(volume)) === true;
  return isOut(known) || isOut(view) || isLoss ? nowMs : before.lastOutageMs;
}

function isOut(view: View | undefined): boolean {
  return view !== undefined && !view.isServing;
}

/** Whether a unit that failed at some time between `sinceMs` and now failed during an outage. */
function isExcused({ view, lastOutageMs, outageRestarts }: State, unit: string, sinceMs: number): boolean {
  const revivedMs = outageRestarts.find((each) => each.unit === unit)?.atMs ?? -Infinity;
  return isOut(view) || (lastOutageMs >= sinceMs - FAILURE_EVENT_DELAY_MS && lastOutageMs > revivedMs);
}

/** A unit failed. Ignored if that is known. */
export function withFailedUnit(
  state: State,
  { unit, sinceMs }: Extract<Input, { kind: "unitFailed" }>,
  policy: Policy,
  { nowMs }: Moment,
): State {
  const isRelevant = state.phase === "started" && policy.onServiceFailure !== "ignore";
  // No service can work where the resource is not Primary.
  if (!isRelevant || state.view?.role !== "Primary") return state;
  if (state.failedUnits.some((each) => each.unit === unit)) return state;
  const failed = isExcused(state, unit, sinceMs ?? nowMs)
    ? { unit, kind: "excused", atMs: nowMs } as const
    : planRecovery(state, unit, policy, nowMs);
  // On hold failures have no consequence: a unit that is still down afterwards is reported again. An outage is not.
  if (state.isOnHold && failed.kind !== "excused") return state;
  return { ...state, failedUnits: [...state.failedUnits, failed] };
}

function planRecovery(state: State, unit: string, policy: Policy, nowMs: number): FailedUnit {
  const recent = recentRestarts(state, unit, nowMs);
  const isWithin = recent.length < policy.serviceFailureLimit;
  if (isWithin) {
    return { unit, kind: policy.onServiceFailure === "restart" ? "restart" : "leave", atMs: nowMs };
  }
  const last = recent.at(-1)?.atMs ?? nowMs;
  return { unit, kind: "leave", atMs: Math.max(nowMs, last + BACKOFF_MS) };
}

/** Why the services are left to a peer that can take over; undefined without a reason or such a peer. */
export function failureToLeave(state: State, policy: Policy, { nowMs }: Moment): string | undefined {
  const failed = state.phase === "started"
    ? state.failedUnits.find(({ kind }) => kind === "leave")
    : undefined;
  if (failed === undefined || !canTakeOver(state.view)) return undefined;
  return failureOf(state, failed, policy, nowMs);
}

function failureOf(state: State, { unit }: FailedUnit, policy: Policy, nowMs: number): string {
  const { length } = recentRestarts(state, unit, nowMs);
  if (length < policy.serviceFailureLimit) return `${unit} failed`;
  return `${unit} failed again after ${length} restarts in ten minutes`;
}

/** The units to restart now, with reasons, and when the next restart is due. */
export interface DueRestarts {
  readonly state: State;
  readonly units: readonly { readonly unit: string; readonly why: string }[];
  readonly nextMs: number;
}

/** Units to restart here; none while the devices do not serve I/O. */
export function dueRestarts(state: State, policy: Policy, { nowMs }: Moment): DueRestarts {
  const { view, failedUnits, phase } = state;
  const isPossible = phase === "started" && view?.role === "Primary" && view.isServing &&
    restartBlocker(state, nowMs) === undefined && state.ending === "no" && !state.isOnHold;
  if (!isPossible || failedUnits.length === 0) return { state, units: [], nextMs: Infinity };
  const due = failedUnits.filter(({ atMs }) => atMs <= nowMs);
  const later = failedUnits.filter(({ atMs }) => atMs > nowMs);
  const units = due.map((failed) => ({ unit: failed.unit, why: whyRestarted(state, failed, policy, nowMs) }));
  let next: State = { ...state, failedUnits: later };
  for (const { unit, kind } of due) {
    next = kind === "excused"
      ? {
        ...next,
        outageRestarts: [...next.outageRestarts.filter((each) => each.unit !== unit), { unit, atMs: nowMs }],
      }
      : { ...next, restarts: withRestart(next, unit, nowMs) };
  }
  return { state: next, units, nextMs: Math.min(...later.map(({ atMs }) => atMs)) };
}

function whyRestarted(state: State, { unit, kind }: FailedUnit, policy: Policy, nowMs: number): string {
  if (kind === "excused") return "died while the devices did not serve I/O: not counted as its failure";
  const times = recentRestarts(state, unit, nowMs).length + 1;
  const nobody = kind === "leave" ? ", and no connected peer is UpToDate to take over" : "";
  return times <= policy.serviceFailureLimit
    ? `failed${nobody}; restart ${times} of at most ${policy.serviceFailureLimit} in ten minutes`
    : `failed again after ${times - 1} restarts in ten minutes${nobody}; once a minute`;
}

/** A restart may promote, so it is subject to the same conditions as a start. */
function restartBlocker(state: State, nowMs: number): string | undefined {
  const { protection, view } = state;
  if (protection === "none") return "nothing keeps two nodes from being Primary at once";
  if (!isProtected(state, { nowMs })) {
    return "it is not known whether DRBD keeps two nodes from being Primary at once";
  }
  return view?.primaryPeer === undefined ? undefined : `the resource is Primary on ${view.primaryPeer}, too`;
}

/** The message for a failed unit that is not restarted at once. */
export function whyNotRestarted(
  before: State,
  state: State,
  policy: Policy,
  nowMs: number,
): string | undefined {
  const failed = state.failedUnits.find(({ unit }) => !before.failedUnits.some((each) => each.unit === unit));
  if (failed === undefined || state.phase !== "started" || state.ending !== "no") return undefined;
  if (state.view?.isServing === false) {
    return `wait: ${failed.unit} died while the devices do not serve I/O; it is started again when they do`;
  }
  const blocker = restartBlocker(state, nowMs);
  if (blocker !== undefined) return `wait: ${failed.unit} failed; it is not restarted because ${blocker}`;
  const seconds = Math.ceil((failed.atMs - nowMs) / 1000);
  const failure = failureOf(state, failed, policy, nowMs);
  return `wait ${seconds} s: ${failure}, and no connected peer is UpToDate to take over`;
}

/** What follows from a unit that had failed before everything was stopped. */
export interface FailureEffect {
  /** The services are started again here. */
  readonly isRestart: boolean;
  /** They are left to a peer. */
  readonly isLeft: boolean;
}

/** A failed unit can take the others and the promotion along by its dependencies, before drbdd can react. The consequences of the failure apply then, too. */
export function failureEffect(
  state: State,
  failedUnit: string | undefined,
  policy: Policy,
  { nowMs }: Moment,
): FailureEffect {
  const isNew = failedUnit !== undefined && state.backoffMs === 0 && policy.onServiceFailure !== "ignore";
  if (!isNew || isExcused(state, failedUnit, state.stopStartedMs)) {
    return { isRestart: false, isLeft: false };
  }
  const isWithin = recentRestarts(state, failedUnit, nowMs).length < policy.serviceFailureLimit;
  const isRestart = (policy.onServiceFailure === "restart" && isWithin) || !canTakeOver(state.view);
  return { isRestart, isLeft: !isRestart };
}

/** With on-service-failure = "ignore", and on hold, failures are only reported. */
export function ignoreFailure(otherwise: Step, unit: string, { runner }: Policy, { nowMs }: Moment): Step {
  const { state, decision } = otherwise;
  if (state.phase !== "started") return otherwise;
  const recent = state.failures.filter(({ atMs }) => atMs > nowMs - SAME_FAILURE_MS);
  const isNew = !recent.some((each) => each.unit === unit);
  const failures = [...recent.filter((each) => each.unit !== unit), { unit, atMs: nowMs }];
  const next = { ...otherwise, state: { ...state, failures } };
  if (!isNew || decision !== undefined) return next;
  const text = state.isOnHold
    ? `${unit} does not run any more; nothing is done about it while the resource is on hold`
    : runner === "systemd"
    ? `${unit} failed and stays down, as on-service-failure is "ignore" (journalctl -u ${unit})`
    : `${unit} failed according to the monitor command; not restarted, as on-service-failure is "ignore"`;
  return { ...next, decision: text, severity: "warn" };
}
