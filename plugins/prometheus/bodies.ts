/**
 * Bodies of answers, sent as fast as each client takes them. They are made of pieces that all clients share: a client
 * that reads slowly costs no more than a fast one.
 *
 * What it does cost is that old pieces are kept for it. So no more than `MOST` bodies are under way; another one ends
 * the oldest, which a client that reads at all has long got.
 */

const MOST = 32;
/** Smaller pieces are put together, as sending each of them is a step of its own. */
const LARGE_BYTES = 16 * 1024;

export class Bodies {
  /** What ends each of those that are under way, oldest first. */
  readonly #underWay = new Set<() => void>();

  /** How many are under way. */
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
          controller.error(new Error("The client is too slow"));
        };
        this.#underWay.add(cut);
        if (this.#underWay.size > MOST) this.#cutOldest();
      },
      pull: (controller) => {
        const { done, value } = chunks.next();
        if (!done) return controller.enqueue(value);
        this.#underWay.delete(cut);
        controller.close();
      },
      cancel: () => void this.#underWay.delete(cut),
    }, { highWaterMark: 0 });
  }

  #cutOldest(): void {
    const [oldest] = this.#underWay;
    oldest?.();
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
