/** Objects written since the last flush: their texts are still slices of the blocks of lines they came in. */
import type { ResourceRecord } from "./record.ts";

/** A resource or a child of one. */
export interface DirtyItem {
  readonly resource: ResourceRecord;
  /** Written since the last flush. */
  isDirty: boolean;
  /** Copies the texts out of their blocks. Returns whether anything has changed since the last flush. */
  flush(): boolean;
}

/**
 * A slice keeps its block in memory. Most texts are soon replaced, so they are copied only when this many characters have come
 * in since the last flush.
 */
const MOST_BLOCK_CHARACTERS = 8 * 1024 * 1024;

export class DirtyList {
  /** Each once. */
  #items: DirtyItem[] = [];
  #blockCharacters = 0;

  add(item: DirtyItem): void {
    if (item.isDirty) return;
    item.isDirty = true;
    this.#items.push(item);
  }

  /** Counts a block of `characters`. Returns whether to flush now. */
  isDue(characters: number): boolean {
    this.#blockCharacters += characters;
    return this.#blockCharacters > MOST_BLOCK_CHARACTERS;
  }

  /** Flushes all, or at most `most`, and calls `isNew` with the resource of each that changed. Returns how many it flushed. */
  flush(isNew: (entry: ResourceRecord) => void, most = Infinity): number {
    const items = this.#items.splice(Math.max(0, this.#items.length - most));
    if (this.#items.length === 0) this.#blockCharacters = 0;
    for (const item of items) {
      if (item.flush()) isNew(item.resource);
    }
    return items.length;
  }
}
