/** How often drbdsetup is asked for counters: often while they move by themselves, and while somebody looks at them. */
import type { Events2Source } from "./events2_source.ts";
import type { HealthBoard } from "../status/health_board.ts";

export class CounterInterval {
  /** Of plugins with somebody who looks. */
  readonly #watching = new Set<AbortSignal>();

  constructor(
    readonly source: Pick<Events2Source, "askOften">,
    readonly health: Pick<HealthBoard, "isMoving">,
  ) {}

  /** Whether somebody looks at the counters of the plugin that runs until `signal` aborts. */
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
