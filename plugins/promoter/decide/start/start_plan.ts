/** Whether a start is due, when it will be, or what it waits for. */
import { delayMs, delayParts } from "./promotion_delay.ts";
import { apartUntilMs, neighboursHere } from "../moves/neighbours.ts";
import { isProtected } from "./start_conditions.ts";
import { canTakeOver } from "../failures/service_failures.ts";
import {
  DEMOTION_EVENT_DELAY_MS,
  LOST_RACE_MS,
  type Moment,
  type Policy,
  SETTLE_MS,
  STALE_RETRY_MS,
  START_INTERVAL_MS,
  type State,
} from "../state.ts";

/** How often to plan again while preconditions of a start are checked. */
const CHECK_AGAIN_MS = 1_000;

/**
 * `drbdadm down` first removes the connections one by one: in between DRBD may allow a promotion with the remaining peers, and no missing
 * peer is left for which fencing would need time.
 */
const CONNECTION_REMOVED_MS = 5_000;

export type StartPlan =
  | { readonly kind: "start"; readonly why: string }
  /** To be planned again at `atMs`. */
  | { readonly kind: "wait"; readonly atMs: number; readonly why: string | undefined }
  /** Something else must change first. */
  | { readonly kind: "none"; readonly why: string | undefined };

/** An answer starts it at once; without one it is planned again then. */
const ANSWER_AGAIN_MS = 1_000;

const FOREIGN =
  "the resource is Primary here, but drbdd did not promote it: left alone until it is Secondary";

const ON_HOLD = "the resource is on hold (drbddctl unhold ends that)";

/** `state` is stopped. A plan without `why` has no reason worth reporting. */
export function startPlan(state: State, policy: Policy, moment: Moment): StartPlan {
  const { view, protection } = state;
  if (state.ending !== "no" || view === undefined) return { kind: "none", why: undefined };
  if (view.role === "Primary" && !state.isOurs) return { kind: "none", why: FOREIGN };
  const isAllowed = view.mayPromote || (state.isOurs && view.role === "Primary");
  if (!isAllowed || !view.quorum || view.primaryPeer !== undefined) return { kind: "none", why: undefined };
  // The checks of DRBD's options and of the preparation report what is missing.
  if (protection === undefined || protection === "none" || !state.isPrepared) {
    return { kind: "none", why: undefined };
  }
  if (state.isOnHold) return { kind: "none", why: ON_HOLD };
  const parts = delayParts(view, policy, protection, moment.node);
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
      why: `${neighboursHere(state)} (not-with)`,
    },
    { atMs: backoffEndMs(state), why: "the services failed here" },
    {
      atMs: state.connectionRemovedMs + CONNECTION_REMOVED_MS,
      why: "a connection was removed; the resource may be being taken down",
    },
    {
      atMs: state.stoppedSinceMs + (view.mayPromote ? 0 : DEMOTION_EVENT_DELAY_MS),
      why: "it was just stopped",
    },
  ];
  const last = due.reduce((latest, each) => each.atMs > latest.atMs ? each : latest);
  // The time is not known: preconditions are being checked.
  if (last.atMs === Infinity) return { kind: "wait", atMs: moment.nowMs + CHECK_AGAIN_MS, why: undefined };
  if (moment.nowMs < last.atMs) {
    return { kind: "wait", atMs: last.atMs, why: last.why === "" ? undefined : last.why };
  }
  // The options are being asked for, or their check reports the problem. That is no reason to give up the resource.
  if (!isProtected(state, moment)) {
    return { kind: "wait", atMs: moment.nowMs + ANSWER_AGAIN_MS, why: undefined };
  }
  if (moment.isStale) {
    return { kind: "wait", atMs: moment.nowMs + STALE_RETRY_MS, why: "drbdsetup events2 is not running" };
  }
  return { kind: "start", why: view.mayPromote ? "DRBD may promote here" : "the resource is Primary here" };
}

/** A failed start may fail again. A lost race says nothing about the time after the winner is gone. */
function nextAttempt({ lastAttemptMs = -Infinity, refusedMs, isRaceLost }: State) {
  return refusedMs !== undefined && isRaceLost
    ? { atMs: refusedMs + LOST_RACE_MS, why: "a promotion race was just lost" }
    : { atMs: lastAttemptMs + START_INTERVAL_MS, why: "the last attempt was less than 20 s ago" };
}

/** Does not wait for nodes that cannot take over: then as after a failed start. */
function backoffEndMs({ backoffUntilMs, stoppedSinceMs, view }: State): number {
  return canTakeOver(view) ? backoffUntilMs : Math.min(backoffUntilMs, stoppedSinceMs + START_INTERVAL_MS);
}
