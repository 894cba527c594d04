/**
 * The body of an answer, made piece by piece as the client takes it: a slow client costs one piece of memory, and one
 * that does not read at all is let go.
 */
import { ClientFault, type Clock, type Timer } from "../../../src/effects/effects.ts";

/** How long a client may take to take a piece. What it has not read by then, the system's buffers included, is a lot. */
export const STALL_MS = 30_000;
/** Pieces are gathered until they come to this. */
const PIECE_CHARACTERS = 32 * 1024;

/** A client that did not read on. */
class Stalled extends ClientFault {
  override name = "Stalled";
}

/** What bodies have in common. */
export interface BodyWorld {
  readonly clock: Clock;
}

/** What a body takes up as long as it is under way. */
export interface BodyPlace {
  /** The client has taken a piece. */
  take?(): void;
  /** The body is over, whatever ended it. Called once. */
  end(): void;
  /** Set by the body: ends it, as somebody else wants the place. */
  cut?: () => void;
}

/**
 * `pieces` is asked for more when the client has taken what there was. `place` is left when the
 * body is over: by its end, the client's, or the client's patience.
 */
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
        controller.error(new Stalled("The client did not read on, and others waited for its place"));
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

/** The same texts in pieces that are worth sending. Each is made without a break, so they must not be too large. */
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
