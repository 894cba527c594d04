/** The types of the promoter's state machine: its state, inputs and outputs. See `state_machine.ts`. */
import type { DelayPolicy } from "./start/promotion_delay.ts";
import type { BetterPeer, FailedUnit, Move, Restart, Setback } from "./history.ts";
import type { Neighbour, Neighbourhood } from "./moves/neighbours.ts";
import type { View } from "./view.ts";

export type { BetterPeer, FailedUnit, Move, Restart, Setback } from "./history.ts";

/** The settings of a resource that affect decisions. */
export interface Policy extends DelayPolicy {
  readonly runner: "systemd" | "shell";
  readonly preferredNodesPolicy: "always" | "start-only";
  readonly onDiskDetach: "ignore" | "fail-over";
  readonly onServiceFailure: "ignore" | "restart" | "fail-over";
  /** Restarts of a failed unit within ten minutes before the target is stopped. */
  readonly serviceFailureLimit: number;
}

/** How DRBD prevents two Primaries. `none`: it does not, and drbdd starts nothing of such a resource. */
export type SplitBrainProtection = "quorum" | "fencing" | "none";

export type Phase =
  | "unsure"
  | "stopped"
  | "starting"
  | "started"
  | "freezing"
  | "frozen"
  | "thawing"
  | "stopping";

/** Somebody stopped the services from outside. */
export interface OutsideStop {
  /** How, for people. */
  readonly why: string;
  readonly isEviction: boolean;
}

export interface State extends Neighbourhood {
  readonly phase: Phase;
  /** The resource as last seen; undefined if it does not exist. */
  readonly view: View | undefined;
  readonly protection: SplitBrainProtection | undefined;
  /** When DRBD was asked for the options that `protection` is derived from. */
  readonly protectionAskedMs: number;
  /** No start relies on earlier answers: connections or quorum have changed since. */
  readonly answersCountFromMs: number;
  /** An administrator's `drbddctl hold`: nothing is started, and only what cannot go on is stopped. */
  readonly isOnHold: boolean;
  /** The backing devices exist and `drbdadm adjust` has ended. */
  readonly isPrepared: boolean;
  /** Since when DRBD has allowed a promotion here, without interruption. */
  readonly promotableSinceMs: number | undefined;
  readonly lastAttemptMs: number | undefined;
  /** When the last start ended without any service having run; undefined otherwise. */
  readonly refusedMs: number | undefined;
  /** A peer was Primary since the last start began. */
  readonly isRaceLost: boolean;
  /** No start before. */
  readonly backoffUntilMs: number;
  /** For how long to back off after the current stop. */
  readonly backoffMs: number;
  /** The resource is Primary here by drbdd's action, so a start may continue on it. Assumed until known. */
  readonly isOurs: boolean;
  /** Volumes whose local disk was lost while the services ran. */
  readonly lostVolumes: readonly number[];
  /** Better nodes of preferred-nodes, best first. */
  readonly betterPeers: readonly BetterPeer[];
  /** When to check them without any change of theirs; Infinity: that was done. */
  readonly checkBetterPeersMs: number;
  readonly moved: Move | undefined;
  readonly setbacks: readonly Setback[];
  /** Restarts of units, for the limit. */
  readonly restarts: readonly Restart[];
  readonly failedUnits: readonly FailedUnit[];
  /** When units that failed during an outage were restarted: a later failure is not due to that outage. */
  readonly outageRestarts: readonly Restart[];
  /** When the devices last did not serve I/O, since the last start began. */
  readonly lastOutageMs: number;
  /** Until when the restart of a failed unit lasts, including its events; Infinity while it runs. The shell runner's lists may demote and promote meanwhile. */
  readonly restartLastsMs: number;
  /** When a connection of the resource was last removed, which is how a resource is taken down. */
  readonly connectionRemovedMs: number;
  /** When the services were last observed or started. */
  readonly startedSinceMs: number;
  /** Since when the resource is Secondary while the services run, after it was Primary. */
  readonly demotedSinceMs: number | undefined;
  /** After an unexpected demotion, whether somebody else stopped the services: `stop`, if so. */
  readonly examined: { readonly stop: OutsideStop | undefined } | undefined;
  /** When units were last seen to have failed, so that it is reported once. */
  readonly failures: readonly Restart[];
  /**
   * When a stop cut off a start whose promotion may still complete in DRBD; -Infinity once that was seen. Undefined if the last stop
   * cut off none.
   */
  readonly cutOffMs: number | undefined;
  /** When the last stop began; if it is repeated, the first attempt. */
  readonly stopStartedMs: number;
  /** When they were last stopped. */
  readonly stoppedSinceMs: number;
  /** How many times in a row the resource was still Primary after a stop, with nothing to start. */
  readonly leftPrimaryTimes: number;
  /** The services run, but not all units of the start list were started, or the target is not active. */
  readonly isIncomplete: boolean;
  /** Until when a start waits for its preconditions to be checked; Infinity while they are not fulfilled. */
  readonly startCheckMs: number;
  /** Number of the last start, stop, freeze or thaw: results of earlier ones are ignored. */
  readonly action: number;
  /** When a failed stop or thaw is retried. */
  readonly retryAtMs: number | undefined;
  /** drbdd is stopping: nothing is started, and the services are stopped if configured. */
  readonly ending: "no" | "keepServices" | "stopServices";
  /** The last reported reason for not starting, so that it is reported once. */
  readonly loggedWaitReason: string | undefined;
  /** Somebody else promoted, and it is being observed what runs: whose the Primary is, is not known yet. */
  readonly isObserving: boolean;
}

