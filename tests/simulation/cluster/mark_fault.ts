/** Whether a promotion of the shell runner could not be marked as drbdd's own, as /run could not be written. */
import { markPathOf, RETRY_MS } from "../../../plugins/promoter/control/promotion_mark.ts";
import type { Machine } from "./machine.ts";

export class MarkFault {
  /** The drbdd before had had no time to write a mark when it ended. */
  #hadNoTime = false;

  lifeEnded(machine: Machine): void {
    this.#hadNoTime = machine.nowMs() - (machine.attention.canPrepareSinceMs ?? Infinity) < RETRY_MS;
  }

  /** A drbdd that begins now cannot know that the Primary is its own. */
  isMissing({ files }: Machine, resource: string): boolean {
    return this.#hadNoTime && !(markPathOf(resource) in files.all());
  }
}
