/**
 * The state machine of services that run where a resource is Secondary (`when = "Secondary"`): what to do about those of
 * one resource. Pure, as that of the promotion is.
 *
 *     unsure   -> stopped   nothing is found running
 *     unsure   -> started   the target is found active, or being started
 *     unsure   -> stopping  a part is found running
 *     stopped  -> starting  the resource has been Secondary and UpToDate here for 5 s
 *     starting -> started   done
 *     starting -> stopping  it failed (the next start is 20 s later), or a stop is due
 *     started  -> stopping  a stop is due, or the target is not active any more though something runs
 *     started  -> stopped   they were stopped by somebody else; the next start is 20 s later
 *     stopping -> stopping  it failed, again in 5 s
 *     stopping -> stopped   done
 *
 * A stop is due when the resource is Primary here or is to be promoted by drbdd, when a local disk is not UpToDate,
 * when the resource has not been up in DRBD for 5 s, and when drbdd ends (stop-services-on-exit). On hold nothing is
 * started; stops are still due, as each reason means that the services must not run here.
 */
import type { DiskState, Role } from "../../../src/drbd/model/vocabulary.ts";

export type SecondaryPhase = "unsure" | "stopped" | "starting" | "started" | "stopping";

/** A resource, as far as these services depend on it. */
export interface SecondaryView {
  readonly role: Role;
  /** States of the local disks. */
  readonly disks: readonly DiskState[];
}

export interface SecondaryState {
  readonly phase: SecondaryPhase;
  /** The resource as last seen; undefined if there is none. */
  readonly view: SecondaryView | undefined;
  /** Since when there is none; undefined if there is one, or it is not known yet. */
  readonly goneSinceMs: number | undefined;
  /** Since when they may run here, without interruption. */
  readonly conditionsMetSinceMs: number | undefined;
  /** drbdd is about to promote the resource here, or has done so. */
  readonly isPromoting: boolean;
  /** The drop-ins are written. */
  readonly isPrepared: boolean;
  readonly isOnHold: boolean;
  /** Number of the last start or stop: the end of an older one is no news. */
  readonly action: number;
  /** No start before. */
  readonly startAgainMs: number;
  /** So many starts failed in a row. */
  readonly failedStarts: number;
  /** When a stop that failed is repeated; undefined: none has. */
  readonly stopAgainMs: number | undefined;
  /** When it is next checked whether they still run. */
  readonly checkAtMs: number;
  readonly ending: "no" | "keepServices" | "stopServices";
}

/** What was found: `active`: the target is, or is being started; `partial`: units run without it. */
export type SecondaryFound = "active" | "partial" | "inactive";

export type SecondaryInput =
  | { readonly kind: "resource"; readonly view: SecondaryView | undefined }
  | { readonly kind: "promoting"; readonly isPromoting: boolean }
  | { readonly kind: "prepared" }
  | { readonly kind: "hold"; readonly isOnHold: boolean }
  | { readonly kind: "found"; readonly services: SecondaryFound }
  | { readonly kind: "finished"; readonly action: number; readonly outcome: "ok" | "failed" }
  | { readonly kind: "end"; readonly stopServices: boolean }
  | { readonly kind: "tick" };

export type SecondaryAction =
  | { readonly kind: "start" | "stop"; readonly number: number }
  /** Look at what runs, and report it. */
  | { readonly kind: "look" };

export interface SecondaryMoment {
  readonly nowMs: number;
  /** The snapshot of DRBD is not kept up to date. */
  readonly isStale: boolean;
}

export interface SecondaryStep {
  readonly state: SecondaryState;
  readonly action: SecondaryAction | undefined;
  /** When to be woken with a tick at the latest, if nothing happens before. */
  readonly wakeAtMs: number | undefined;
  /** What was decided, if anything was; `debug`: it only repeats an earlier decision. */
  readonly decision: string | undefined;
  readonly severity?: "debug" | "info" | "warn";
}

/** What holds before anything is known. */
export const SECONDARY_INITIAL_STATE: SecondaryState = {
  phase: "unsure",
  view: undefined,
  goneSinceMs: undefined,
  conditionsMetSinceMs: undefined,
  isPromoting: false,
  isPrepared: false,
  isOnHold: false,
  action: 0,
  startAgainMs: -Infinity,
  failedStarts: 0,
  stopAgainMs: undefined,
  checkAtMs: Infinity,
  ending: "no",
};

