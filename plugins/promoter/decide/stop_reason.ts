/** Whether the services must be stopped, and why. */
import { isActive } from "./apply_input.ts";
import { moveReason, nextMove } from "./moves/better_nodes.ts";
import { failureToLeave } from "./failures/service_failures.ts";
import {
  BACKOFF_MS,
  type Input,
  type Moment,
  type Policy,
  RESTART_BY_SYSTEMD_MS,
  type Severity,
  START_INTERVAL_MS,
  type State,
  WITHOUT_PRIMARY_MS,
} from "./state.ts";

export interface StopReason {
  readonly why: string;
  readonly severity: Severity;
  /** How long this node backs off after the stop. */
  readonly backoffMs: number;
  /** The better node to which the services move. */
  readonly moveTo?: string;
}

/** `before` is the state before `input`, `now` the one after it. */
export function stopReason(
  before: State,
  now: State,
  input: Input,
  policy: Policy,
  moment: Moment,
): StopReason | undefined {
  if (!isActive(now.phase)) return undefined;
  const failedStart = startFailure(now, input);
  // What failed is an error of its own.
  if (failedStart !== undefined) {
    return { why: failedStart, severity: "info", backoffMs: START_INTERVAL_MS };
  }
  const requested = requestedStop(now);
  if (requested !== undefined) return { why: requested, severity: "info", backoffMs: 0 };
  const unfrozen = freezeFailure(now, input);
  if (unfrozen !== undefined) return { why: unfrozen, severity: "warn", backoffMs: 0 };
  // Without protection nothing is started anywhere: what could only go on elsewhere goes on here.
  const mayMove = now.protection !== "none";
  const outage = quorumLoss(now, policy) ?? lossOfPrimary(before, now, policy, moment) ??
    (mayMove ? lossOfDisk(now, policy) : undefined);
  if (outage !== undefined) {
    // An eviction is planned, and `drbddctl evict` shows its result. Other manual stops deserve a warning.
    const stop = now.examined?.stop;
    const isPlanned = stop?.isEviction === true && outage === stop.why;
    return { why: outage, severity: isPlanned ? "info" : "warn", backoffMs: 0 };
  }
  if (!mayMove) return undefined;
  const failure = failureToLeave(now, policy, moment);
  if (failure !== undefined) return { why: failure, severity: "warn", backoffMs: BACKOFF_MS };
  return betterNode(now, moment);
}

function requestedStop(now: State): string | undefined {
  return now.ending === "stopServices" && !now.isOnHold
    ? "drbdd ends, and stop-services-on-exit is set"
    : undefined;
}

function startFailure(now: State, input: Input): string | undefined {
  const failed = now.phase === "starting" && input.kind === "finished" && input.action === now.action;
  return failed ? "the start failed" : undefined;
}

function freezeFailure(now: State, input: Input): string | undefined {
  const failed = now.phase === "freezing" && input.kind === "finished" && input.action === now.action;
  return failed ? "quorum is lost, and they cannot be frozen" : undefined;
}

function quorumLoss({ view }: State, policy: Policy): string | undefined {
  return view !== undefined && !view.quorum && policy.onQuorumLoss === "shutdown"
    ? "quorum is lost"
    : undefined;
}

/** The resource was demoted or taken down, by DRBD or somebody else: its services cannot work any more. */
function lossOfPrimary(before: State, now: State, policy: Policy, moment: Moment): string | undefined {
  const { nowMs, isStale } = moment;
  // drbdadm down demotes first.
  const wasPrimary = before.view?.role === "Primary" || before.demotedSinceMs !== undefined;
  const isPrimary = now.view?.role === "Primary";
  if (wasPrimary && now.view === undefined) return "the resource is gone";
  if (now.demotedSinceMs !== undefined) {
    return nowMs < demotionLastsMs(now, policy)
      ? undefined
      : now.examined?.stop?.why ?? "demoted unexpectedly";
  }
  const shouldBePrimary = now.phase === "started" || now.phase === "frozen";
  if (!shouldBePrimary || isPrimary || isStale) return undefined;
  // Another node took over while drbdd was not running.
  const peer = now.view?.primaryPeer;
  if (peer !== undefined) return `its services run though the resource is Primary on ${peer}`;
  const isLate = nowMs - now.startedSinceMs >= WITHOUT_PRIMARY_MS;
  return isLate ? "its services run though the resource is not Primary here" : undefined;
}

/**
 * When a demotion is certain not to be part of a restart (by systemd or by the shell runner's lists): at once if it cannot be, and never
 * while a restart goes on.
 */
export function demotionLastsMs(
  { phase, view, restartLastsMs, demotedSinceMs = -Infinity }: State,
  { runner }: Policy,
): number {
  const mayBeRestarted = phase === "started" && view !== undefined && view.quorum &&
    view.primaryPeer === undefined;
  if (!mayBeRestarted) return demotedSinceMs;
  return runner === "systemd"
    ? demotedSinceMs + RESTART_BY_SYSTEMD_MS
    : Math.max(demotedSinceMs, restartLastsMs);
}

/**
 * With systemd it is first checked whether somebody else stopped the services; if so, that is reported with the stop.
 * A demotion and promotion within one group of lines is not seen at all.
 */
export function demotionMessage(before: State, { examined }: State, { runner }: Policy): string | undefined {
  if (runner === "shell") {
    const isNew = before.demotedSinceMs === undefined;
    return isNew ? "demoted while its services are restarted; waiting for that" : undefined;
  }
  const isNew = examined !== undefined && before.examined === undefined;
  return isNew && examined.stop === undefined
    ? "demoted unexpectedly; waiting 2 s for systemd to restart its services"
    : undefined;
}

/** The demotion was momentary. If too short for `demotionMessage`, this reports both. */
export function returnMessage(
  { examined }: State,
  { runner }: Policy,
): { decision: string; severity: Severity } {
  const wasReported = runner === "shell" || (examined !== undefined && examined.stop === undefined);
  return wasReported
    ? { decision: "the resource is Primary again", severity: "info" }
    : { decision: "demoted unexpectedly; the resource is Primary again already", severity: "warn" };
}

function lossOfDisk({ view, lostVolumes }: State, policy: Policy): string | undefined {
  if (policy.onDiskDetach !== "fail-over" || view?.role !== "Primary" || lostVolumes.length === 0) {
    return undefined;
  }
  const canGoOnElsewhere = lostVolumes.every((volume) => view.upToDateElsewhere.includes(volume));
  return canGoOnElsewhere
    ? `the local disk of volume ${lostVolumes.join(", ")} is lost and a peer is UpToDate`
    : undefined;
}

/** The state of peers must not be stale: services are not stopped for a peer that may be gone. */
function betterNode(now: State, { nowMs, isStale }: Moment): StopReason | undefined {
  const move = nextMove(now);
  if (move === undefined || isStale || nowMs < move.atMs) return undefined;
  return { why: moveReason(now, move.peer).why, severity: "info", backoffMs: 0, moveTo: move.peer };
}
