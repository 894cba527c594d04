/**
 * Compression of answers, part by part.
 *
 * Each part is deflated by itself, up to a byte boundary. Deflated parts one after the other are one deflate stream
 * again, and with a head and a checksum one gzip file (RFC 1951, RFC 1952). It does without references from one part
 * to another, which makes it a little larger; but what did not change is not compressed again, and plain bytes need
 * not be kept. `CompressionStream` cannot stop at a boundary.
 */
import { Buffer } from "node:buffer";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { combinedCrc32 } from "./crc32.ts";
import type { Coding } from "./coding.ts";

/** A part of a text. */
export interface Deflated {
  readonly bytes: Uint8Array;
  /** Of the text's bytes. */
  readonly checksum: number;
  /** Of the text's bytes. */
  readonly length: number;
}

/** Magic, method deflate, no flags, no time, no level, from Unix. */
const HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
/** An empty block that is the last one. */
const END_OF_STREAM = [3, 0];

export const GZIP: Coding<Deflated> = {
  name: "gzip",

  part(text) {
    const bytes = encoded(text);
    return {
      bytes: deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
      checksum: crc32(bytes),
      length: bytes.length,
    };
  },

  join(parts) {
    let checksum = 0;
    let length = 0;
    for (const part of parts) {
      checksum = combinedCrc32(checksum, part.checksum, part.length);
      length += part.length;
    }
    return [HEAD, ...parts.map(({ bytes }) => bytes), tail(checksum, length)];
  },
};

const encoder = new TextEncoder();
/** No character of JavaScript's strings needs more. */
const MOST_BYTES_OF_CHARACTER = 3;
/**
 * One buffer for all texts: fresh ones for megabytes of text, dropped as soon as they are compressed, would make the
 * garbage collector stop the daemon.
 */
let scratch = new Uint8Array(0);

/** The bytes of a text, good until the next call. */
function encoded(text: string): Buffer {
  const most = text.length * MOST_BYTES_OF_CHARACTER;
  if (scratch.length < most) scratch = new Uint8Array(most);
  const { written } = encoder.encodeInto(text, scratch);
  return Buffer.from(scratch.buffer, 0, written);
}

function tail(checksum: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(END_OF_STREAM.length + 8));
  END_OF_STREAM.forEach((byte, place) => view.setUint8(place, byte));
  view.setUint32(END_OF_STREAM.length, checksum, true);
  // Modulo 2^32, as the format has it.
  view.setUint32(END_OF_STREAM.length + 4, length, true);
  return new Uint8Array(view.buffer);
}
