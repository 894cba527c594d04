/**
 * Lines that wait to be read: changes of objects that nobody wants to be told of. Of each object only the newest waits,
 * as it says all that those before it said. So a line that moves a counter costs a look and a copy of its bytes; what it
 * says is read when somebody looks.
 *
 * All is kept in bytes of its own. Texts cut from the blocks they came in would keep those in memory, and objects for
 * each line would have to be collected again.
 */
import type { StateEvent } from "./event.ts";
import { formAt, FORMS, OBJECT_AT } from "./exact_parser.ts";
import type { Block } from "./lines.ts";

/** Blocks are looked at in a place at the front, so that lines are copied within. In longer ones nothing can wait. */
const STAGE_BYTES = 256 * 1024;
/** Generous: what is never written takes no memory. */
const FIRST_BYTES = 16 * STAGE_BYTES;
/** More than the lines of the largest node need. Should identities change for ever, all begins anew. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Numbers get longer, and states have longer words. */
const ROOM_BYTES = 64;

const VERB = "change ";
const [BLANK, NEWLINE, H] = [..." \nh"].map((letter) => letter.charCodeAt(0)) as [number, number, number];

/** What is known of an object: a few numbers in a row, a cell. */
const CELL = 5;
const NO_CELL = -1;
const HASH = 0;
/** Where the bytes of its line begin, from the object's word on. */
const BEGIN = 1;
const CAPACITY = 2;
const IDENTITY_LENGTH = 3;
/** Of the line that waits, from the object's word on; 0 if none does. */
const LENGTH = 4;

export class Backlog {
  /** Made when there is something to keep. */
  #bytes = new Uint8Array();
  #used = STAGE_BYTES;
  #cells = new Int32Array(64 * CELL);
  /** Where the next cell begins. */
  #end = 0;
  /** Cells by the hash of their identity, each at the first free place from that on. */
  #table = new Int32Array(256).fill(NO_CELL);
  #waiting: number[] = [];
  #refused: number | undefined;
  #text = "";
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** Whether lines wait. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** From here on lines of `block` are looked at. Returns whether any of them can wait. */
  open({ text, bytes }: Block): boolean {
    // Where each byte is one character, places in both are the same.
    if (this.#end === 0 || bytes.length > STAGE_BYTES || bytes.length !== text.length) return false;
    this.#bytes.set(bytes);
    this.#text = text;
    return true;
  }

  /** Lets the line at `at` wait, if it can. Returns where the next one begins; 0 if this one has to be read. */
  postpone(at: number): number {
    const bytes = this.#bytes;
    if (bytes[at + 1] !== H) return 0;
    const form = formAt(this.#text, at);
    const begin = at + form.identityAt;
    let hash = 0;
    let end = begin;
    for (let blanks = form.blanks;; end++) {
      const byte = bytes[end] as number;
      if (byte === NEWLINE || (byte === BLANK && --blanks === 0)) break;
      hash = mix(hash, byte);
    }
    const cell = this.#find(hash, begin, end - begin, form.identityAt - OBJECT_AT);
    if (cell === NO_CELL) return 0;
    form.plain.lastIndex = at;
    const next = form.plain.test(this.#text) ? form.plain.lastIndex : 0;
    const length = next - 1 - at - OBJECT_AT;
    if (length < 0 || length > (this.#cells[cell + CAPACITY] as number)) {
      this.#refused = cell;
      return 0;
    }
    bytes.copyWithin(this.#cells[cell + BEGIN] as number, at + OBJECT_AT, next - 1);
    if (this.#cells[cell + LENGTH] === 0) this.#waiting.push(cell);
    this.#cells[cell + LENGTH] = length;
    return next;
  }

  /**
   * If the line that was just not let wait is about an object of which one waits, takes that one: it has to be read
   * before.
   */
  recall(): string | undefined {
    const cell = this.#refused;
    this.#refused = undefined;
    if (cell === undefined || this.#cells[cell + LENGTH] === 0) return undefined;
    this.#waiting.splice(this.#waiting.indexOf(cell), 1);
    return this.#take(cell);
  }

  /** Takes lines that wait, so many at the most, in no particular order. */
  take(most = Infinity): string[] {
    const rest = Math.max(0, this.#waiting.length - most);
    return this.#waiting.splice(rest).map((cell) => this.#take(cell));
  }

  /** From here on lines of the object that `event` is about can wait, or longer ones than before. It was just read. */
  learn({ object, identity, state, statistics }: StateEvent): void {
    const identityAt = FORMS[object].identityAt - OBJECT_AT;
    const capacity = identityAt + identity.length + state.length + statistics.length + ROOM_BYTES;
    if (this.#used + capacity > MOST_BYTES && !this.isWaiting) this.forget();
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

  /** No line can wait until objects are learned anew. To be called when none waits. */
  forget(): void {
    if (this.isWaiting) throw new Error("Lines that wait would be forgotten");
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

  /** The cell of an identity that stands at `begin` and, in lines that are kept, `identityAt` after their begin. */
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

/** Mixes one byte into a hash (FNV-1a). */
function mix(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** The low bits of a hash, made of all. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let at = 0; at < length; at++) {
    if (bytes[a + at] !== bytes[b + at]) return false;
  }
  return true;
}
