/** Randomness from a seed: the same seed gives the same numbers on every machine. */

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed ^ 0x9e3779b9) >>> 0;
    for (let round = 0; round < 4; round++) this.next();
  }

  /** At least 0, below 1. Steps through a 32 bit Weyl sequence and mixes it (Mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** A whole number of a range. */
  within([from, to]: readonly [number, number]): number {
    return this.between(from, to);
  }

  /** @throws {RangeError} If there is nothing to choose from. */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError("Cannot pick from an empty list");
    return items[this.between(0, items.length - 1)] as Item;
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** The same items in another order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const rest = [...items];
    const shuffled: Item[] = [];
    while (rest.length > 0) shuffled.push(...rest.splice(this.between(0, rest.length - 1), 1));
    return shuffled;
  }

  /** A generator of its own, so that one part can draw without disturbing another. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 2 ** 32));
  }
}
