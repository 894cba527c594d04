/** A Primary without services that drbdd has left: nobody else can be Primary, so it is demoted. */
import { startPlan } from "./start/start_plan.ts";
import {
  DEMOTION_EVENT_DELAY_MS,
  LATE_PROMOTION_MS,
  LEFT_PRIMARY_MS,
  LONGEST_LEFT_PRIMARY_MS,
  type Moment,
  type Policy,
  STALE_RETRY_MS,
  type State,
  type Step,
} from "./state.ts";
import { rest, soonest, stop } from "./steps.ts";

/** A start was cancelled after DRBD had accepted the promotion: the Primary without services would block the others. */
export function considerLatePromotion(state: State, { nowMs }: Moment): Step | undefined {
  const { view, cutOffMs = -Infinity, stoppedSinceMs } = state;
  if (view?.role !== "Primary" || nowMs - cutOffMs > LATE_PROMOTION_MS) return undefined;
  // It may have been demoted already, with the event still to come.
  const dueMs = stoppedSinceMs + DEMOTION_EVENT_DELAY_MS;
  if (nowMs < dueMs) return rest(state, dueMs);
  return stop(
    { ...state, cutOffMs: -Infinity },
    "the start that was cut off promoted the resource after all",
    { nowMs },
  );
}

/**
 * A demotion failed and there is nothing to start on the Primary that is left: it is retried at a falling rate. A Primary for which
 * nothing was stopped is not drbdd's.
 */
export function considerDemoteAgain(otherwise: Step, policy: Policy, moment: Moment): Step {
  const { state, actions, wakeAtMs } = otherwise;
  const isLeft = state.view?.role === "Primary" && state.isOurs && state.stoppedSinceMs > -Infinity &&
    state.ending === "no" && !state.isOnHold && isProtected(state);
  const willStart = actions.length > 0 || startPlan(state, policy, moment).kind !== "none";
  if (!isLeft || willStart) return otherwise;
  const pauseMs = Math.min(LEFT_PRIMARY_MS * 2 ** state.leftPrimaryTimes, LONGEST_LEFT_PRIMARY_MS);
  const dueMs = Math.max(
    state.stoppedSinceMs + pauseMs,
    moment.isStale ? moment.nowMs + STALE_RETRY_MS : -Infinity,
  );
  if (moment.nowMs < dueMs) return { ...otherwise, wakeAtMs: soonest(wakeAtMs, dueMs) };
  const again = { ...state, leftPrimaryTimes: state.leftPrimaryTimes + 1 };
  return stop(again, "the resource is still Primary here, though nothing runs on it", moment, "warn");
}

function isProtected({ protection }: State): boolean {
  return protection === "quorum" || protection === "fencing";
}
