/** What runs on top of a resource, as the promoter handles it: units of systemd, or commands of a shell. */
import type { Outcome } from "./state.ts";

/** What was found running. */
export type Found = "active" | "inactive" | "frozen";

export interface Services {
  /** Looks at what runs, when drbdd begins. */
  find(): Promise<Found>;
  /** Starts all, in order. Ended early by a `stop`. */
  start(): Promise<Outcome>;
  /** Stops all, at once, also what a start is just doing. */
  stop(): Promise<"ok" | "failed">;
  freeze(): Promise<"ok" | "failed">;
  thaw(): Promise<"ok" | "failed">;
  /** Starts one of them again that failed. */
  restart(unit: string): Promise<void>;
  /** Tells of services that failed for good while they should run, until `signal` aborts. At most 5 s late. */
  watch(onFailed: (unit: string) => void, signal: AbortSignal): void;
  /** drbdd ends or gives the resource up: what it waits for is let go of, the services are left as they are. */
  letGo(): void;
}
