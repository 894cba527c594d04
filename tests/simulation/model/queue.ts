/** What is going to happen, by time; what is due at the same time happens in the order it was asked for. */

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class EventQueue {
  nowMs = 0;
  /** A binary heap: no entry is before its parent at half its place. */
  readonly #heap: Entry[] = [];
  #count = 0;

  /** When something happens next, if anything will. */
  nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  at(atMs: number, happen: () => void): void {
    const heap = this.#heap;
    // Whole milliseconds, so that what is so much later is neither a little less nor a little more.
    const entry: Entry = { atMs: Math.max(Math.ceil(atMs), this.nowMs), order: this.#count++, happen };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  /** All that happens up to `toMs`, with the clock at the time of each; then the clock stands at `toMs`. */
  advance(toMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= toMs; next = this.#heap[0]) {
      this.#happen(next);
    }
    this.nowMs = Math.max(this.nowMs, toMs);
  }

  /** The next thing happens, with the clock at its time. Does nothing if there is none. */
  step(): void {
    const next = this.#heap[0];
    if (next !== undefined) this.#happen(next);
  }

  #happen(next: Entry): void {
    this.#removeFirst();
    this.nowMs = next.atMs;
    next.happen();
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[place] = heap[child] as Entry;
      place = child;
    }
    heap[place] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
