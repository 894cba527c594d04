/** Whether a promotion of the shell runner could not be marked as drbdd's own, as /run could not be written. */
import { markPathOf, RETRY_MS } from "../../../../plugins/promoter/control/start/promotion_mark.ts";
import type { ActionHistory } from "./action_history.ts";
import type { Machine } from "../node/machine.ts";
import type { ResourceSpec } from "../setup/spec.ts";

/** A place, as far as it matters to its mark. */
export interface Markable {
  readonly machine: Pick<Machine, "life">;
  readonly spec: ResourceSpec;
  readonly history: ActionHistory;
  readonly isPrimary: boolean;
}

export class MarkFault {
  /** The drbdd before had had no time to write a mark when it ended. */
  #hadNoTime = false;
  #wasPrimary = false;

  lifeEnded(machine: Machine): void {
    this.#hadNoTime = machine.nowMs() - (machine.responsiveness.canPrepareSinceMs ?? Infinity) < RETRY_MS;
  }

  /**
   * It became Primary since the shell runner's last stop, and no start has begun: by a command of a drbdd that was killed, for
   * example. Nobody marks it.
   */
  isUnclaimed({ machine: { life }, spec, history, isPrimary }: Markable): boolean {
    const isNew = isPrimary && !this.#wasPrimary;
    this.#wasPrimary = isPrimary;
    return isNew && life !== undefined && spec.config.runner === "shell" && history.openStarts === 0 &&
      history.startMs <= history.stopMs;
  }

  /** A drbdd that begins now cannot know that the Primary is its own. */
  isMissing({ files }: Machine, resource: string): boolean {
    return this.#hadNoTime && !(markPathOf(resource) in files.all());
  }
}
