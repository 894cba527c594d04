/** Output of programs, with as little memory as it needs. */

/**
 * Left alone, Deno's streams make 64 KiB for each read, be there one byte or none. A hundred short programs a second
 * would leave so much to be collected that the daemon stands still for it, again and again.
 */
const FIRST_BYTES = 1_024;
/** Of somebody who writes much. As much as a pipe holds. */
const MOST_BYTES = 65_536;

/** Reads a pipe to its end, or until it is stopped. */
export class PipeReader {
  readonly #reader: ReadableStreamBYOBReader;

  constructor(pipe: ReadableStream<Uint8Array>) {
    this.#reader = pipe.getReader({ mode: "byob" });
  }

  /**
   * Gives on what comes; the bytes are good until `use` returns, or what it returns is fulfilled. Ends when nobody holds
   * the pipe open any more. Rejects if the pipe breaks.
   */
  async read(use: (bytes: Uint8Array) => Promise<void> | void): Promise<void> {
    let buffer = new Uint8Array(FIRST_BYTES);
    for (;;) {
      const { done, value } = await this.#reader.read(buffer);
      if (done) return;
      await use(value);
      const isFull = value.length === value.buffer.byteLength && value.length < MOST_BYTES;
      buffer = isFull ? new Uint8Array(value.length * 4) : new Uint8Array(value.buffer);
    }
  }

  /** Reads no more, though somebody may still write. */
  stop(): void {
    this.#reader.cancel().catch(() => {});
  }
}
