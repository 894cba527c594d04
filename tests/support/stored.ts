/** A store that takes lines, for tests. */
import assert from "node:assert/strict";
import { parseLine } from "../../src/drbd/events2/parse_line.ts";
import type { Store } from "../../src/drbd/state/store.ts";
import { UpdateBatch } from "../../src/drbd/state/update_batch.ts";
import type { Update } from "../../src/drbd/model/update.ts";
import { updateText } from "./update_text.ts";

export interface Applied {
  readonly updates: Update[];
  /** The updates as text. */
  readonly texts: string[];
  /** Lines that belong to nothing known. */
  readonly strays: string[];
}

/** Applies lines as one chunk. */
export function apply(store: Store, ...lines: string[]): Applied {
  store.beginChunk(lines.join("\n").length + 1);
  const told = new UpdateBatch(() => store.flush());
  const strays = lines.filter((text) => {
    const event = parseLine(text);
    assert.ok(event.object !== "rejected" && event.object !== "dump", text);
    return !store.apply(event, told);
  });
  const updates = told.all();
  return { updates, texts: updates.map(updateText), strays };
}
