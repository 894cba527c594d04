/**
 * What the promoter's mind knows, is told and says: see `mind.ts`.
 */
import type { DelayPolicy } from "./promotion_delay.ts";
import type { BetterPeer, DeadUnit, Move, Restart, Setback } from "./memories.ts";
import type { Neighbour, Neighbourhood } from "./neighbours.ts";
import type { View } from "./view.ts";

export type { BetterPeer, DeadUnit, Move, Restart, Setback } from "./memories.ts";

/** What of a resource's configuration decides. */
export interface Policy extends DelayPolicy {
  readonly runner: "systemd" | "shell";
  readonly preferredNodesPolicy: "always" | "start-only";
  readonly onDiskDetach: "ignore" | "fail-over";
  readonly onServiceFailure: "ignore" | "restart" | "fail-over";
  /** Restarts of a failed unit within ten minutes before the target is stopped. */
  readonly serviceFailureLimit: number;
}

/** How DRBD keeps two nodes from being Primary at once. `none`: it does not; drbdd leaves such a resource alone. */
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

export interface State extends Neighbourhood {
  readonly phase: Phase;
  /** The resource as last seen; undefined if there is none. */
  readonly view: View | undefined;
  readonly avoidance: SplitBrainProtection | undefined;
  /** When DRBD was asked for the options from which `avoidance` is known. */
  readonly avoidanceAskedMs: number;
  /** No start rests on what was asked for earlier: connections or quorum have changed since. */
  readonly answersCountFromMs: number;
  /** An administrator's `drbddctl hold`: nothing is started, and only what cannot go on is stopped. */
  readonly isOnHold: boolean;
  /** Backing devices are there and `drbdadm adjust` is over. */
  readonly isPrepared: boolean;
  /** Since when DRBD may promote here, without interruption. */
  readonly promotableSinceMs: number | undefined;
  readonly lastAttemptMs: number | undefined;
  /** When the last start ended without any service having run; undefined if it did not end so. */
  readonly refusedMs: number | undefined;
  /** A peer was Primary since the last start began. */
  readonly isRaceLost: boolean;
  /** No start before. */
  readonly holdBackUntilMs: number;
  /** How long to hold back when the stop that goes on is over. */
  readonly holdBackMs: number;
  /** The resource is Primary here because of what drbdd did: it may be started on. Until that is known it is taken to be so. */
  readonly isOurs: boolean;
  /** Volumes whose local disk was lost while the services ran. */
  readonly lostVolumes: readonly number[];
  /** Better nodes of preferred-nodes, the best first. */
  readonly betterPeers: readonly BetterPeer[];
  /** When they are looked at without anything having happened to them; Infinity: they were. */
  readonly lookForBetterMs: number;
  readonly moved: Move | undefined;
  readonly setbacks: readonly Setback[];
  /** Which units were restarted when, for the limit. */
  readonly restarts: readonly Restart[];
  readonly deadUnits: readonly DeadUnit[];
  /** When units that had died in an outage were started again: what they die of after that is no longer that outage. */
  readonly revivals: readonly Restart[];
  /** When the devices last did not serve I/O, since the last start began. */
  readonly lastOutageMs: number;
  /**
   * Until when the restart of a failed unit lasts, with the news of it; without end while it goes on. The lists of the
   * shell runner may demote and promote in it.
   */
  readonly restartLastsMs: number;
  /** When a connection of the resource last went away, which is how a resource is taken down. */
  readonly connectionRemovedMs: number;
  /** When the services were last found or made to run. */
  readonly startedSinceMs: number;
  /** Since when the resource is Secondary under them, though it was Primary. */
  readonly demotedSinceMs: number | undefined;
  /** After an unexpected demotion it was looked at whether somebody else stopped the services: `why`, if so. */
  readonly examined: { readonly why: string | undefined } | undefined;
  /** When units were last seen to have failed, so that it is said once. */
  readonly failures: readonly Restart[];
  /**
   * When a stop cut off a start that may be through in DRBD all the same, some moments later; -Infinity if that was seen.
   * Undefined if the last stop cut off none.
   */
  readonly cutOffMs: number | undefined;
  /** When the last stop began. */
  readonly stopBeganMs: number;
  /** When they were last stopped. */
  readonly stoppedSinceMs: number;
  /** So often in a row the resource was still Primary after a stop, with nothing to start. */
  readonly leftPrimaryTimes: number;
  /** The services run, but units of the start list did not get their turn, or the target is not up. */
  readonly isIncomplete: boolean;
  /** Until when a start waits for a look at what it needs: without end while nothing good is known. */
  readonly startCheckMs: number;
  /** Number of the last start, stop, freeze or thaw: an answer to an older one is no news. */
  readonly action: number;
  /** When a stop or thaw that failed is tried again. */
  readonly retryAtMs: number | undefined;
  /** drbdd ends: nothing is started any more, and the services are stopped if that is wanted. */
  readonly ending: "no" | "keepServices" | "stopServices";
  /** What was last said about holding back, so that it is said once. */
  readonly saidWaiting: string | undefined;
}

