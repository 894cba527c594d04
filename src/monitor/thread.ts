/** What the host of the monitor thread works with: threads, and the daemon that is shown. */
import type {
  Answers,
  FromMonitor,
  Memory,
  MonitorSettings,
  NodeEnvironment,
  Question,
  ToMonitor,
  Wire,
} from "./protocol.ts";

/** A thread that runs. */
export interface MonitorThread extends Wire<ToMonitor, FromMonitor> {
  /** Called with the reason, in words, when the thread has died. */
  onDeath: (reason: string) => void;
  /** Ends it at once: it sends no more messages. */
  end(): void;
}

/** What starts threads, one after the other. */
export interface MonitorThreads {
  /** Starts one with the rights that these settings take. */
  start(settings: MonitorSettings): MonitorThread;
  /** Whether a thread that was started with the settings `before` has the rights that `now` takes. */
  suffices(before: MonitorSettings, now: MonitorSettings): boolean;
}

/** What of the daemon is shown. */
export interface Shown {
  readonly nodeEnvironment: NodeEnvironment;
  /** Whether a dump was ever complete. */
  readonly known: boolean;
  /** Why the state is not kept up to date; undefined while it is. */
  staleReason(): string | undefined;
  /** The whole state as a dump, and the received part of an unfinished line. */
  dump(): Uint8Array<ArrayBuffer>;
  /** What the daemon alone knows. */
  memory(): Memory;
  answer<Asked extends Question>(question: Asked): Promise<Answers[Asked]>;
  /** Whether counters are being watched. */
  watchCounters(isWatching: boolean): void;
}
