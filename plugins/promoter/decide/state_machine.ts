/**
 * The promoter's state machine: decides what to do about one resource. Pure: it gets what happened and the time, and returns actions,
 * when to be called again, and the reason. It never waits; the controller executes the actions and reports how they ended.
 *
 *     unsure   -> stopped   no services are running
 *     unsure   -> started   the services are running
 *     unsure   -> frozen    they are frozen
 *     unsure   -> freezing  some are frozen, without quorum
 *     unsure   -> stopping  an earlier stop has left something
 *     stopped  -> starting  a start is due
 *     stopped  -> started   somebody else has started them
 *     stopped  -> frozen    they are frozen
 *     stopped  -> freezing  some are frozen, without quorum
 *     stopped  -> stopping  a cancelled start promoted the resource after all, or a demotion failed
 *     starting -> started   done
 *     starting -> stopped   the race was lost, nothing was started
 *     starting -> stopping  the start failed, or a stop is due
 *     starting -> freezing  quorum is lost, policy freeze
 *     started  -> starting  part of the start list does not run yet
 *     started  -> freezing  quorum is lost, policy freeze
 *     started  -> stopping  a stop is due
 *     freezing -> frozen    done
 *     freezing -> stopping  not all can be frozen, forced to Secondary, or a stop is due
 *     frozen   -> freezing  a service was started meanwhile
 *     frozen   -> thawing   quorum is back, and it is still Primary
 *     frozen   -> stopping  forced to Secondary, or a stop is due
 *     thawing  -> started   done
 *     thawing  -> frozen    it failed, retried in 5 s
 *     thawing  -> freezing  quorum is lost again
 *     thawing  -> stopping  a stop is due
 *     stopping -> stopping  it failed, retried in 5 s
 *     stopping -> stopped   done
 *
 * A stop is due in starting, started, freezing, frozen and thawing: when quorum is lost (policy shutdown); when the resource became
 * Secondary under its services, or is Secondary where they are found running (after 2 s, in which systemd may be restarting them; not
 * during a restart by the shell runner); when a local disk was lost and a peer can take over (policy fail-over); when a better preferred
 * node has been connected and UpToDate for 5 s (policy always); when a service failed for good and a peer can take over
 * (on-service-failure); and when drbdd stops (stop-services-on-exit). It does not wait for a start in progress.
 *
 * On hold nothing is started, and a stop is due only if the services cannot go on: quorum lost, demoted, a disk lost as above, or a start
 * or freeze failed.
 *
 * A start is due in stopped when DRBD has allowed a promotion for a moment, the delay that lets better nodes go first is over, and the
 * last attempt was long enough ago (20 s; 2 s after a lost race). The state of DRBD is evaluated after each whole group of lines, never
 * within one.
 */
import { applyInput } from "./apply_input.ts";
import { moveCameBack, moveReason, nextCheckMs, nextMove } from "./moves/better_nodes.ts";
import { isProtected } from "./start/start_conditions.ts";
import { dueRestarts, ignoreFailure, whyNotRestarted } from "./failures/service_failures.ts";
import { type StartPlan, startPlan } from "./start/start_plan.ts";
import {
  type Input,
  type Moment,
  type ObservedServices,
  type Policy,
  STALE_RETRY_MS,
  type State,
  type Step,
  WITHOUT_PRIMARY_MS,
} from "./state.ts";
import { considerDemoteAgain, considerLatePromotion } from "./left_primary.ts";
import { act, begin, rest, soonest, stop } from "./steps.ts";
import { demotionLastsMs, demotionMessage, returnMessage, stopReason } from "./stop_reason.ts";

const UNFROZEN = "quorum is lost, and a service was started meanwhile";

/** Applies `input` at `moment` and returns what follows. */
export function step(state: State, input: Input, policy: Policy, moment: Moment): Step {
  const now = applyInput(state, input, policy, moment);
  if (state.phase === "unsure" && input.kind === "found" && isLeftBehind(input.services)) {
    return stop(now, "an earlier stop has left something behind", moment, "warn");
  }
  const reason = stopReason(state, now, input, policy, moment);
  if (reason !== undefined) {
    // Also of a failed start: somebody may have cancelled it while DRBD was promoting.
    const cutOffMs = now.phase === "starting" ? moment.nowMs : undefined;
    const { backoffMs, moveTo, why, severity } = reason;
    const moved = moveTo === undefined
      ? now.moved
      : { peer: moveTo, primary: undefined, sinceMs: moment.nowMs };
    return stop({ ...now, backoffMs, cutOffMs, moved }, why, moment, severity);
  }
  if (isFoundFrozen(state, now, input)) return considerFreeze(now, policy, moment);
  if (runsUnfrozen(now, input)) return considerFreeze(now, policy, moment, UNFROZEN);
  const next = considerDemotion(state, decide(state, now, policy, moment), policy);
  return input.kind === "unitFailed" && (policy.onServiceFailure === "ignore" || now.isOnHold)
    ? ignoreFailure(next, input.unit, policy, moment)
    : next;
}

