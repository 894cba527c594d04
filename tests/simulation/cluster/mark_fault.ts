/** Whether a promotion of the shell runner could not be marked as drbdd's own, as /run could not be written. */
import { markPathOf, RETRY_MS } from "../../../plugins/promoter/control/promotion_mark.ts";
import type { Deeds } from "./deeds.ts";
import type { Machine } from "./machine.ts";
import type { ResourceSpec } from "./spec.ts";
import type { Timeline } from "./timeline.ts";

/** A place, as far as it matters to its mark. */
export interface Markable {
  readonly machine: Pick<Machine, "life">;
  readonly spec: ResourceSpec;
  readonly deeds: Deeds;
  readonly timeline: Timeline;
}

export class MarkFault {
  /** The drbdd before had had no time to write a mark when it ended. */
  #hadNoTime = false;

  lifeEnded(machine: Machine): void {
    this.#hadNoTime = machine.nowMs() - (machine.attention.canPrepareSinceMs ?? Infinity) < RETRY_MS;
  }

  /**
   * It became Primary since the shell runner's last stop, and no start has begun: by a command of a drbdd that was killed, for
   * example. Nobody marks it.
   */
  isOfNobody({ machine: { life }, spec, deeds, timeline }: Markable): boolean {
    const { startMs, stopMs, begunMs, openStarts } = deeds;
    if (life === undefined || spec.config.runner !== "shell" || openStarts > 0 || startMs > stopMs) {
      return false;
    }
    const primaryMs = timeline.sinceMs(({ isPrimary }) => isPrimary) ?? -Infinity;
    return primaryMs > Math.max(stopMs, begunMs);
  }

  /** A drbdd that begins now cannot know that the Primary is its own. */
  isMissing({ files }: Machine, resource: string): boolean {
    return this.#hadNoTime && !(markPathOf(resource) in files.all());
  }
}
