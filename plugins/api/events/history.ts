/**
 * The last updates, numbered, so that a client can continue after a disconnect. An update costs one list entry; its text is
 * made on request.
 */
import type { Unplaced } from "../../../src/drbd/model/update.ts";
import { describeUpdate, updateToJson } from "../../../src/drbd/text/update_text.ts";

/** Updates that are kept. */
export const RING_CAPACITY = 10_000;

/** One update with its time. */
export class TimedUpdate {
  #json: string | undefined;

  constructor(readonly update: Unplaced, readonly wallMs: number) {}

  /** As JSON: time, text, and the fields of `updateToJson`. */
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
  /** Number of the first update after a gap; earlier ones are not available. */
  #begin = 0;
  #end = 0;

  /** `life` distinguishes the numbers of this ring from those of an earlier one. */
  constructor(readonly life: string, readonly capacity: number = RING_CAPACITY) {}

  /** Number of the next update. */
  get end(): number {
    return this.#end;
  }

  /** Number of the oldest available update; `end` if there is none. */
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

  /** The update with a number from `begin` up to, not including, `end`. */
  at(number: number): TimedUpdate {
    const timed = number >= this.begin && number < this.#end ? this.#kept[number % this.capacity] : undefined;
    if (timed === undefined) throw new RangeError(`Update ${number} is not in ${this.begin} to ${this.#end}`);
    return timed;
  }

  /** The id of a client that has all updates before `next`. */
  idBefore(next: number): string {
    return `${this.life}-${next}`;
  }

  /** Number of the next update for a client with this id; undefined if updates are missing or the id is of another ring. */
  after(id: string): number | undefined {
    const [, life, digits] = /^([a-z0-9]+)-(\d{1,15})$/.exec(id) ?? [];
    const next = Number(digits);
    return life === this.life && next >= this.begin && next <= this.#end ? next : undefined;
  }
}
