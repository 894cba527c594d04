/** How often drbdsetup is asked for counters: often during a resync, and while they are being watched. */
import type { Events2Source } from "./events2_source.ts";
import type { HealthBoard } from "../status/health_board.ts";

export class CounterInterval {
  /** Of plugins whose counters are being watched. */
  readonly #watching = new Set<AbortSignal>();

  constructor(
    readonly source: Pick<Events2Source, "askOften">,
    readonly health: Pick<HealthBoard, "isMoving">,
  ) {}

  /** Whether the counters of the plugin that runs until `signal` aborts are being watched. */
  watch(isWatching: boolean, signal: AbortSignal): void {
    if (isWatching && !signal.aborted) {
      this.#watching.add(signal);
      signal.addEventListener("abort", () => this.watch(false, signal), { once: true });
    } else this.#watching.delete(signal);
    this.follow();
  }

  /** A resync may have begun or ended. */
  follow(): void {
    this.source.askOften(this.health.isMoving || this.#watching.size > 0);
  }
}
