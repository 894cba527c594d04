/** Messages of AgentX out of a stream of bytes that is cut anywhere. */

/** Version, type, flags, session, transaction, packet, length of what follows. Source: RFC 2741, section 6.1. */
const HEADER_BYTES = 20;
const LENGTH_AT = 16;
const VERSION = 1;
const NETWORK_BYTE_ORDER = 0x10;
/** No request of a master agent comes near it; a stream that says otherwise is out of step. */
const MOST_BYTES = 1024 * 1024;

/** What was received is no AgentX, or none that drbdd speaks. Nothing after it can be understood. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}

export class Frames {
  #waiting = new Uint8Array(0);

  /**
   * Takes bytes and gives the messages that are complete with them.
   *
   * @throws {ProtocolError} If that is no stream of messages.
   */
  push(bytes: Uint8Array): Uint8Array[] {
    const all = this.#waiting.length === 0 ? bytes.slice() : together(this.#waiting, bytes);
    const frames: Uint8Array[] = [];
    let at = 0;
    for (let end = endOf(all, at); end !== undefined && end <= all.length; end = endOf(all, at)) {
      frames.push(all.subarray(at, end));
      at = end;
    }
    this.#waiting = all.subarray(at);
    return frames;
  }
}

/** Where the message ends that begins at `at`; undefined if its header is not complete. */
function endOf(bytes: Uint8Array, at: number): number | undefined {
  if (bytes.length - at < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const version = view.getUint8(0);
  if (version !== VERSION) throw new ProtocolError(`Expected version 1 of AgentX, found ${version}`);
  if ((view.getUint8(2) & NETWORK_BYTE_ORDER) === 0) {
    throw new ProtocolError(
      "Expected network byte order, which the session was opened with, found the other",
    );
  }
  const length = view.getUint32(LENGTH_AT);
  if (length % 4 !== 0 || length > MOST_BYTES) {
    throw new ProtocolError(`Expected a message of at most ${MOST_BYTES} bytes, found one of ${length}`);
  }
  return at + HEADER_BYTES + length;
}

function together(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
