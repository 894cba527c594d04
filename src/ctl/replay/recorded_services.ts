/**
 * Services that exist only in a replay. Nothing is started or stopped; outcomes are taken from the recording:
 *
 * - Services are assumed to run where the resource is Primary; commands of the shell runner without a monitor only at the
 *   beginning, as in drbdd.
 * - A start succeeds as soon as the recording shows the resource Primary here. It fails if it shows a peer
 *   Primary first, or neither within a while.
 * - A stop succeeds as soon as the recording no longer shows it Primary here, or after a while.
 * - Everything else succeeds at once, and no service fails, because recordings do not contain services.
 */
import type { Resource } from "../../drbd/model/model.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { ObservedServices } from "../../../plugins/promoter/decide/state.ts";
import { type Done, OK, type Services } from "../../../plugins/promoter/control/services.ts";

/** A promotion that is not recorded within this time counts as refused. */
export const START_LIMIT_MS = 5_000;
/** systemd's default TimeoutStopSec=. */
export const STOP_LIMIT_MS = 90_000;

/** The recording during the replay. */
export interface Playback {
  /**
   * Resolves with the first result of `look`, which is called now and after each change with the recorded resource; undefined
   * after `limitMs`, or when `signal` aborts.
   */
  watch<Answer>(
    resource: string,
    look: (resource: Resource | undefined) => Answer | undefined,
    limitMs: number,
    signal?: AbortSignal,
  ): Promise<Answer | undefined>;
  /** Reports the assumed outcome of a decision. */
  outcome(resource: string, text: string): void;
}

export class RecordedServices implements Services {
  /** Aborts the running start. */
  #start = new AbortController();

  constructor(readonly playback: Playback, readonly config: ResourceConfig) {}

  async find(isFirst: boolean): Promise<ObservedServices> {
    const leavesNoTrace = this.config.runner === "shell" && this.config.monitor === undefined;
    if (leavesNoTrace && !isFirst) return "inactive";
    const isPrimary = await this.playback.watch(
      this.config.name,
      (resource) => resource && { here: resource.role === "Primary" },
      0,
    );
    return isPrimary?.here ? "active" : "inactive";
  }

  async start(): Promise<Done> {
    const { signal } = this.#start;
    const end = await this.playback.watch(this.config.name, endOfStart, START_LIMIT_MS, signal);
    if (signal.aborted) return { outcome: "nothingBegan", why: "a stop is due", cause: "givenUp" };
    if (end === undefined) {
      return nothingBegan(`the recording shows no promotion within ${START_LIMIT_MS / 1000} s`);
    }
    if (end.outcome === "ok") {
      this.playback.outcome(this.config.name, "start: done, as the recording shows it Primary here");
    }
    return end;
  }

  async stop(): Promise<Done> {
    this.#start.abort();
    this.#start = new AbortController();
    const end = await this.playback.watch(this.config.name, endOfStop, STOP_LIMIT_MS);
    this.playback.outcome(
      this.config.name,
      end ??
        `stop: assumed done, though the recording still shows it Primary after ${STOP_LIMIT_MS / 1000} s`,
    );
    return OK;
  }

  freeze(): Promise<Done> {
    return this.#taken("freeze");
  }

  thaw(): Promise<Done> {
    return this.#taken("thaw");
  }

  restart(unit: string): Promise<Done> {
    return this.#taken(`restart of ${unit}`);
  }

  watch(): void {}

  watchStopped(): void {}

  prepareStart(): Promise<void> {
    return Promise.resolve();
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }

  async #taken(what: string): Promise<Done> {
    // The decision is reported first.
    await Promise.resolve();
    this.playback.outcome(this.config.name, `${what}: assumed done`);
    return OK;
  }
}

function endOfStart(resource: Resource | undefined): Done | undefined {
  if (resource === undefined) return nothingBegan("the resource is gone");
  if (resource.role === "Primary") return OK;
  const peer = resource.connections.find(({ peerRole }) => peerRole === "Primary");
  return peer === undefined ? undefined : refused(`${peer.connName} was Primary first`);
}

function endOfStop(resource: Resource | undefined): string | undefined {
  if (resource === undefined) return "stop: done, as the resource is gone";
  return resource.role === "Primary"
    ? undefined
    : `stop: done, as the recording shows it ${resource.role} here`;
}

function nothingBegan(why: string): Done {
  return { outcome: "nothingBegan", why };
}

function refused(why: string): Done {
  return { outcome: "nothingBegan", why, cause: "refused" };
}
