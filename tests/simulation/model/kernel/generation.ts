/**
 * Data generations. The kernel tells them apart by random numbers and keeps a few old ones for each disk; the model
 * keeps a link to the generation each grew out of, which answers the same questions exactly.
 */

/** The data as of one moment at which a Primary went on writing without somebody. */
export class Generation {
  static #count = 0;
  readonly id = ++Generation.#count;

  /** `parent` is undefined for the first data ever written. */
  constructor(readonly parent: Generation | undefined) {}

  descendsFrom(other: Generation): boolean {
    for (
      let at: Generation | undefined = this.parent;
      at !== undefined && at.id >= other.id;
      at = at.parent
    ) {
      if (at === other) return true;
    }
    return false;
  }
}

/** How the data of this side stand to the other's. Undefined is a disk that never held any. */
export type Relation = "same" | "newer" | "older" | "unrelated";

export function relate(mine: Generation | undefined, theirs: Generation | undefined): Relation {
  if (mine === theirs) return "same";
  if (theirs === undefined) return "newer";
  if (mine === undefined) return "older";
  if (mine.descendsFrom(theirs)) return "newer";
  return theirs.descendsFrom(mine) ? "older" : "unrelated";
}
