/**
 * Keeps the newest line of each object for later parsing: it says all that earlier ones said. So a line that only changes a
 * counter costs a look-up and a copy of its bytes.
 *
 * Lines are kept as bytes in one buffer: slices of the blocks they came in would keep those in memory, and an object for each
 * line would cost garbage collection.
 */
import type { StateEvent } from "./event.ts";
import { formatAt, LINE_FORMATS, OBJECT_AT } from "./exact_parser.ts";
import type { Block } from "./lines.ts";

/** The current block is copied to the front of the buffer, so that lines are copied within it. Longer blocks are not deferred. */
const STAGE_BYTES = 256 * 1024;
/** Generous: pages that are never written take no memory. */
const FIRST_BYTES = 16 * STAGE_BYTES;
/** More than the largest node needs. If identities keep changing, the buffer is emptied and begins again. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Spare room: numbers get longer, and some states have longer words. */
const ROOM_BYTES = 64;

const VERB = "change ";
const [BLANK, NEWLINE, H] = [..." \nh"].map((letter) => letter.charCodeAt(0)) as [number, number, number];

/** What is known of an object is a cell: some numbers in a row. */
const CELL = 5;
const NO_CELL = -1;
const HASH = 0;
/** Where the bytes of its line begin, from the object on. */
const BEGIN = 1;
const CAPACITY = 2;
const IDENTITY_LENGTH = 3;
/** Of the deferred line, from the object on; 0 if there is none. */
const LENGTH = 4;

export class LineBuffer {
  /** Allocated when first needed. */
  #bytes = new Uint8Array();
  #used = STAGE_BYTES;
  #cells = new Int32Array(64 * CELL);
  /** Where the next cell begins. */
  #end = 0;
  /** A hash table with open addressing: cells by the hash of their identity. */
  #table = new Int32Array(256).fill(NO_CELL);
  #filled: number[] = [];
  #refused: number | undefined;
  #text = "";
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** Whether any line is deferred. */
  get hasLines(): boolean {
    return this.#filled.length > 0;
  }

