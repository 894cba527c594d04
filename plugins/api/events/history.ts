/**
 * The last updates, each with a number of its own, so that a client that was disconnected can say where it left off. An
 * update here costs a place in a list; its text is made when a client asks for it.
 */
import type { Unplaced } from "../../../src/drbd/model/update.ts";
import { describeUpdate, updateToJson } from "../../../src/drbd/text/update_text.ts";

/** Updates that are kept. */
export const RING_CAPACITY = 10_000;

/** One update, and when it came. */
export class TimedUpdate {
  #json: string | undefined;

  constructor(readonly update: Unplaced, readonly wallMs: number) {}

  /** As JSON: when, in words, and as `updateToJson` has it. */
  get json(): string {
    this.#json ??= JSON.stringify({
      time: new Date(this.wallMs).toISOString(),
      text: describeUpdate(this.update),
    }).slice(0, -1) + "," + updateToJson(this.update).slice(1);
    return this.#json;
  }
}

export class History {
  readonly #kept: (TimedUpdate | undefined)[] = [];
  /** Number of the first update after a gap: what was before is not available. */
  #begin = 0;
  #end = 0;

  /** `life` tells the numbers of this ring from those of an earlier one. */
  constructor(readonly life: string, readonly capacity: number = RING_CAPACITY) {}

  /** Number that the next update gets. */
  get end(): number {
    return this.#end;
  }

  /** Number of the oldest update that can be had; `end` if there is none. */
  get begin(): number {
    return Math.max(this.#begin, this.#end - this.capacity);
  }

  push(update: Unplaced, wallMs: number): void {
    this.#kept[this.#end % this.capacity] = new TimedUpdate(update, wallMs);
    this.#end++;
  }

  /** `count` updates were lost. */
  skip(count: number): void {
    this.#end += count;
    this.#begin = this.#end;
    this.#kept.length = 0;
  }

  /** The update of a number from `begin` to before `end`. */
  at(number: number): TimedUpdate {
    const timed = number >= this.begin && number < this.#end ? this.#kept[number % this.capacity] : undefined;
    if (timed === undefined) throw new RangeError(`Update ${number} is not in ${this.begin} to ${this.#end}`);
    return timed;
  }

  /** What a client that has all before the update `next` says to go on with that. */
  idBefore(next: number): string {
    return `${this.life}-${next}`;
  }

  /** Number of the update to go on with after this id; undefined if some are missing, or it is not of this ring. */
  after(id: string): number | undefined {
    const [, life, digits] = /^([a-z0-9]+)-(\d{1,15})$/.exec(id) ?? [];
    const next = Number(digits);
    return life === this.life && next >= this.begin && next <= this.#end ? next : undefined;
  }
}