export type Input =
  | { readonly kind: "resource"; readonly view: View | undefined }
  /** `askedMs` is when the question was put, not when it was answered. */
  | {
    readonly kind: "avoidance";
    readonly avoidance: SplitBrainProtection | undefined;
    readonly askedMs: number;
  }
  /** What of the services runs, looked at when drbdd begins, or because a `look` was asked for. */
  | { readonly kind: "found"; readonly services: ObservedServices }
  | { readonly kind: "prepared" }
  | { readonly kind: "hold"; readonly isOnHold: boolean }
  /** What is known of the resources that this one is not to run with. */
  | { readonly kind: "neighbours"; readonly neighbours: readonly Neighbour[] }
  /** What a start needs is being looked at, and a start waits for it until then; -Infinity when that is over. */
  | { readonly kind: "startCheck"; readonly untilMs: number }
  /** `failedUnit` had failed for good before a stop began, by whoever. */
  | {
    readonly kind: "finished";
    readonly action: number;
    readonly outcome: Outcome;
    readonly failedUnit?: string | undefined;
  }
  /** It died at some time from `sinceMs` on: just now, if absent. */
  | { readonly kind: "unitFailed"; readonly unit: string; readonly sinceMs?: number }
  /** The configuration was read again, and the resource is in it as it was. */
  | { readonly kind: "reloaded" }
  /** After an unexpected demotion: why somebody else stopped the services, undefined if nobody did. */
  | { readonly kind: "examined"; readonly why: string | undefined }
  /** The restart of a failed unit is over, well or not. */
  | { readonly kind: "restarted" }
  /** drbdd ends; `stopServices` says whether the services shall end with it. */
  | { readonly kind: "end"; readonly stopServices: boolean }
  | { readonly kind: "tick" };

/**
 * What was found running. `partial`: the resource was promoted, but not all that belongs on it was started. `ending`:
 * somebody stops it just now. `halfStopped`: a stop is over, but has left something; a Primary there may be is not
 * drbdd's. `leftPrimary`: a stop is over, and the Primary that it has left is drbdd's.
 */
export type ObservedServices =
  | "active"
  | "partial"
  | "ending"
  | "inactive"
  | "frozen"
  | "halfStopped"
  | "leftPrimary";

/** How an action ended. `nothingBegan`: a start that was refused before any service ran, as when a race is lost. */
export type Outcome = "ok" | "failed" | "nothingBegan";

export type Action =
  | { readonly kind: "start" | "stop" | "freeze" | "thaw"; readonly number: number; readonly why: string }
  | { readonly kind: "restartUnit"; readonly unit: string; readonly why: string }
  /** Look at what runs, and tell. */
  | { readonly kind: "look"; readonly why: string };

/** When, where and how well it is seen. */
export interface Moment {
  readonly nowMs: number;
  /** Name of this node, as in preferred-nodes. */
  readonly node: string;
  /** The picture of DRBD is not kept up to date: what it says may have changed. */
  readonly isStale: boolean;
}

