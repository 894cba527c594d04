/** A client of a server, and the streams to it. */
import { Http2Watch } from "./http2.ts";

/** One end of a stream of bytes, as a connection of Deno has it. */
export interface Stream {
  /** Some bytes, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  /** Writes no more; data already written is still delivered. */
  closeWrite(): Promise<void>;
  /** What is under way rejects. */
  close(): void;
}

/** What ends the head of a request. */
const END_OF_HEAD = [13, 10, 13, 10];

/** What is known of a client. */
export class Client {
  isOpen = true;
  lastMs: number;
  /** How much of `END_OF_HEAD` came last. */
  headEnds = 0;
  readonly http2 = new Http2Watch();
  /** Since when there is something that it has not taken; undefined if it has taken all. */
  owedSinceMs: number | undefined;
  /** Whether it has asked something whole of which no answer has come yet. */
  isAsking = false;
  /** It has said all that it wants to say. */
  hasSentAll = false;
  server: Stream | undefined;
  /** Ends when the server has nothing more to say. */
  answers: Promise<void> = Promise.resolve();

  constructor(readonly stream: Stream, nowMs: number) {
    this.lastMs = nowMs;
  }

  /** Whether with these bytes a whole request has come; one that is cut elsewhere than at its end counts as none. */
  endsHead(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      this.headEnds = byte === END_OF_HEAD[this.headEnds]
        ? this.headEnds + 1
        : byte === END_OF_HEAD[0]
        ? 1
        : 0;
      if (this.headEnds < END_OF_HEAD.length) continue;
      this.headEnds = 0;
      return true;
    }
    return false;
  }

  close(): void {
    this.isOpen = false;
    quietly(() => this.stream.close());
    quietly(() => this.server?.close());
  }
}

/** Closing what is closed already is no fault. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // It is closed.
  }
}