function isLeftBehind(services: ObservedServices): boolean {
  return services === "halfStopped" || services === "leftPrimary";
}

/** Freezing may have been interrupted: without quorum, all services are frozen again. */
function isFoundFrozen(before: State, now: State, input: Input): boolean {
  return input.kind === "found" && now.phase === "frozen" && before.phase !== "frozen" &&
    now.view?.quorum === false;
}

/** Somebody started a service while the others are frozen. */
function runsUnfrozen(now: State, input: Input): boolean {
  return input.kind === "unfrozen" && now.phase === "frozen" && now.view?.quorum === false;
}

/** What follows in each phase, apart from a stop. */
function decide(before: State, now: State, policy: Policy, moment: Moment): Step {
  switch (now.phase) {
    case "stopped":
      return considerLatePromotion(now, moment) ??
        considerDemoteAgain(considerObserving(before, considerStart(now, policy, moment)), policy, moment);
    case "started":
      return considerMove(
        before,
        considerRestarts(
          before,
          considerCompletion(considerFreeze(now, policy, moment), policy, moment),
          policy,
          moment,
        ),
        moment,
      );
    case "thawing":
      return considerFreeze(now, policy, moment);
    case "frozen":
      return considerThaw(now, moment);
    case "stopping":
      return considerStopAgain(now, moment);
    case "starting":
      // What has been started must not go on without quorum.
      return considerMove(before, considerFreezeOfStart(now, policy, moment), moment);
    case "unsure":
    case "freezing":
      return rest(now);
  }
}

function considerStart(state: State, policy: Policy, moment: Moment): Step {
  const plan = startPlan(state, policy, moment);
  if (plan.kind === "start") {
    const { state: free, news } = moveCameBack(state, moment.nowMs);
    const started = begin({
      ...free,
      leftPrimaryTimes: 0,
      lastAttemptMs: moment.nowMs,
      refusedMs: undefined,
      isRaceLost: false,
      lastOutageMs: -Infinity,
      loggedWaitReason: undefined,
    }, "starting");
    return act(started, { kind: "start", number: started.action, why: plan.why + news });
  }
  const wakeAtMs = plan.kind === "wait" ? plan.atMs : undefined;
  // Preconditions of the start are being checked, or what somebody else promoted: not worth reporting.
  const isUnknown = state.isObserving || (plan.why === undefined && moment.nowMs < state.startCheckMs);
  return {
    state: { ...state, loggedWaitReason: isUnknown ? state.loggedWaitReason : plan.why },
    actions: [],
    wakeAtMs,
    decision: isUnknown ? undefined : waiting(state, plan, moment),
  };
}

/** Somebody else made the resource Primary, or such a Primary loses quorum: if the target was started, it must be managed. */
function considerObserving(before: State, { state, actions, ...rest }: Step): Step {
  const { view } = state;
  const isForeign = view?.role === "Primary" && !state.isOurs && actions.length === 0;
  const isNew = before.view?.role !== "Primary" || (before.view.quorum && view?.quorum === false);
  if (!isForeign || !isNew || before.view === view) return { state, actions, ...rest };
  // What follows is reported when it is known.
  const asked = { ...state, isObserving: true, loggedWaitReason: before.loggedWaitReason };
  return act(asked, { kind: "look", why: "somebody else made the resource Primary here" });
}

/**
 * Units that were not started (drbdd ended during a start, or the start list grew) are started now, but not before it is clear that the
 * services go on.
 */
function considerCompletion(otherwise: Step, policy: Policy, moment: Moment): Step {
  const { state, actions, wakeAtMs = Infinity } = otherwise;
  if (!state.isIncomplete || actions.length > 0 || state.demotedSinceMs !== undefined) return otherwise;
  const completion = considerStart(state, policy, moment);
  const soonestMs = Math.min(completion.wakeAtMs ?? Infinity, wakeAtMs);
  if (completion.actions.length > 0 || soonestMs === Infinity) return completion;
  return { ...completion, wakeAtMs: soonestMs };
}

/** Reported once for each reason. */
function waiting(
  state: State,
  plan: Exclude<StartPlan, { kind: "start" }>,
  { nowMs }: Moment,
): string | undefined {
  if (plan.why === undefined || plan.why === state.loggedWaitReason) return undefined;
  return plan.kind === "none"
    ? `wait: ${plan.why}`
    : `wait ${Math.ceil((plan.atMs - nowMs) / 100) / 10} s: ${plan.why}`;
}

