/**
 * The body of an answer, produced chunk by chunk as the client reads: a slow client costs the memory of one chunk, and a
 * stalled one is disconnected.
 */
import { ClientFault, type Clock, type Timer } from "../../../src/effects/effects.ts";

/** Time limit for a client to take a chunk. */
export const STALL_MS = 30_000;
/** Pieces are joined up to this size. */
const PIECE_CHARACTERS = 32 * 1024;

/** The client has stalled. */
class Stalled extends ClientFault {
  override name = "Stalled";
}

/** The environment of bodies. */
export interface BodyWorld {
  readonly clock: Clock;
}

/** The place of an unfinished body. */
export interface BodyPlace {
  /** The client has taken a chunk. */
  take?(): void;
  /** The body has ended for any reason. Called once. */
  end(): void;
  /** Set by the body: ends it, because another client needs the place. */
  cut?: () => void;
}

/** Reads on in `pieces` when the client has taken the last chunk. Leaves `place` when the body ends, or the client stalls or disconnects. */
export function pacedBody(
  pieces: Iterator<string> | AsyncIterator<string>,
  { clock }: BodyWorld,
  place: BodyPlace = { end() {} },
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stall: Timer | undefined;
  let isOver = false;
  const end = () => {
    stall?.cancel();
    if (isOver) return;
    isOver = true;
    place.end();
    void pieces.return?.();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      place.cut = () => {
        end();
        controller.error(new Stalled("The client stalled, and others waited for its place"));
      };
    },
    async pull(controller) {
      stall?.cancel();
      try {
        const { done, value } = await pieces.next();
        if (isOver) return;
        if (done) {
          end();
          controller.close();
          return;
        }
        place.take?.();
        controller.enqueue(encoder.encode(value));
        stall = clock.setTimer(STALL_MS, () => {
          end();
          controller.error(new Stalled(`The client took nothing for ${STALL_MS / 1000} seconds`));
        });
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel: end,
  }, { highWaterMark: 0 });
}

/** Joins texts to chunks worth sending. Each is built without a pause, so it must not be too large. */
export function* inPieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}
