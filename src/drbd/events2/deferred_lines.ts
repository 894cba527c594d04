/**
 * Defers reading the lines of resources without subscribers, and applies them in time: before another kind of line about the
 * object is applied, and before the state is read.
 */
import { LineBuffer } from "./line_buffer.ts";
import type { Event, StateEvent } from "./event.ts";
import { parseLine } from "./parse_line.ts";
import type { Block } from "./lines.ts";

export class DeferredLines {
  readonly #backlog = new LineBuffer();
  #isReading = false;

  /** `apply` gets the events of deferred lines; it returns false if the object is unknown. */
  constructor(readonly apply: (event: Event) => boolean) {}

  /** Begins a block of lines. Returns whether any of them can be deferred. */
  open(block: Block): boolean {
    if (this.#backlog.open(block)) return true;
    this.flush();
    return false;
  }

  /** Defers the line at `at` of the open block if possible. Returns where the next one begins; 0 if this one must be parsed. */
  defer(at: number): number {
    const next = this.#backlog.defer(at);
    if (next > 0) return next;
    const earlier = this.#backlog.recall();
    if (earlier !== undefined) this.#read([earlier]);
    return 0;
  }

  /** Applies at most `most` deferred lines. Returns how many it applied. */
  flush(most?: number): number {
    if (!this.#backlog.hasLines) return 0;
    const lines = this.#backlog.take(most);
    this.#read(lines);
    return lines.length;
  }

  /** From now on whole lines of the object can be deferred. */
  learn(event: StateEvent): void {
    if (event.isWhole === true && !this.#isReading) this.#backlog.learn(event);
  }

  /** Applies the deferred lines; objects must be learned again before their lines can be deferred. */
  forget(): void {
    this.flush();
    this.#backlog.forget();
  }

  #read(lines: readonly string[]): void {
    this.#isReading = true;
    for (const line of lines) {
      const event = parseLine(line);
      if (event.object === "rejected" || event.object === "dump" || !this.apply(event)) {
        throw new Error(`A deferred line cannot be applied: "${line}"`);
      }
    }
    this.#isReading = false;
  }
}