export type Input =
  | { readonly kind: "resource"; readonly view: View | undefined }
  /** `askedMs` is when DRBD was asked, not when it answered. */
  | {
    readonly kind: "protection";
    readonly protection: SplitBrainProtection | undefined;
    readonly askedMs: number;
  }
  /** The observed state of the services, when drbdd starts or after a `look` action. */
  | { readonly kind: "found"; readonly services: ObservedServices }
  | { readonly kind: "prepared" }
  | { readonly kind: "hold"; readonly isOnHold: boolean }
  /** The state of the not-with resources. */
  | { readonly kind: "neighbours"; readonly neighbours: readonly Neighbour[] }
  /** The preconditions of a start are being checked; a start waits for that until then. -Infinity when done. */
  | { readonly kind: "startCheck"; readonly untilMs: number }
  /** `failedUnit` had failed for good before the stop began, whoever began it. */
  | {
    readonly kind: "finished";
    readonly action: number;
    readonly outcome: Outcome;
    readonly failedUnit?: string | undefined;
  }
  /** It failed at some time since `sinceMs`; just now, if absent. */
  | { readonly kind: "unitFailed"; readonly unit: string; readonly sinceMs?: number }
  /** One of the services that should be frozen runs. */
  | { readonly kind: "unfrozen" }
  /** The configuration was reloaded, with the resource unchanged. */
  | { readonly kind: "reloaded" }
  /** After an unexpected demotion: how somebody else stopped the services; undefined if nobody did. */
  | { readonly kind: "examined"; readonly stop: OutsideStop | undefined }
  /** The restart of a failed unit has ended, successfully or not. */
  | { readonly kind: "restarted" }
  /** drbdd stops; `stopServices`: and the services with it. */
  | { readonly kind: "end"; readonly stopServices: boolean }
  | { readonly kind: "tick" };

/**
 * The observed state of services. `partial`: the resource was promoted, but not everything was started. `ending`: being stopped by
 * somebody else. `halfStopped`: a stop has ended but left units; a Primary is not drbdd's. `leftPrimary`: a stop has ended and left a
 * Primary of drbdd's.
 */
export type ObservedServices =
  | "active"
  | "partial"
  | "ending"
  | "inactive"
  | "frozen"
  | "halfStopped"
  | "leftPrimary";

/** How an action ended. `nothingBegan`: a start that was refused before any service ran, for example after a lost race. */
export type Outcome = "ok" | "failed" | "nothingBegan";

export type Action =
  | { readonly kind: "start" | "stop" | "freeze" | "thaw"; readonly number: number; readonly why: string }
  | { readonly kind: "restartUnit"; readonly unit: string; readonly why: string }
  /** Observe which services run. */
  | { readonly kind: "look"; readonly why: string };

