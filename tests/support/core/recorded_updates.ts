/** Updates as plugins get them: from text, through the core. */
import { EventStream } from "../../../src/drbd/state/stream.ts";
import type { Update } from "../../../src/drbd/model/update.ts";
import { take } from "./take_lines.ts";

export class RecordedUpdates {
  readonly #stream = new EventStream();

  /** Reads lines of drbdsetup as one chunk, and returns their updates. */
  read(...lines: readonly string[]): Update[] {
    return take(this.#stream, ...lines).updates.all();
  }
}
