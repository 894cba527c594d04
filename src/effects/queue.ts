/** First in, first out, at the same cost however long it is. */
export class Queue<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The oldest, which stays; undefined if there is none. */
  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  /** The newest, which stays; undefined if there is none. */
  get last(): Item | undefined {
    return this.length === 0 ? undefined : this.#items.at(-1);
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the oldest; undefined if there is none. */
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
