/**
 * Notifications to systemd (sd_notify(3)): ready, reloading, stopping, a line of status, signs of life, and requests for
 * more time while something takes long.
 */
import type { Clock, Effects, Notifier, Timer } from "../../effects/effects.ts";

/** A start or stop in progress is extended by this repeatedly, as long as it makes progress. */
const EXTEND_BY_MS = 15_000;
const EXTEND_EVERY_MS = 5_000;
/** Minimum interval between updates of the status. */
const STATUS_EVERY_MS = 1_000;
/** With many resources that change all the time, composing it takes at most this share of a processor. */
const STATUS_SHARE = 0.05;

/** Watchdog interval that systemd expects; undefined without a watchdog. */
export function watchdogIntervalMs(
  effects: Pick<Effects, "environment" | "pid">,
): number | undefined {
  const usec = Number(effects.environment("WATCHDOG_USEC"));
  const pid = effects.environment("WATCHDOG_PID");
  return usec > 0 && (pid === undefined || Number(pid) === effects.pid) ? usec / 1000 : undefined;
}

export class ServiceState {
  #status = "";
  #sentStatus = "";
  #isStopping = false;
  /** How long composing the status took the last time. */
  #composingMs = 0;
  #isComposing = false;
  /** What changed while it was composed. */
  #changedAgain: (() => Promise<string>) | undefined;
  #statusTimer: Timer | undefined;
  #extensionTimer: Timer | undefined;
  #watchdogTimer: Timer | undefined;

  constructor(readonly clock: Clock, readonly notifier: Notifier) {}

  /** From here until `ready`, the start may take its time. */
  starting(): void {
    this.#extendTimeout();
  }

  /** Together with the status line, so that a change of the service's state is never seen without its line. */
  ready(status: string): void {
    this.#endExtensions();
    this.#status = status;
    this.#send(`READY=1\n${this.#takeStatus()}`);
  }

  reloading(status: string): void {
    this.#status = status;
    this.#send(`RELOADING=1\n${this.#takeStatus()}`);
  }

  stopping(): void {
    this.#isStopping = true;
    this.#statusTimer?.cancel();
    this.#send("STOPPING=1\nSTATUS=Stopping");
    this.#extendTimeout();
  }

  /** Ends all timers; nothing is sent any more. */
  close(): void {
    this.#endExtensions();
    this.#statusTimer?.cancel();
    this.#watchdogTimer?.cancel();
  }

  /** Makes `compose` the line of status, soon. It is asked only when the line is sent. */
  statusChanged(compose: () => Promise<string>): void {
    if (this.#isComposing) {
      this.#changedAgain = compose;
      return;
    }
    const inMs = Math.max(STATUS_EVERY_MS, this.#composingMs / STATUS_SHARE);
    this.#statusTimer ??= this.clock.setTimer(inMs, () => void this.#compose(compose));
  }

  async #compose(compose: () => Promise<string>): Promise<void> {
    this.#statusTimer = undefined;
    this.#isComposing = true;
    const startedMs = this.clock.nowMs();
    const status = await compose();
    this.#composingMs = this.clock.nowMs() - startedMs;
    this.#isComposing = false;
    const again = this.#changedAgain;
    this.#changedAgain = undefined;
    if (this.#isStopping) return;
    // From then on that is the status.
    this.setStatus(status);
    if (again !== undefined) this.statusChanged(again);
  }

  /** Sends a line of status now, if it is a new one. */
  setStatus(status: string): void {
    this.#status = status;
    if (status !== this.#sentStatus) this.#send(this.#takeStatus());
  }

  /** Tells systemd's watchdog twice in each interval that the event loop turns: a timer fires only if it does. */
  startWatchdog(intervalMs: number | undefined): void {
    if (intervalMs === undefined) return;
    this.#send("WATCHDOG=1");
    this.#watchdogTimer = this.clock.setTimer(intervalMs / 2, () => this.startWatchdog(intervalMs));
  }

  #takeStatus(): string {
    this.#sentStatus = this.#status;
    return `STATUS=${this.#status}`;
  }

  #extendTimeout(): void {
    this.#extensionTimer?.cancel();
    this.#send(`EXTEND_TIMEOUT_USEC=${EXTEND_BY_MS * 1000}`);
    this.#extensionTimer = this.clock.setTimer(EXTEND_EVERY_MS, () => this.#extendTimeout());
  }

  #endExtensions(): void {
    this.#extensionTimer?.cancel();
    this.#extensionTimer = undefined;
  }

  #send(message: string): void {
    void this.notifier.send(message);
  }
}
