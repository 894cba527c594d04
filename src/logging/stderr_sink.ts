/**
 * Writes lines to standard error without waiting for its reader.
 *
 * A write blocks when the pipe is full, and an unread log must not stop a failover. So lines are queued in memory up to a bound;
 * beyond it they are dropped and counted, and the count is written when there is room again.
 */

const MOST_WAITING_CHARACTERS = 4 * 1024 * 1024;

export class StderrSink {
  #waiting = "";
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /** `output` writes some of the bytes and returns how many. */
  constructor(readonly output: { write(bytes: Uint8Array): Promise<number> }) {}

  /** Queues whole lines. Never throws or waits. */
  write(lines: string): void {
    if (this.#waiting.length + lines.length > MOST_WAITING_CHARACTERS) {
      this.#dropped++;
      return;
    }
    this.#waiting += lines;
    this.#writing ??= this.#pump();
  }

  /** Resolves when everything queued is written, at the latest at `deadline`. Never rejects. */
  async flush(deadline: Promise<unknown>): Promise<void> {
    await Promise.race([this.#writing, deadline]);
  }

  async #pump(): Promise<void> {
    // Lines logged together are written together.
    await Promise.resolve();
    const encoder = new TextEncoder();
    try {
      while (this.#waiting !== "") {
        const bytes = encoder.encode(this.#waiting);
        this.#waiting = "";
        for (let at = 0; at < bytes.length;) at += await this.output.write(bytes.subarray(at));
        if (this.#dropped > 0) {
          this.#waiting = `drbdd: ${this.#takeDropped()} log entries were dropped\n${this.#waiting}`;
        }
      }
    } catch {
      // The log is gone: there is nowhere to report it.
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
