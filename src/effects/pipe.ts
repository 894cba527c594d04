/** Reading the output of programs with little memory. */

/**
 * Deno's streams allocate 64 KiB for each read, even of one byte. A hundred short programs a second would cause garbage collections
 * that block the daemon.
 */
const FIRST_BYTES = 1_024;
/** For a busy writer: as much as a pipe holds. */
const MOST_BYTES = 65_536;

/** Reads a pipe to its end, or until it is stopped. */
export class PipeReader {
  readonly #reader: ReadableStreamBYOBReader;

  constructor(pipe: ReadableStream<Uint8Array>) {
    this.#reader = pipe.getReader({ mode: "byob" });
  }

  /**
   * Calls `use` with each chunk, which is valid until `use` returns or its promise is fulfilled. Ends when all writers have closed the pipe.
   * Rejects if the pipe breaks.
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

  /** Stops reading even if the pipe is open. */
  stop(): void {
    this.#reader.cancel().catch(() => {});
  }
}
