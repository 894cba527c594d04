/** Updates as plugins get them: from text, through the core. */
import { parseBlocks } from "../../src/drbd/events2.ts";
import { EventStream } from "../../src/drbd/stream.ts";
import type { Update } from "../../src/drbd/update.ts";

export class ToldUpdates {
  readonly #stream = new EventStream();

  /** Takes lines of drbdsetup as one chunk, and returns what they bring. */
  tell(...lines: readonly string[]): Update[] {
    const text = lines.join("\n") + "\n";
    return this.#stream.take(parseBlocks([text]), text.length).told.all();
  }
}
