/** What an input changes in what the promoter knows, before anything is decided. */
import { placeAmong } from "./delay.ts";
import { recentRestarts, withRestart } from "./restarts.ts";
import {
  type Found,
  HOLD_BACK_MS,
  type Input,
  type Moment,
  NEWS_OF_PROMOTION_MS,
  type Phase,
  type Policy,
  RETRY_MS,
  type State,
} from "./state.ts";
import type { View } from "./view.ts";

type Finished = Extract<Input, { kind: "finished" }>;

/** Services run here, or may do so. */
export function isActive(phase: Phase): boolean {
  return phase !== "unsure" && phase !== "stopped" && phase !== "stopping";
}

export function absorb(state: State, input: Input, policy: Policy, moment: Moment): State {
  switch (input.kind) {
    case "resource":
      return see(state, input.view, policy, moment);
    case "avoidance":
      return { ...state, avoidance: input.avoidance };
    case "prepared":
      return { ...state, isPrepared: true };
    case "found":
      return find(state, input.services, moment);
    case "finished":
      return input.action === state.action ? finish(state, input, policy, moment) : state;
    case "end":
      return { ...state, ending: input.stopServices ? "stopServices" : "keepServices" };
    case "restarted":
      return state.restartLastsMs === Infinity
        ? { ...state, restartLastsMs: moment.nowMs + NEWS_OF_PROMOTION_MS }
        : state;
    case "unitFailed":
    case "tick":
      return state;
  }
}

function see(state: State, view: View | undefined, policy: Policy, moment: Moment): State {
  const active = isActive(state.phase);
  const isPrimary = view?.role === "Primary";
  return {
    ...state,
    view,
    // Should it come again, it may do so with other options. One that is left alone stays so until they are known.
    avoidance: view === undefined && state.avoidance !== "none" ? undefined : state.avoidance,
    promotableSinceMs: view?.mayPromote ? state.promotableSinceMs ?? moment.nowMs : undefined,
    demotedSinceMs: demotedSince(state, view, moment),
    isOurs: isPrimary && (state.isOurs || active || state.phase === "unsure"),
    lostVolumes: active ? stillLost(state, view) : [],
    betterPeers: active ? betterPeers(state, view, policy, moment) : [],
  };
}

function demotedSince(
  { phase, view: before, demotedSinceMs }: State,
  view: View | undefined,
  { nowMs }: Moment,
) {
  if (!isActive(phase) || view === undefined || view.role === "Primary") return undefined;
  return before?.role === "Primary" ? nowMs : demotedSinceMs;
}

/** Volumes whose disk was lost while the services ran: a start without a disk is no loss. */
function stillLost({ lostVolumes, view: before }: State, view: View | undefined): number[] {
  if (view === undefined || before === undefined) return [];
  return view.lostVolumes.filter((volume) =>
    lostVolumes.includes(volume) || !before.lostVolumes.includes(volume)
  );
}

/** Peers that became UpToDate while the services ran, and are preferred to this node. */
function betterPeers(state: State, view: View | undefined, policy: Policy, { node }: Moment): string[] {
  const { betterPeers: known, view: before } = state;
  if (view === undefined || before === undefined) return [];
  const own = placeAmong(policy.preferredNodes, node);
  return view.upToDatePeers.filter((peer) =>
    placeAmong(policy.preferredNodes, peer) < own &&
    (known.includes(peer) || !before.upToDatePeers.includes(peer))
  );
}

/** Looked at when drbdd began, or because somebody else made the resource Primary while nothing ran of drbdd's doing. */
function find(state: State, services: Found, { nowMs }: Moment): State {
  const isFirst = state.phase === "unsure";
  if (!isFirst && state.phase !== "stopped") return state;
  if (services === "inactive") return { ...state, phase: "stopped" };
  return {
    ...state,
    phase: services === "frozen" ? "frozen" : "started",
    // What another one has begun is looked after, but it is his to complete.
    isIncomplete: isFirst && services === "partial",
    isOurs: state.view?.role === "Primary",
    startedSinceMs: nowMs,
    // Where they end because of it, the demotion was before anybody looked.
    demotedSinceMs: services === "ending" && state.view?.role === "Secondary" ? nowMs : undefined,
  };
}

function finish(state: State, input: Finished, policy: Policy, moment: Moment): State {
  const { outcome } = input;
  const { nowMs } = moment;
  switch (state.phase) {
    case "starting":
      if (outcome === "ok") return { ...state, phase: "started", startedSinceMs: nowMs };
      return outcome === "nothingBegan" ? { ...state, phase: "stopped", demotedSinceMs: undefined } : state;
    case "stopping":
      if (outcome === "failed") return { ...state, retryAtMs: nowMs + RETRY_MS };
      return stopped(state, input.failedUnit, policy, moment);
    case "freezing":
      return { ...state, phase: "frozen" };
    case "thawing":
      if (outcome === "failed") return { ...state, phase: "frozen", retryAtMs: nowMs + RETRY_MS };
      return { ...state, phase: "started", startedSinceMs: nowMs };
    case "unsure":
    case "stopped":
    case "started":
    case "frozen":
      return state;
  }
}

/**
 * A unit that fails may take the others and the promotion along, by its dependencies, before anybody can do something
 * else about it. What is to follow a failure follows then, too.
 */
function stopped(state: State, failedUnit: string | undefined, policy: Policy, { nowMs }: Moment): State {
  const isNews = failedUnit !== undefined && state.holdBackMs === 0 && policy.onServiceFailure !== "ignore";
  const before = isNews ? recentRestarts(state, failedUnit, nowMs).length : 0;
  const isRestart = isNews && policy.onServiceFailure === "restart" && before < policy.serviceFailureLimit;
  const holdBackMs = isNews && !isRestart ? HOLD_BACK_MS : state.holdBackMs;
  return {
    ...state,
    phase: "stopped",
    stoppedSinceMs: nowMs,
    holdBackUntilMs: Math.max(state.holdBackUntilMs, nowMs + holdBackMs),
    holdBackMs: 0,
    // A stop for another reason in between does not make a service any better: its restarts still count.
    restarts: isRestart
      ? withRestart(state, failedUnit, nowMs)
      : holdBackMs >= HOLD_BACK_MS
      ? []
      : state.restarts,
    lostVolumes: [],
    betterPeers: [],
  };
}
