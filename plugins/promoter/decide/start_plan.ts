/** Whether a start is due, when it will be, or what it waits for. */
import { delayMs, delayParts } from "./promotion_delay.ts";
import { apartUntilMs, whoIsHere } from "./neighbours.ts";
import { isProtected } from "./prospects.ts";
import { canTakeOver } from "./service_failures.ts";
import {
  LOST_RACE_MS,
  type Moment,
  NEWS_OF_DEMOTION_MS,
  type Policy,
  SETTLE_MS,
  STALE_RETRY_MS,
  START_INTERVAL_MS,
  type State,
} from "./state.ts";

/** While a start waits for what it needs, the plan is made again after this. */
const CHECK_AGAIN_MS = 1_000;

/**
 * drbdadm down removes the connections first, one by one: in between DRBD may promote with whoever is left, and nobody is
 * missing any more for whom fencing would need time.
 */
const CONNECTION_REMOVED_MS = 5_000;

export type StartPlan =
  | { readonly kind: "start"; readonly why: string }
  /** At `atMs` it is to be looked at again. */
  | { readonly kind: "wait"; readonly atMs: number; readonly why: string | undefined }
  /** Something has to change first. */
  | { readonly kind: "none"; readonly why: string | undefined };

/** An answer starts what is due at once; without one it is looked at again after this. */
const ANSWER_AGAIN_MS = 1_000;

const FOREIGN =
  "the resource is Primary here, but drbdd did not promote it: left alone until it is Secondary";

const ON_HOLD = "the resource is on hold (drbddctl unhold ends that)";

/** `state` is stopped. In the plan, `why` is absent where it is so plain that it is not worth saying. */
export function startPlan(state: State, policy: Policy, moment: Moment): StartPlan {
  const { view, avoidance } = state;
  if (state.ending !== "no" || view === undefined) return { kind: "none", why: undefined };
  if (view.role === "Primary" && !state.isOurs) return { kind: "none", why: FOREIGN };
  const isAllowed = view.mayPromote || (state.isOurs && view.role === "Primary");
  if (!isAllowed || !view.quorum || view.primaryPeer !== undefined) return { kind: "none", why: undefined };
  // Whoever looks at DRBD's options, and whoever prepares the resource, says what is in the way.
  if (avoidance === undefined || avoidance === "none" || !state.isPrepared) {
    return { kind: "none", why: undefined };
  }
  if (state.isOnHold) return { kind: "none", why: ON_HOLD };
  const parts = delayParts(view, policy, avoidance, moment.node);
  const due = [
    {
      atMs: (state.promotableSinceMs ?? -Infinity) + Math.max(SETTLE_MS, delayMs(parts, policy)),
      why: parts.map((part) => part.why).join(", "),
    },
    nextAttempt(state),
    { atMs: state.startCheckMs, why: "" },
    {
      atMs: view.role === "Primary"
        ? -Infinity
        : apartUntilMs(state, state.promotableSinceMs, policy, canTakeOver(view)),
      why: `${whoIsHere(state)} (not-with)`,
    },
    { atMs: heldBackUntilMs(state), why: "the services failed here" },
    {
      atMs: state.connectionRemovedMs + CONNECTION_REMOVED_MS,
      why: "a connection was removed; the resource may be being taken down",
    },
    { atMs: state.stoppedSinceMs + (view.mayPromote ? 0 : NEWS_OF_DEMOTION_MS), why: "it was just stopped" },
  ];
  const last = due.reduce((latest, each) => each.atMs > latest.atMs ? each : latest);
  // Its end is not known: what a start needs is being looked at.
  if (last.atMs === Infinity) return { kind: "wait", atMs: moment.nowMs + CHECK_AGAIN_MS, why: undefined };
  if (moment.nowMs < last.atMs) {
    return { kind: "wait", atMs: last.atMs, why: last.why === "" ? undefined : last.why };
  }
  // The answer is on its way, or whoever asks says what is in its way. It is no reason to give the resource up.
  if (!isProtected(state, moment)) {
    return { kind: "wait", atMs: moment.nowMs + ANSWER_AGAIN_MS, why: undefined };
  }
  if (moment.isStale) return { kind: "wait", atMs: moment.nowMs + STALE_RETRY_MS, why: "drbdsetup is away" };
  return { kind: "start", why: view.mayPromote ? "DRBD may promote here" : "the resource is Primary here" };
}

/** A start that failed may fail again. A race that was lost says nothing of what happens when the winner is gone. */
function nextAttempt({ lastAttemptMs = -Infinity, refusedMs, isRaceLost }: State) {
  return refusedMs !== undefined && isRaceLost
    ? { atMs: refusedMs + LOST_RACE_MS, why: "a promotion race was just lost" }
    : { atMs: lastAttemptMs + START_INTERVAL_MS, why: "the last attempt was less than 20 s ago" };
}

/** Nobody is waited for who cannot take over: then it is as after a start that failed. */
function heldBackUntilMs({ holdBackUntilMs, stoppedSinceMs, view }: State): number {
  return canTakeOver(view) ? holdBackUntilMs : Math.min(holdBackUntilMs, stoppedSinceMs + START_INTERVAL_MS);
}