/** How loud a decision is said. `debug`: it only repeats an earlier one, and is not kept with the others. */
export type Severity = "debug" | "info" | "warn";

export interface Step {
  readonly state: State;
  readonly actions: readonly Action[];
  /** When to be woken with a tick at the latest, if nothing happens before. */
  readonly wakeAtMs: number | undefined;
  /** What was decided, if anything was: for the log and for those who ask why. */
  readonly decision: string | undefined;
  /** Of the decision: default "info". */
  readonly severity?: Severity;
}

/** What holds before anything is known. */
export const BEGINNING: State = {
  phase: "unsure",
  view: undefined,
  avoidance: undefined,
  avoidanceAskedMs: -Infinity,
  answersCountFromMs: -Infinity,
  isOnHold: false,
  neighbours: [],
  togetherSinceMs: undefined,
  isPrepared: false,
  promotableSinceMs: undefined,
  lastAttemptMs: undefined,
  refusedMs: undefined,
  isRaceLost: false,
  holdBackUntilMs: -Infinity,
  holdBackMs: 0,
  isOurs: false,
  lostVolumes: [],
  betterPeers: [],
  lookForBetterMs: Infinity,
  moved: undefined,
  setbacks: [],
  restarts: [],
  deadUnits: [],
  revivals: [],
  connectionRemovedMs: -Infinity,
  lastOutageMs: -Infinity,
  restartLastsMs: -Infinity,
  startedSinceMs: -Infinity,
  demotedSinceMs: undefined,
  examined: undefined,
  failures: [],
  cutOffMs: undefined,
  stopBeganMs: -Infinity,
  stoppedSinceMs: -Infinity,
  leftPrimaryTimes: 0,
  isIncomplete: false,
  startCheckMs: -Infinity,
  action: 0,
  retryAtMs: undefined,
  ending: "no",
  saidWaiting: undefined,
};

/** Between two attempts to start the same resource. */
export const START_INTERVAL_MS = 20_000;
/** After a race that was lost a start is allowed again: who wins it next may be quite another. */
export const LOST_RACE_MS = 2_000;
/**
 * How long "may promote" has to hold before it is believed. DRBD was seen to say no, yes, no in one go when a Primary
 * vanished; should such a group of lines be read in two halves, this keeps the halves together.
 */
export const SETTLE_MS = 25;
/** DRBD's options can be changed without a word of DRBD: a start rests on no older answer. */
export const LONGEST_ANSWER_AGE_MS = 60_000;
/** How long a node leaves the others alone after its own service failed for good. */
export const HOLD_BACK_MS = 60_000;
/** A unit that stays failed is reported again and again, at least so often: that is no news. */
export const SAME_FAILURE_MS = 60_000;
/** Restarts of units are counted over this time. */
export const RESTART_WINDOW_MS = 600_000;
/** A stop that left the resource Primary is repeated after this, later each time, up to the longest. */
export const LEFT_PRIMARY_MS = 5_000;
export const LONGEST_LEFT_PRIMARY_MS = 600_000;
/** A stop or thaw that failed is tried again after this. */
export const RETRY_MS = 5_000;
/** After a stop, the news that the resource is Secondary may take so long: until then Primary means nothing. */
export const NEWS_OF_DEMOTION_MS = 2_000;
/** Services that run here may lack a Primary for so long, while a start or the news of it is under way. */
export const WITHOUT_PRIMARY_MS = 20_000;
/** After a restart by the shell runner, the news that the resource is Primary again may take so long. */
export const NEWS_OF_PROMOTION_MS = 2_000;
/**
 * systemd that starts a failed service again does the same with all that requires it: with the target, and with it the
 * promotion and all services. It has so long to do that before it is taken for a demotion that is to last.
 */
export const RESTART_BY_SYSTEMD_MS = 2_000;
/** A promotion that was cut off can be through so much later: DRBD may wait for a peer that does not answer. */
export const LATE_PROMOTION_MS = 15_000;
/** While the picture is stale, it is looked at again after this. */
export const STALE_RETRY_MS = 200;
