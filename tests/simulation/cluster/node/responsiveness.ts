/** Whether drbdd of a node can see what happens and act on it, and since when. */
import { EventLag } from "./event_lag.ts";
import type { DaemonLife } from "./daemon_life.ts";
import type { Impairments } from "./impairments.ts";

/** What was asked for while systemd was late is answered within this. */
const LATE_ANSWER_MS = 4_000;

/** What it depends on. */
export interface ResponsivenessHost {
  readonly isPowered: boolean;
  /** The backing devices have appeared. */
  readonly hasDevices: boolean;
  readonly life: DaemonLife | undefined;
  readonly impairments: Impairments;
  nowMs(): number;
}

export class Responsiveness {
  readonly eventLag = new EventLag();
  /** Since when drbdd could see and act. */
  sinceMs: number | undefined;
  /** Since when drbdd has known what DRBD says, without a break. */
  seesSinceMs: number | undefined;
  /** Since when nothing has been in the way of preparing a start: the backing devices are there, and /run can be written. */
  canPrepareSinceMs: number | undefined;

  constructor(readonly host: ResponsivenessHost) {}

  /** What its drbdd knows, or learns just now, can be so much older than what is. */
  get eventLagMs(): number {
    return this.eventLag.durationMs(this.host.nowMs()) + this.host.impairments.eventLatenessMs;
  }

  /** systemd answers so late, or did so a moment ago. */
  get systemdLateMs(): number {
    const { impairments, impairments: { systemdLatenessMs } } = this.host;
    return impairments.areAnswersLate(this.host.nowMs()) ? Math.max(systemdLatenessMs, LATE_ANSWER_MS) : 0;
  }

  /** drbdd runs, reads what DRBD says as it happens, and gets its answers at once. */
  get isThere(): boolean {
    const { isPowered, life, impairments } = this.host;
    return isPowered && life?.isAlert === true && impairments.eventLatenessMs === 0 &&
      this.systemdLateMs === 0;
  }

  /** Notes how things are, for rules that look back. */
  look(nowMs: number): void {
    this.host.impairments.areAnswersLate(nowMs);
    const sees = this.host.life?.isAlert === true;
    this.eventLag.look(sees, nowMs);
    if (!sees) this.seesSinceMs = undefined;
    else this.seesSinceMs ??= nowMs;
    if (!this.isThere) this.sinceMs = undefined;
    else this.sinceMs ??= nowMs;
    const { isPowered, hasDevices, impairments } = this.host;
    if (!isPowered || !hasDevices || impairments.isRunReadOnly) this.canPrepareSinceMs = undefined;
    else this.canPrepareSinceMs ??= nowMs;
  }
}