function considerFreezeOfStart(state: State, policy: Policy, moment: Moment): Step {
  return state.view?.role === "Primary" ? considerFreeze(state, policy, moment) : rest(state);
}

/** Quorum is lost, policy freeze: the services keep their memory until it is clear which side goes on. */
function considerFreeze(state: State, policy: Policy, moment: Moment, why = "quorum is lost"): Step {
  const { view } = state;
  if (policy.onQuorumLoss === "freeze" && view !== undefined && !view.quorum) {
    const freezing = begin(state, "freezing");
    return act(freezing, { kind: "freeze", number: freezing.action, why }, "warn");
  }
  return restWithoutPrimary(state, moment);
}

/** Services that run or are frozen without a Primary are observed again if that lasts too long. */
function restWithoutPrimary(state: State, { nowMs }: Moment): Step {
  const isLookedAfter = state.phase === "started" || state.phase === "frozen";
  if (!isLookedAfter || state.view?.role === "Primary") return rest(state);
  return rest(state, Math.max(state.startedSinceMs + WITHOUT_PRIMARY_MS, nowMs + STALE_RETRY_MS));
}

/** It may be momentary: then nothing has to be done. */
function considerDemotion(before: State, otherwise: Step, policy: Policy): Step {
  const { state, wakeAtMs = Infinity, decision } = otherwise;
  if (state.demotedSinceMs === undefined) {
    const isBack = before.demotedSinceMs !== undefined && state.view?.role === "Primary";
    return isBack && decision === undefined ? { ...otherwise, ...returnMessage(before, policy) } : otherwise;
  }
  const soonestMs = Math.min(wakeAtMs, demotionLastsMs(state, policy));
  const waiting = { ...otherwise, wakeAtMs: soonestMs === Infinity ? undefined : soonestMs };
  const news = decision === undefined ? demotionMessage(before, state, policy) : undefined;
  return news === undefined ? waiting : { ...waiting, decision: news, severity: "warn" };
}

function considerThaw(state: State, moment: Moment): Step {
  const { view, retryAtMs } = state;
  const isFree = view?.role === "Primary" && view.quorum && view.primaryPeer === undefined;
  // To go on after others may have taken over has the same conditions as a start.
  if (!isFree || !isProtected(state, moment)) return restWithoutPrimary(state, moment);
  if (retryAtMs !== undefined && moment.nowMs < retryAtMs) return rest(state, retryAtMs);
  const thawing = begin(state, "thawing");
  return act(thawing, {
    kind: "thaw",
    number: thawing.action,
    why: "quorum is back and the resource is still Primary",
  });
}

function considerStopAgain(state: State, moment: Moment): Step {
  const { retryAtMs } = state;
  if (retryAtMs === undefined) return rest(state);
  if (moment.nowMs < retryAtMs) return rest(state, retryAtMs);
  return stop(state, "the last stop failed", moment, "debug");
}

/** Restarts failed units here, unless something else follows. */
function considerRestarts(before: State, otherwise: Step, policy: Policy, moment: Moment): Step {
  if (otherwise.actions.length > 0) return otherwise;
  const { state, units, nextMs } = dueRestarts(otherwise.state, policy, moment);
  const wakeAtMs = soonest(otherwise.wakeAtMs, nextMs);
  if (units.length === 0) {
    const news = otherwise.decision === undefined
      ? whyNotRestarted(before, state, policy, moment.nowMs)
      : undefined;
    const { decision = news, severity = news === undefined ? undefined : "warn" } = otherwise;
    return { ...otherwise, wakeAtMs, decision, ...(severity === undefined ? {} : { severity }) };
  }
  return {
    state: { ...state, restartLastsMs: Infinity },
    actions: units.map(({ unit, why }) => ({ kind: "restartUnit", unit, why })),
    wakeAtMs,
    decision: units.map(({ unit, why }) => `restart ${unit}: ${why}`).join("; "),
    severity: "warn",
  };
}

/** A move to a better node may be due later; the reason is reported when it is certain. */
function considerMove(before: State, otherwise: Step, { nowMs, isStale }: Moment): Step {
  const { state } = otherwise;
  if (state.protection === "none") return otherwise;
  const move = nextMove(state);
  const isNew = move !== undefined && nextMove(before)?.peer !== move.peer && move.atMs > nowMs;
  const seconds = move === undefined ? 0 : Math.ceil((move.atMs - nowMs) / 1000);
  const news = isNew
    ? `wait ${seconds} s: the services move to ${moveReason(state, move.peer).where}`
    : undefined;
  const atMs = isStale ? Math.max(nextCheckMs(state), nowMs + STALE_RETRY_MS) : nextCheckMs(state);
  return { ...otherwise, wakeAtMs: soonest(otherwise.wakeAtMs, atMs), decision: otherwise.decision ?? news };
}
