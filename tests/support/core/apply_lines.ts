/** A store that takes lines, for tests. */
import assert from "node:assert/strict";
import { parseLine } from "../../../src/drbd/events2/parse_line.ts";
import type { Store } from "../../../src/drbd/state/store.ts";
import { UpdateBatch } from "../../../src/drbd/state/records/update_batch.ts";
import type { Update } from "../../../src/drbd/model/update.ts";
import { updateText } from "./update_text.ts";

export interface Applied {
  readonly updates: Update[];
  /** The updates as text. */
  readonly texts: string[];
  /** Lines about unknown objects. */
  readonly orphans: string[];
}

/** Applies lines as one chunk. */
export function apply(store: Store, ...lines: string[]): Applied {
  store.beginChunk();
  const batch = new UpdateBatch(() => store.flush());
  const orphans = lines.filter((text) => {
    const event = parseLine(text);
    assert.ok(event.object !== "rejected" && event.object !== "dump", text);
    return !store.apply(event, batch);
  });
  const updates = batch.all();
  return { updates, texts: updates.map(updateText), orphans };
}