/** A node that becomes Secondary may be promoted at once, as at boot: it is not worth a start that is taken back. */
export const CONDITIONS_MS = 5_000;
/** A dump of drbdsetup that lacks the resource is followed by the next one within this. */
export const GONE_MS = 5_000;
export const SECONDARY_START_AGAIN_MS = 20_000;
export const SECONDARY_STOP_AGAIN_MS = 5_000;
/** How often it is checked whether they still run. */
export const SECONDARY_CHECK_MS = 60_000;
/** While the snapshot is stale, it is looked at again after this. */
const STALE_MS = 1_000;

/** Takes `input` at `moment` and says what follows. */
export function secondaryStep(
  before: SecondaryState,
  input: SecondaryInput,
  moment: SecondaryMoment,
): SecondaryStep {
  const state = applyInput(before, input, moment);
  const found = input.kind === "found" ? input.services : undefined;
  switch (state.phase) {
    case "unsure":
      return rest(state);
    case "stopped":
      return considerStart(state, moment, found === "inactive" && before.phase === "started");
    case "starting":
    case "started":
      return considerStop(state, moment, hasFailed(input, state), found);
    case "stopping":
      if (state.stopAgainMs === undefined) return rest(state);
      if (moment.nowMs < state.stopAgainMs) return rest(state, state.stopAgainMs);
      return stop(state, "the last stop failed", "debug");
  }
}

function applyInput(
  state: SecondaryState,
  input: SecondaryInput,
  { nowMs }: SecondaryMoment,
): SecondaryState {
  const goneSinceMs = state.view === undefined ? state.goneSinceMs ?? nowMs : undefined;
  switch (input.kind) {
    case "resource":
      return withConditions({
        ...state,
        view: input.view,
        goneSinceMs: input.view === undefined ? goneSinceMs ?? nowMs : undefined,
      }, nowMs);
    case "promoting":
      return withConditions({ ...state, goneSinceMs, isPromoting: input.isPromoting }, nowMs);
    case "prepared":
      return later({ ...state, goneSinceMs, isPrepared: true }, nowMs);
    case "hold":
      return later({ ...state, goneSinceMs, isOnHold: input.isOnHold }, nowMs);
    case "found":
      return find({ ...state, goneSinceMs, checkAtMs: nowMs + SECONDARY_CHECK_MS }, input.services, nowMs);
    case "finished":
      return input.action === state.action ? finish({ ...state, goneSinceMs }, input.outcome, nowMs) : state;
    case "end":
      return { ...state, goneSinceMs, ending: input.stopServices ? "stopServices" : "keepServices" };
    case "tick":
      return { ...state, goneSinceMs };
  }
}

/** What delayed these services may also delay a promotion, which goes first afterwards. */
function later(state: SecondaryState, nowMs: number): SecondaryState {
  return { ...state, startAgainMs: Math.max(state.startAgainMs, nowMs + CONDITIONS_MS) };
}

function withConditions(state: SecondaryState, nowMs: number): SecondaryState {
  return {
    ...state,
    conditionsMetSinceMs: unmetCondition(state) === undefined
      ? state.conditionsMetSinceMs ?? nowMs
      : undefined,
  };
}

/** Why they have no place here; undefined if they may run. */
function unmetCondition({ view, isPromoting }: SecondaryState): string | undefined {
  if (view?.role === "Primary") return "the resource is Primary here";
  if (isPromoting) return "the resource is to be promoted here";
  if (view === undefined) return "the resource is not up in DRBD";
  if (view.role !== "Secondary") return `the role of the resource is ${view.role}`;
  if (view.disks.length === 0) return "the resource has no volume";
  const disk = view.disks.find((each) => each !== "UpToDate");
  return disk === undefined ? undefined : `a local disk is ${disk}`;
}

function find(state: SecondaryState, services: SecondaryFound, nowMs: number): SecondaryState {
  if (state.phase === "unsure") return { ...state, phase: services === "inactive" ? "stopped" : "started" };
  if (state.phase !== "started" || services !== "inactive") return state;
  return { ...state, phase: "stopped", startAgainMs: nowMs + SECONDARY_START_AGAIN_MS };
}

