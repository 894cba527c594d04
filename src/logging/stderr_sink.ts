/**
 * Lines to standard error without ever waiting for its reader.
 *
 * A plain write blocks when the pipe is full, and a log that nobody reads must not stop failovers. So lines wait in
 * memory, up to a bound; beyond it they are dropped, counted, and the count is told when there is room again.
 */

const MOST_WAITING_CHARACTERS = 4 * 1024 * 1024;

export class StderrSink {
  #waiting = "";
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /** `output` writes some of the bytes and says how many. */
  constructor(readonly output: { write(bytes: Uint8Array): Promise<number> }) {}

  /** Takes whole lines. Never throws, never waits. */
  write(lines: string): void {
    if (this.#waiting.length + lines.length > MOST_WAITING_CHARACTERS) {
      this.#dropped++;
      return;
    }
    this.#waiting += lines;
    this.#writing ??= this.#pump();
  }

  /** Ends when all that was taken is written, at the latest with `deadline`. Never rejects. */
  async flush(deadline: Promise<unknown>): Promise<void> {
    await Promise.race([this.#writing, deadline]);
  }

  async #pump(): Promise<void> {
    // Lets what is logged in one go be written in one go.
    await Promise.resolve();
    const encoder = new TextEncoder();
    try {
      while (this.#waiting !== "") {
        const bytes = encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let at = 0; at < bytes.length;) at += await this.output.write(bytes.subarray(at));
        if (this.#dropped > 0) {
          this.#waiting = `drbdd: ${this.#takeDropped()} log entries were lost\n${this.#waiting}`;
        }
      }
    } catch {
      // Nobody is there to be told that the log is gone.
      this.#waiting = "";
    } finally {
      this.#writing = undefined;
    }
  }

  #takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }
}