  /** Begins `block`. Returns whether any of its lines can be deferred. */
  open({ text, bytes }: Block): boolean {
    // In ASCII, offsets in bytes and characters are equal.
    if (this.#end === 0 || bytes.length > STAGE_BYTES || bytes.length !== text.length) return false;
    this.#bytes.set(bytes);
    this.#text = text;
    return true;
  }

  /** Defers the line at `at` if possible. Returns where the next one begins; 0 if this one must be parsed. */
  defer(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at + 1] !== H) return 0;
    const format = formatAt(this.#text, at);
    const begin = at + format.identityAt;
    let hash = 0;
    let end = begin;
    for (let blanks = format.blanks;; end++) {
      const byte = bytes[end] as number;
      if (byte === NEWLINE || (byte === BLANK && --blanks === 0)) break;
      hash = mix(hash, byte);
    }
    const cell = this.#find(hash, begin, end - begin, format.identityAt - OBJECT_AT);
    if (cell === NO_CELL) return 0;
    format.plain.lastIndex = at;
    const next = format.plain.test(this.#text) ? format.plain.lastIndex : 0;
    const length = next - 1 - at - OBJECT_AT;
    if (length < 0 || length > (this.#cells[cell + CAPACITY] as number)) {
      this.#refused = cell;
      return 0;
    }
    bytes.copyWithin(this.#cells[cell + BEGIN] as number, at + OBJECT_AT, next - 1);
    if (this.#cells[cell + LENGTH] === 0) this.#filled.push(cell);
    this.#cells[cell + LENGTH] = length;
    return next;
  }

  /** The deferred line of the object whose line `defer` has just refused, which must be applied first. Removes it. */
  recall(): string | undefined {
    const cell = this.#refused;
    this.#refused = undefined;
    if (cell === undefined || this.#cells[cell + LENGTH] === 0) return undefined;
    this.#filled.splice(this.#filled.indexOf(cell), 1);
    return this.#take(cell);
  }

  /** Removes and returns at most `most` deferred lines, in no particular order. */
  take(most = Infinity): string[] {
    const rest = Math.max(0, this.#filled.length - most);
    return this.#filled.splice(rest).map((cell) => this.#take(cell));
  }

  /** From now on lines of the object of `event`, which was just parsed, can be deferred, up to about its length. */
  learn({ object, identity, state, statistics }: StateEvent): void {
    const identityAt = LINE_FORMATS[object].identityAt - OBJECT_AT;
    const capacity = identityAt + identity.length + state.length + statistics.length + ROOM_BYTES;
    if (this.#used + capacity > MOST_BYTES && !this.hasLines) this.forget();
    if (this.#used + capacity > this.#bytes.length) this.#growBytes(this.#used + capacity);
    const begin = this.#used;
    const { written } = this.#encoder.encodeInto(identity, this.#bytes.subarray(begin + identityAt));
    if (written !== identity.length) return;
    let hash = 0;
    for (let at = 0; at < written; at++) hash = mix(hash, this.#bytes[begin + identityAt + at] as number);
    const known = this.#find(hash, begin + identityAt, written, identityAt);
    if (known !== NO_CELL && (this.#cells[known + CAPACITY] as number) >= capacity - ROOM_BYTES) return;
    const cell = known !== NO_CELL ? known : this.#add(hash, written);
    this.#cells[cell + BEGIN] = begin;
    this.#cells[cell + CAPACITY] = capacity;
    this.#used += capacity;
  }

  /** No line can be deferred until objects are learned again. @throws If lines are deferred. */
  forget(): void {
    if (this.hasLines) throw new Error("Deferred lines would be lost");
    this.#used = STAGE_BYTES;
    this.#end = 0;
    this.#table.fill(NO_CELL);
  }

  #take(cell: number): string {
    const begin = this.#cells[cell + BEGIN] as number;
    const length = this.#cells[cell + LENGTH] as number;
    this.#cells[cell + LENGTH] = 0;
    return VERB + this.#decoder.decode(this.#bytes.subarray(begin, begin + length));
  }

  /** The cell of the identity at `begin`, which is `identityAt` bytes into each kept line. */
  #find(hash: number, begin: number, length: number, identityAt: number): number {
    const mask = this.#table.length - 1;
    for (let place = spread(hash) & mask;; place = (place + 1) & mask) {
      const cell = this.#table[place] as number;
      if (cell === NO_CELL) return NO_CELL;
      if (this.#cells[cell + HASH] !== hash || this.#cells[cell + IDENTITY_LENGTH] !== length) continue;
      const own = (this.#cells[cell + BEGIN] as number) + identityAt;
      if (isSame(this.#bytes, own, begin, length)) return cell;
    }
  }

  #add(hash: number, identityLength: number): number {
    const cell = this.#end;
    this.#end += CELL;
    if (this.#end > this.#cells.length) this.#growCells();
    this.#cells[cell + HASH] = hash;
    this.#cells[cell + IDENTITY_LENGTH] = identityLength;
    this.#cells[cell + LENGTH] = 0;
    this.#place(cell);
    return cell;
  }

  #place(cell: number): void {
    const mask = this.#table.length - 1;
    let place = spread(this.#cells[cell + HASH] as number) & mask;
    while (this.#table[place] !== NO_CELL) place = (place + 1) & mask;
    this.#table[place] = cell;
  }

  #growCells(): void {
    const cells = new Int32Array(this.#cells.length * 2);
    cells.set(this.#cells);
    this.#cells = cells;
    this.#table = new Int32Array(this.#table.length * 2).fill(NO_CELL);
    for (let cell = 0; cell < this.#end - CELL; cell += CELL) this.#place(cell);
  }

  #growBytes(least: number): void {
    const bytes = new Uint8Array(Math.max(least, this.#bytes.length * 4, FIRST_BYTES));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** Adds one byte to a hash (FNV-1a). */
function mix(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** Folds the high bits of a hash into the low ones. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let at = 0; at < length; at++) {
    if (bytes[a + at] !== bytes[b + at]) return false;
  }
  return true;
}