function finish(state: SecondaryState, outcome: "ok" | "failed", nowMs: number): SecondaryState {
  if (state.phase === "starting") {
    return outcome === "ok"
      ? { ...state, phase: "started", failedStarts: 0, checkAtMs: nowMs + SECONDARY_CHECK_MS }
      : {
        ...state,
        failedStarts: state.failedStarts + 1,
        startAgainMs: nowMs + SECONDARY_START_AGAIN_MS,
      };
  }
  if (state.phase !== "stopping") return state;
  return outcome === "ok"
    ? { ...state, phase: "stopped", stopAgainMs: undefined }
    : { ...state, stopAgainMs: nowMs + SECONDARY_STOP_AGAIN_MS };
}

/** The start in progress has failed. */
function hasFailed(input: SecondaryInput, { phase, action }: SecondaryState): boolean {
  return phase === "starting" && input.kind === "finished" && input.action === action;
}

function considerStart(
  state: SecondaryState,
  { nowMs, isStale }: SecondaryMoment,
  isNew: boolean,
): SecondaryStep {
  const { conditionsMetSinceMs, isPrepared, isOnHold, ending, startAgainMs, failedStarts } = state;
  const news = isNew
    ? { decision: "stopped by somebody else, or by itself", severity: "warn" } as const
    : { decision: undefined };
  if (conditionsMetSinceMs === undefined || !isPrepared || isOnHold || ending !== "no") {
    return { ...rest(state), ...news };
  }
  if (isStale) return { ...rest(later(state, nowMs), nowMs + STALE_MS), ...news };
  const dueMs = Math.max(conditionsMetSinceMs + CONDITIONS_MS, startAgainMs);
  if (nowMs < dueMs) return { ...rest(state, dueMs), ...news };
  return {
    state: { ...state, phase: "starting", action: state.action + 1 },
    action: { kind: "start", number: state.action + 1 },
    wakeAtMs: undefined,
    decision: "start: the resource is Secondary and UpToDate here",
    severity: failedStarts > 0 ? "debug" : "info",
  };
}

function considerStop(
  state: SecondaryState,
  { nowMs, isStale }: SecondaryMoment,
  isStartFailed: boolean,
  found: SecondaryFound | undefined,
): SecondaryStep {
  if (state.ending === "stopServices") return stop(state, "drbdd ends");
  const why = unmetCondition(state);
  const isGone = state.view === undefined && !state.isPromoting;
  // Whether a resource is there cannot be said before the first dump, nor while drbdsetup is restarted.
  const goneMs = isGone
    ? Math.max((state.goneSinceMs ?? nowMs) + GONE_MS, isStale ? nowMs + STALE_MS : 0)
    : 0;
  if (why !== undefined && nowMs >= goneMs) return stop(state, why);
  if (isStartFailed) return stop(state, "the start failed", state.failedStarts > 1 ? "debug" : "info");
  if (found === "partial" && state.phase === "started") {
    return stop(state, "only a part of them runs", "warn");
  }
  const isCheckDue = state.phase === "started" && nowMs >= state.checkAtMs;
  const checkAtMs = isCheckDue ? nowMs + SECONDARY_CHECK_MS : state.checkAtMs;
  const wakeAtMs = Math.min(isGone ? goneMs : Infinity, state.phase === "started" ? checkAtMs : Infinity);
  const step = rest({ ...state, checkAtMs }, wakeAtMs === Infinity ? undefined : wakeAtMs);
  return isCheckDue ? { ...step, action: { kind: "look" } } : step;
}

function stop(
  state: SecondaryState,
  why: string,
  severity: SecondaryStep["severity"] = "info",
): SecondaryStep {
  const action = state.action + 1;
  return {
    state: { ...state, phase: "stopping", action, stopAgainMs: undefined },
    action: { kind: "stop", number: action },
    wakeAtMs: undefined,
    decision: `stop: ${why}`,
    severity,
  };
}

function rest(state: SecondaryState, wakeAtMs?: number): SecondaryStep {
  return { state, action: undefined, wakeAtMs, decision: undefined };
}
