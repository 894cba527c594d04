/** What was written and not yet settled: such texts are cut from the blocks of lines they came in. */
import type { Entry } from "./record.ts";

/** A resource or a child of one. */
export interface Writable {
  readonly entry: Entry;
  /** Was written since it was last settled. */
  isFresh: boolean;
  /** Lets go of the blocks of lines. Returns whether anything is new since the last time. */
  settle(): boolean;
}

/**
 * A cut keeps its block in memory. Most texts are outdated soon; so they are copied out only when the blocks since the
 * last time come to this much.
 */
const MOST_BLOCK_CHARACTERS = 8 * 1024 * 1024;

export class DirtyList {
  /** Each once. */
  #items: Writable[] = [];
  #blockCharacters = 0;

  add(item: Writable): void {
    if (item.isFresh) return;
    item.isFresh = true;
    this.#items.push(item);
  }

  /** A block of so many characters comes. Returns whether it is time to settle. */
  isDue(characters: number): boolean {
    this.#blockCharacters += characters;
    return this.#blockCharacters > MOST_BLOCK_CHARACTERS;
  }

  /**
   * Settles all, or so many at the most, and calls `isNew` with the resource of each that has anything new. Returns how
   * many it settled.
   */
  settle(isNew: (entry: Entry) => void, most = Infinity): number {
    const items = this.#items.splice(Math.max(0, this.#items.length - most));
    if (this.#items.length === 0) this.#blockCharacters = 0;
    for (const item of items) {
      if (item.settle()) isNew(item.entry);
    }
    return items.length;
  }
}
