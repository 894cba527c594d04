/**
 * Response bodies that are sent as fast as each client reads. Their pieces are shared by all clients, so a slow client
 * costs no more memory than a fast one.
 *
 * A slow client does keep old pieces alive. So when more than `MOST` bodies are being sent, those that have stalled are
 * ended.
 */
import { ClientFault, type Clock } from "../../src/effects/effects.ts";

const MOST = 32;
/** A client that takes nothing for this time has stalled. */
const STALLED_MS = 1_000;
/** Smaller pieces are joined, as each write has a cost. */
const LARGE_BYTES = 16 * 1024;

export class PacedBodies {
  /** By function that ends it: when each body last asked for a piece; longest ago first. */
  readonly #underWay = new Map<() => void, number>();

  constructor(readonly clock: Clock) {}

  /** How many are being sent. */
  get count(): number {
    return this.#underWay.size;
  }

  stream(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
    const chunks = together(pieces);
    let cut = () => {};
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        cut = () => {
          this.#underWay.delete(cut);
          controller.error(new ClientFault("The client is too slow"));
        };
        this.#underWay.set(cut, this.clock.nowMs());
        this.#cutStalled();
      },
      pull: (controller) => {
        if (!this.#underWay.delete(cut)) return;
        this.#underWay.set(cut, this.clock.nowMs());
        const { done, value } = chunks.next();
        if (!done) return controller.enqueue(value);
        this.#underWay.delete(cut);
        controller.close();
      },
      cancel: () => void this.#underWay.delete(cut),
    }, { highWaterMark: 0 });
  }

  #cutStalled(): void {
    const latestMs = this.clock.nowMs() - STALLED_MS;
    for (const [cut, askedMs] of this.#underWay) {
      if (this.#underWay.size <= MOST || askedMs > latestMs) return;
      cut();
    }
  }
}

/** Puts small pieces together, and leaves large ones as they are. */
function* together(pieces: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  let small: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    if (bytes > 0 && bytes + piece.length > LARGE_BYTES) {
      yield joined(small, bytes);
      small = [];
      bytes = 0;
    }
    if (piece.length >= LARGE_BYTES) {
      yield piece;
    } else {
      small.push(piece);
      bytes += piece.length;
    }
  }
  if (bytes > 0) yield joined(small, bytes);
  return undefined;
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const all = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
