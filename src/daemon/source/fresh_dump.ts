/** Restarts drbdsetup events2 for a new dump when what it printed cannot be right, but not again and again. */
import type { Clock } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";

/** A drbdsetup that always prints something strange must not be started again for ever. */
const MISSED_AGAIN_MS = 600_000;
/** A contradiction may mean that a resource is not seen at all. Between two dumps the state is live nearly all the time. */
const CONTRADICTED_AGAIN_MS = 60_000;

export class FreshDump {
  #lastMs = -Infinity;

  constructor(readonly clock: Clock, readonly log: Logger, readonly restart: () => void) {}

  /** Part of the output was missed. */
  missed(): void {
    if (!this.#isDue(MISSED_AGAIN_MS)) return;
    this.log.warn("Lost part of the output of drbdsetup; restarting it for a new dump");
    this.restart();
  }

  /** DRBD, when asked, says something else. Whoever asked says that in the log. */
  contradicted(): void {
    if (this.#isDue(CONTRADICTED_AGAIN_MS)) this.restart();
  }

  #isDue(againMs: number): boolean {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#lastMs < againMs) return false;
    this.#lastMs = nowMs;
    return true;
  }
}
