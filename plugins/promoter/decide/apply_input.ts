/** Applies an input to the state, before anything is decided. */
import {
  betterPeersIn,
  CHECK_BETTER_PEERS_MS,
  checkBetterPeersAfterReload,
  checkBetterPeersAfterStart,
  followPeers,
  unwanted,
} from "./moves/better_nodes.ts";
import { type Neighbour, withNeighbours } from "./moves/neighbours.ts";
import { withRestart } from "./failures/restarts.ts";
import { failureEffect, lastOutageMs, withFailedUnit } from "./failures/service_failures.ts";
import {
  BACKOFF_MS,
  type Input,
  type Moment,
  type ObservedServices,
  type Phase,
  type Policy,
  PROMOTION_EVENT_DELAY_MS,
  RETRY_MS,
  type State,
} from "./state.ts";
import { invalidatesAnswers } from "./start/start_conditions.ts";
import type { View } from "./view.ts";

type Finished = Extract<Input, { kind: "finished" }>;

/** Services run here, or may do so. */
export function isActive(phase: Phase): boolean {
  return phase !== "unsure" && phase !== "stopped" && phase !== "stopping";
}

export function applyInput(state: State, input: Input, policy: Policy, moment: Moment): State {
  return checkBetterPeersAfterStart(apply(state, input, policy, moment), moment.nowMs);
}

function apply(state: State, input: Input, policy: Policy, moment: Moment): State {
  switch (input.kind) {
    case "resource":
      return applyView(state, input.view, policy, moment);
    case "protection":
      return { ...state, protection: input.protection, protectionAskedMs: input.askedMs };
    case "prepared":
      return { ...state, isPrepared: true };
    case "hold":
      return {
        ...state,
        isOnHold: input.isOnHold,
        failedUnits: state.failedUnits.filter(({ kind }) => kind === "excused"),
      };
    case "neighbours":
      return applyNeighbours(state, input.neighbours, policy, moment);
    case "startCheck":
      return { ...state, startCheckMs: input.untilMs };
    case "found":
      return applyObserved({ ...state, isObserving: false }, input.services, moment);
    case "finished":
      return input.action === state.action ? applyResult(state, input, policy, moment) : state;
    case "examined":
      return state.demotedSinceMs === undefined ? state : { ...state, examined: { stop: input.stop } };
    case "end":
      return { ...state, ending: input.stopServices ? "stopServices" : "keepServices" };
    case "restarted":
      return state.restartLastsMs === Infinity
        ? { ...state, restartLastsMs: moment.nowMs + PROMOTION_EVENT_DELAY_MS }
        : state;
    case "unitFailed":
      return withFailedUnit(state, input, policy, moment);
    case "reloaded":
      return checkBetterPeersAfterReload(state);
    case "unfrozen":
    case "tick":
      return state;
  }
}

/** Where a neighbour runs, other nodes are better. */
function applyNeighbours(
  state: State,
  neighbours: readonly Neighbour[],
  policy: Policy,
  moment: Moment,
): State {
  const next = { ...state, ...withNeighbours(state, neighbours, moment.nowMs) };
  return { ...next, betterPeers: betterPeersIn(next, state.view, isActive(state.phase), policy, moment) };
}

function applyView(state: State, view: View | undefined, policy: Policy, moment: Moment): State {
  const active = isActive(state.phase);
  const demotedSinceMs = demotedSince(state, view, moment);
  const isPrimary = view?.role === "Primary";
  const isAnswerOld = view !== undefined && invalidatesAnswers(state.view, view);
  return {
    ...followPeers(state, view, moment),
    view,
    // If it comes back, its options may differ. One without protection stays unmanaged until they are known.
    protection: view === undefined && state.protection !== "none" ? undefined : state.protection,
    answersCountFromMs: isAnswerOld ? moment.nowMs : state.answersCountFromMs,
    connectionRemovedMs: connectionRemoved(state, view, moment),
    promotableSinceMs: view?.mayPromote ? state.promotableSinceMs ?? moment.nowMs : undefined,
    demotedSinceMs,
    // A restart promotes once, after it has demoted: another demotion has another cause.
    restartLastsMs: isPrimary && state.demotedSinceMs !== undefined ? -Infinity : state.restartLastsMs,
    examined: demotedSinceMs === undefined ? undefined : state.examined,
    isOurs: isPrimary && (state.isOurs || active || state.phase === "unsure"),
    isObserving: state.isObserving && isPrimary,
    lostVolumes: active ? stillLost(state, view) : [],
    leftPrimaryTimes: isPrimary ? state.leftPrimaryTimes : 0,
    isRaceLost: state.isRaceLost || view?.primaryPeer !== undefined,
    betterPeers: betterPeersIn(state, view, active, policy, moment),
    lastOutageMs: lastOutageMs(state, view, moment),
  };
}

