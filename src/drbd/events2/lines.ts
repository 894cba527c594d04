/**
 * Splits the bytes of a pipe into blocks of whole lines.
 *
 * A block is decoded in one call, which is several times cheaper than decoding line by line. Only whole lines are decoded, so
 * a character split between two chunks is decoded correctly; invalid UTF-8 becomes U+FFFD and never swallows a newline.
 */

const NEWLINE = 10;

/** drbdsetup's longest lines are below 1 KiB. A line far beyond that is garbage and must not fill the memory. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Whole lines, each ending in a newline, as bytes and as text. */
export interface Block {
  readonly text: string;
  /** Valid until the next `push`. */
  readonly bytes: Uint8Array;
}

export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #skipping = false;

  /** Lines dropped so far for being longer than `MAX_LINE_BYTES`. */
  overlong = 0;

  /**
   * Adds bytes and returns the blocks of lines they complete: two if they complete a line begun earlier. Texts stay valid when
   * the caller reuses the bytes.
   */
  push(bytes: Uint8Array): Block[] {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.#keep(bytes);
      return [];
    }
    const blocks: Block[] = [];
    let begin = 0;
    if (this.#skipping || this.#restBytes > 0) {
      begin = bytes.indexOf(NEWLINE) + 1;
      if (!this.#skipping) blocks.push(this.#blockOf(this.#takeRest(bytes.subarray(0, begin))));
      this.#skipping = false;
    }
    if (begin < end) blocks.push(this.#blockOf(bytes.subarray(begin, end)));
    this.#keep(bytes.subarray(end));
    return blocks;
  }

  /** What has come of an unfinished line. */
  get rest(): Uint8Array {
    return concat(this.#rest);
  }

  /**
   * Ends the input: returns and forgets the text of a last line without newline. It may be truncated and must not be parsed:
   * `destroy resource name:web1` could read as one of `web`.
   */
  end(): string {
    this.#skipping = false;
    return this.#decoder.decode(this.#takeRest(new Uint8Array()));
  }

  #blockOf(bytes: Uint8Array): Block {
    return { text: this.#decoder.decode(bytes), bytes };
  }

  #takeRest(more: Uint8Array): Uint8Array {
    const whole = concat([...this.#rest, more]);
    this.#rest = [];
    this.#restBytes = 0;
    return whole;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#skipping) return;
    if (this.#restBytes + bytes.length > MAX_LINE_BYTES) {
      this.#rest = [];
      this.#restBytes = 0;
      this.#skipping = true;
      this.overlong++;
      return;
    }
    this.#rest.push(bytes.slice());
    this.#restBytes += bytes.length;
  }
}

/** All of it in one piece, as a copy. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
