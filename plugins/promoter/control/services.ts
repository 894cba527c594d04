/** What runs on top of a resource, as the promoter handles it: units of systemd, or commands of a shell. */
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import type { ObservedServices, Outcome } from "../decide/state.ts";

/** A unit of a start list that does not run though it should, and did not fail. */
export interface Missing {
  readonly unit: string;
  readonly why: string;
}

/** Units as they were seen. */
export type ObservedUnits = NonNullable<ObservedPromoter["units"]>;

/** Hears of services while they should not run. */
export interface StoppedListener {
  /** Those that run all the same, whenever that changes. */
  orphans(units: readonly string[]): void;
  /** Each time they are looked at. Never, where systemd has no units of them. */
  seen(units: ObservedUnits): void;
}

/** Hears of services while they should run. */
export interface ServiceListener {
  /** Each time they are looked at. Never, where systemd has no units of them. */
  seen(units: ObservedUnits): void;
  /** One failed for good, or ended by itself. */
  readonly failed: OnFailed;
  /** Those that did not start and are not held up by another one: each time they are looked at. */
  missing(units: readonly Missing[]): void;
}

/** How something ended, and if not well, why, in words for people. */
export type Done =
  | {
    readonly outcome: "ok";
    /** Of a stop: a service that had failed for good before the others were stopped, and may be why they were. */
    readonly failedUnit?: string;
    /** Of a start: what does not run all the same. */
    readonly missing?: readonly Missing[];
  }
  | {
    readonly outcome: Exclude<Outcome, "ok">;
    readonly why: string;
    /** Why a start did not begin: DRBD refused the promotion, or a stop came first. Otherwise something is in its way. */
    readonly cause?: "refused" | "givenUp";
  };

export const OK: Done = { outcome: "ok" };

/** A unit has died, at some time from `sinceMs` on; by default just now. */
export type OnFailed = (unit: string, sinceMs?: number) => void;

export interface Services {
  /** What an action that goes on waits for, as far as is known: for messages. */
  readonly waitsFor?: string | undefined;
  /**
   * Looks at what runs: when drbdd begins, or (`isFirst` is false) because somebody else made the resource Primary.
   * Waits for a promotion that is under way, but not longer than until `signal` aborts.
   * @throws If that cannot be found out.
   */
  find(isFirst: boolean, signal: AbortSignal): Promise<ObservedServices>;
  /**
   * Makes sure that a start can go ahead at once and rightly: called some time before it, and not in its way.
   * @throws If it cannot make sure of that.
   */
  prepareStart(): Promise<void>;
  /** Starts all, in order. Ended early by a `stop`. */
  start(): Promise<Done>;
  /**
   * Stops all, at once, also what a start or restart is just doing: nothing of that happens afterwards. `onFailure` is
   * called with the reason when it failed and is repeated before this ends.
   */
  stop(onFailure?: (why: string) => void): Promise<Done>;
  /** The resource is not Primary by drbdd's doing any more. */
  released?(): void;
  /**
   * After an unexpected demotion: how somebody else stopped the services, for people; undefined if nobody did. Absent
   * where that can't be found out.
   */
  whyStopped?(): Promise<string | undefined>;
  /** Of a stop that failed: which units do not stop, and which processes hold them, for people. Never rejects. */
  whatHolds?(): Promise<string | undefined>;
  freeze(): Promise<Done>;
  /** Done well if nothing is frozen any more. */
  thaw(): Promise<Done>;
  /** Starts one of them again that failed. Ended early by a `stop`. */
  restart(unit: string): Promise<Done>;
  /**
   * Watches the services while they should run, until `signal` aborts. At most 5 s late, unless it
   * says since when that may be so.
   */
  watch(listener: ServiceListener, signal: AbortSignal): void;
  /** Watches them while they should not run, until `signal` aborts. At most a minute late. */
  watchStopped(listener: StoppedListener, signal: AbortSignal): void;
  /**
   * drbdd ends or gives the resource up: the services are left as they are, but what cannot go on without drbdd is
   * taken back. Nothing else is called afterwards. With `isExit` drbdd ends: what would die with it is over then.
   * Otherwise the next one that handles this resource goes on when it is over.
   */
  leave(isExit: boolean): Promise<void>;
}