/** Circumstances of a decision: the node, the time, and how reliable the state of DRBD is. */
export interface Moment {
  readonly nowMs: number;
  /** Name of this node, as in preferred-nodes. */
  readonly node: string;
  /** The state of DRBD is stale: it may have changed. */
  readonly isStale: boolean;
}

/** Log level of a decision. `debug`: it repeats an earlier one and is not kept. */
export type Severity = "debug" | "info" | "warn";

export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
  /** When to send a tick at the latest. */
  readonly wakeAtMs: number | undefined;
  /** The decision, if any, with its reason: for the log and for drbddctl explain. */
  readonly decision: string | undefined;
  /** Of the decision: default "info". */
  readonly severity?: Severity;
}

/** The initial state. */
export const INITIAL_STATE: State = {
  phase: "unsure",
  view: undefined,
  protection: undefined,
  protectionAskedMs: -Infinity,
  answersCountFromMs: -Infinity,
  isOnHold: false,
  neighbours: [],
  togetherSinceMs: undefined,
  isPrepared: false,
  promotableSinceMs: undefined,
  lastAttemptMs: undefined,
  refusedMs: undefined,
  isRaceLost: false,
  backoffUntilMs: -Infinity,
  backoffMs: 0,
  isOurs: false,
  lostVolumes: [],
  betterPeers: [],
  checkBetterPeersMs: Infinity,
  moved: undefined,
  setbacks: [],
  restarts: [],
  failedUnits: [],
  outageRestarts: [],
  connectionRemovedMs: -Infinity,
  lastOutageMs: -Infinity,
  restartLastsMs: -Infinity,
  startedSinceMs: -Infinity,
  demotedSinceMs: undefined,
  examined: undefined,
  failures: [],
  cutOffMs: undefined,
  stopStartedMs: -Infinity,
  stoppedSinceMs: -Infinity,
  leftPrimaryTimes: 0,
  isIncomplete: false,
  startCheckMs: -Infinity,
  action: 0,
  retryAtMs: undefined,
  ending: "no",
  loggedWaitReason: undefined,
  isObserving: false,
};

/** Between two attempts to start the same resource. */
export const START_INTERVAL_MS = 20_000;
/** After a lost race a start is allowed earlier: another node may win the next one. */
export const LOST_RACE_MS = 2_000;
/**
 * How long "may promote" must hold before it is acted on. When a Primary vanished, DRBD printed no, yes, no in one group of lines; this
 * protects against reading such a group in two parts.
 */
export const SETTLE_MS = 25;
/** DRBD's options can change without an event: a start relies on no older answer. */
export const LONGEST_ANSWER_AGE_MS = 60_000;
/** How long a node backs off after its own service failed for good. */
export const BACKOFF_MS = 60_000;
/** A unit that stays failed is reported at least this often: that is not a new failure. */
export const SAME_FAILURE_MS = 60_000;
/** The period over which restarts are counted. */
export const RESTART_WINDOW_MS = 600_000;
/** A stop that left the resource Primary is retried after this, doubled each time up to the longest. */
export const LEFT_PRIMARY_MS = 5_000;
export const LONGEST_LEFT_PRIMARY_MS = 600_000;
/** A failed stop or thaw is retried after this. */
export const RETRY_MS = 5_000;
/** How late the event of the demotion may come after a stop: until then "Primary" means nothing. */
export const DEMOTION_EVENT_DELAY_MS = 2_000;
/** How long services may run here without a Primary while a start, or its event, is under way. */
export const WITHOUT_PRIMARY_MS = 20_000;
/** How late the event of the promotion may come after a restart by the shell runner. */
export const PROMOTION_EVENT_DELAY_MS = 2_000;
/**
 * When systemd restarts a failed service, it restarts all units that require it: the target, and with it the promotion and all services.
 * For this long a demotion may be part of that.
 */
export const RESTART_BY_SYSTEMD_MS = 2_000;
/** How late a cancelled promotion can complete: DRBD may wait for a peer that does not answer. */
export const LATE_PROMOTION_MS = 15_000;
/** How often a stale state is checked again. */
export const STALE_RETRY_MS = 200;
