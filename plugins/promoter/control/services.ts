/** The services of a resource, as the promoter sees them: units of systemd, or commands of a shell. */
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import type { ObservedServices, Outcome, OutsideStop } from "../decide/state.ts";

/** A unit of a start list that does not run although it should, and has not failed. */
export interface Missing {
  readonly unit: string;
  readonly why: string;
}

/** Observed units. */
export type ObservedUnits = NonNullable<ObservedPromoter["units"]>;

/** Notified about services while they should not run. */
export interface StoppedListener {
  /** Those that run nevertheless, on each change. */
  orphans(units: readonly string[]): void;
  /** Each time they are observed. Never if systemd has no units of them. */
  seen(units: ObservedUnits): void;
}

/** Notified about services while they should run. */
export interface ServiceListener {
  /** Each time they are observed. Never if systemd has no units of them. */
  seen(units: ObservedUnits): void;
  /** One failed for good, or ended by itself. */
  readonly failed: OnFailed;
  /** Those that were not started and do not wait for another one: each time they are observed. */
  missing(units: readonly Missing[]): void;
}

/** How an action ended and, if not well, why, for people. */
export type Done =
  | {
    readonly outcome: "ok";
    /** Of a stop: a service that had failed for good before the others were stopped, and may be the reason. */
    readonly failedUnit?: string;
    /** Of a start: units that do not run nevertheless. */
    readonly missing?: readonly Missing[];
  }
  | {
    readonly outcome: Exclude<Outcome, "ok">;
    readonly why: string;
    /** Of a start: the units that failed. */
    readonly failedUnits?: readonly string[];
    /** Why a start did not begin: DRBD refused the promotion, or a stop came first. Otherwise something prevents it. */
    readonly cause?: "refused" | "givenUp";
  };

export const OK: Done = { outcome: "ok" };

/** A unit failed at some time since `sinceMs`; by default just now. */
export type OnFailed = (unit: string, sinceMs?: number) => void;

export interface Services {
  /** What the action in progress waits for, as far as known: for messages. */
  readonly waitsFor?: string | undefined;
  /**
   * Observes which services run: when drbdd starts, or (`isFirst` is false) after somebody else made the resource Primary.
   * Waits for a promotion in progress, at most until `signal` aborts.
   * @throws If that cannot be determined.
   */
  find(isFirst: boolean, signal: AbortSignal): Promise<ObservedServices>;
  /**
   * Checks and prepares the preconditions of a start, some time before it.
   * @throws If they are not fulfilled.
   */
  prepareStart(): Promise<void>;
  /** Starts all services in order. Cancelled by a `stop`. */
  start(): Promise<Done>;
  /**
   * Stops all services at once, and cancels a start or restart in progress. `onFailure` is called with the reason each time a stop has failed
   * and is retried before this ends.
   */
  stop(onFailure?: (why: string) => void): Promise<Done>;
  /** The resource is no longer Primary by drbdd's action. */
  released?(): void;
  /** After an unexpected demotion: how somebody else stopped the services; undefined if nobody did. Absent if that cannot be determined. */
  whyStopped?(): Promise<OutsideStop | undefined>;
  /** After a failed stop: which units do not stop, and which processes hold them, for people. Never rejects. */
  describeHolders?(): Promise<string | undefined>;
  freeze(): Promise<Done>;
  /** Succeeds if nothing is frozen any more. */
  thaw(): Promise<Done>;
  /** Restarts one that failed. Cancelled by a `stop`. */
  restart(unit: string): Promise<Done>;
  /**
   * Watches the services while they should run, until `signal` aborts. At most 5 s late, unless it
   * says since when that may be so.
   */
  watch(listener: ServiceListener, signal: AbortSignal): void;
  /**
   * Watches them while they are frozen, until `signal` aborts: `onUnfrozen` is called each time one is found that runs, at
   * most 5 s late. Absent where nothing can be frozen.
   */
  watchFrozen?(onUnfrozen: () => void, signal: AbortSignal): void;
  /** Watches them while they should not run, until `signal` aborts. At most a minute late. */
  watchStopped(listener: StoppedListener, signal: AbortSignal): void;
  /**
   * drbdd ends or no longer manages the resource: the services are left as they are, but actions that cannot continue
   * without drbdd are undone. Nothing else is called afterwards. With `isExit` drbdd ends, and this resolves after what
   * would be killed with it. Otherwise the next instance for this resource waits for that.
   */
  leave(isExit: boolean): Promise<void>;
}
