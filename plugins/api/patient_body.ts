/**
 * The body of an answer, made piece by piece as the client takes it: a slow client costs one piece of memory, and one
 * that does not read at all is let go.
 */
import { ClientFault, type Clock, type Timer } from "../../src/runtime/effects.ts";
import type { Turnstile } from "../../src/runtime/turnstile.ts";

/** How long a client may take to take a piece. What it has not read by then, the system's buffers included, is a lot. */
export const STALL_MS = 30_000;
/** Pieces are gathered until they come to this. */
const PIECE_CHARACTERS = 32 * 1024;

/** A client that did not read on. */
class Stalled extends ClientFault {
  override name = "Stalled";

  constructor() {
    super(`The client took nothing for ${STALL_MS / 1000} seconds`);
  }
}

/** What bodies have in common. */
export interface BodyWorld {
  readonly clock: Clock;
  /** Each piece of each body goes through it. */
  readonly turnstile: Turnstile;
}

/**
 * `pieces` is asked for more when the client has taken what there was. `onEnd` is called once, whatever ends the body:
 * its end, the client's, or the client's patience.
 */
export function patientBody(
  pieces: Iterator<string> | AsyncIterator<string>,
  { clock, turnstile }: BodyWorld,
  onEnd: () => void = () => {},
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stall: Timer | undefined;
  let isOver = false;
  const end = () => {
    stall?.cancel();
    if (isOver) return;
    isOver = true;
    onEnd();
    void pieces.return?.();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      stall?.cancel();
      try {
        await turnstile.pass();
        const { done, value } = await pieces.next();
        if (isOver) return;
        if (done) {
          end();
          controller.close();
          return;
        }
        controller.enqueue(encoder.encode(value));
        stall = clock.setTimer(STALL_MS, () => {
          end();
          controller.error(new Stalled());
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
