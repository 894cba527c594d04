/** A first-in, first-out queue with constant cost per operation. */
export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest item, which stays; undefined if empty. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** The newest item, which stays; undefined if empty. */
  get last(): Item | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }
  push(item: Item): void {
    this.#items.push(item);
  }

  /** Removes the oldest item; undefined if empty. */
  shift(): Item | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** All items, oldest first. */
  toArray(): Item[] {
    return this.#items.slice(this.#head) as Item[];
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