/** A resource that comes back after it was taken down has lost no disk. */
function connectionRemoved(
  { view: before, connectionRemovedMs }: State,
  view: View | undefined,
  { nowMs }: Moment,
) {
  if (view === undefined || before === undefined) return -Infinity;
  const peers = [...view.connected, ...view.disconnected];
  const isRemoved = [...before.connected, ...before.disconnected].some((peer) => !peers.includes(peer));
  return isRemoved ? nowMs : connectionRemovedMs;
}

function demotedSince(
  { phase, view: before, demotedSinceMs }: State,
  view: View | undefined,
  { nowMs }: Moment,
) {
  if (!isActive(phase) || view === undefined || view.role === "Primary") return undefined;
  return before?.role === "Primary" ? nowMs : demotedSinceMs;
}

/** Volumes whose disk was lost while the services ran: a start without a disk is not a loss. */
function stillLost({ lostVolumes, view: before }: State, view: View | undefined): number[] {
  if (view === undefined || before === undefined) return [];
  return view.lostVolumes.filter((volume) =>
    lostVolumes.includes(volume) || !before.lostVolumes.includes(volume)
  );
}

/** Services observed when drbdd started, or because the resource was made Primary while drbdd ran nothing. */
function applyObserved(state: State, services: ObservedServices, { nowMs, isStale }: Moment): State {
  const isFirst = state.phase === "unsure";
  if (!isFirst && state.phase !== "stopped") return state;
  // Half-stopped services are stopped first. Later they were stopped by somebody else.
  if (services === "leftPrimary" && isFirst) return state;
  // A Primary without our promotion is somebody else's, even if an earlier stop of ours has left units.
  if (services === "inactive" || services === "halfStopped" || services === "leftPrimary") {
    return { ...state, phase: "stopped", isOurs: false };
  }
  return {
    ...(services === "frozen" ? { ...state, phase: "frozen" } : running(state, nowMs)),
    // Services started by somebody else are monitored, but not completed.
    isIncomplete: isFirst && services === "partial",
    isOurs: state.view?.role === "Primary",
    startedSinceMs: nowMs,
    // They were started on a Primary: the demotion happened before the observation.
    demotedSinceMs: state.view?.role === "Secondary" && (services === "ending" || !isStale)
      ? nowMs
      : undefined,
  };
}

function applyResult(state: State, input: Finished, policy: Policy, moment: Moment): State {
  const { outcome } = input;
  const { nowMs } = moment;
  switch (state.phase) {
    case "starting":
      if (outcome === "ok") return running(state, nowMs);
      return outcome === "nothingBegan"
        ? { ...state, phase: "stopped", demotedSinceMs: undefined, refusedMs: nowMs }
        : state;
    case "stopping":
      if (outcome === "failed") return { ...state, retryAtMs: nowMs + RETRY_MS };
      return afterStop(state, input.failedUnit, policy, moment);
    case "freezing":
      // What cannot be frozen would go on without quorum, so it is stopped, unless quorum is back and it is thawed at once.
      return outcome === "ok" || mayGoOn(state.view) ? { ...state, phase: "frozen" } : state;
    case "thawing":
      if (outcome === "failed") return { ...state, phase: "frozen", retryAtMs: nowMs + RETRY_MS };
      return running(state, nowMs);
    case "unsure":
    case "stopped":
    case "started":
    case "frozen":
      return state;
  }
}

/** Whether frozen services may be thawed: no other node may run them. */
export function mayGoOn(view: View | undefined): boolean {
  return view !== undefined && view.quorum && view.role === "Primary";
}

/** From now on the services run here. */
function running(state: State, nowMs: number): State {
  return {
    ...state,
    phase: "started",
    startedSinceMs: nowMs,
    checkBetterPeersMs: nowMs + CHECK_BETTER_PEERS_MS,
  };
}

function afterStop(state: State, failedUnit: string | undefined, policy: Policy, moment: Moment): State {
  const { nowMs } = moment;
  const { isLeft, isRestart } = failureEffect(state, failedUnit, policy, moment);
  const backoffMs = isLeft ? BACKOFF_MS : state.backoffMs;
  return {
    ...state,
    phase: "stopped",
    stoppedSinceMs: nowMs,
    backoffUntilMs: Math.max(state.backoffUntilMs, nowMs + backoffMs),
    backoffMs: 0,
    // A stop for another reason does not make a service healthy: its restarts still count.
    restarts: isRestart && failedUnit !== undefined
      ? withRestart(state, failedUnit, nowMs)
      : backoffMs >= BACKOFF_MS
      ? []
      : state.restarts,
    lostVolumes: [],
    betterPeers: unwanted(state.betterPeers),
  };
}
