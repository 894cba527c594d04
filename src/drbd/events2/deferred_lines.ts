/**
 * Who lets lines wait and reads them in time: before the newest of an object is no longer all there is to say of it,
 * and before anybody looks.
 */
import { Backlog } from "./backlog.ts";
import type { Event, StateEvent } from "./event.ts";
import { parseLine } from "./parse_line.ts";
import type { Block } from "./lines.ts";

export class DeferredLines {
  readonly #backlog = new Backlog();
  #isReading = false;

  /** `apply` is given the events of lines that waited; it returns false if they belong to nothing known. */
  constructor(readonly apply: (event: Event) => boolean) {}

  /** From here on lines of `block` can be postponed. Returns whether any of them can. */
  open(block: Block): boolean {
    if (this.#backlog.open(block)) return true;
    this.read();
    return false;
  }

  /** Lets the line at `at` of the open block wait, if it can. Returns where the next one begins; 0 if it can not. */
  postpone(at: number): number {
    const next = this.#backlog.postpone(at);
    if (next > 0) return next;
    const earlier = this.#backlog.recall();
    if (earlier !== undefined) this.#read([earlier]);
    return 0;
  }

  /** Reads the lines that wait, so many at the most. Returns how many it read. */
  read(most?: number): number {
    if (!this.#backlog.isWaiting) return 0;
    const lines = this.#backlog.take(most);
    this.#read(lines);
    return lines.length;
  }

  /** From here on whole lines of the object can wait. */
  learn(event: StateEvent): void {
    if (event.isWhole === true && !this.#isReading) this.#backlog.learn(event);
  }

  /** Reads the lines that wait; none can wait until its object is learned anew. */
  forget(): void {
    this.read();
    this.#backlog.forget();
  }

  #read(lines: readonly string[]): void {
    this.#isReading = true;
    for (const line of lines) {
      const event = parseLine(line);
      if (event.object === "rejected" || event.object === "dump" || !this.apply(event)) {
        throw new Error(`A line that waited cannot be applied: "${line}"`);
      }
    }
    this.#isReading = false;
  }
}
