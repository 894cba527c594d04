/** Reads a command's output line by line, up to a bound. */
import { LineSplitter } from "../../../src/drbd/events2/lines.ts";
import { PipeReader } from "../../../src/effects/pipe.ts";
import type { TurnLimiter } from "../../../src/effects/waiting/turn_limiter.ts";

/** Lines are processed for at most this long before others get their turn. */
const LONGEST_STRETCH_MS = 1;

export interface OutputUse {
  /** A line without its newline; empty ones are omitted. */
  line(text: string): void;
  /** Called once, when the output exceeds the bound. */
  tooMuch(): void;
}

/** The output of one command: both pipes together. */
export class Output {
  readonly #readers: PipeReader[] = [];
  #bytesLeft: number;
  #isOverLimit = false;

  /** The limiter limits the time spent on all outputs together. */
  constructor(readonly limiter: TurnLimiter, mostBytes: number, readonly use: OutputUse) {
    this.#bytesLeft = mostBytes;
  }

  /** Resolves when the pipes are closed. Reads beyond the bound too, so that the writer is not blocked. Never rejects. */
  async read(pipe: ReadableStream<Uint8Array>): Promise<void> {
    const reader = new PipeReader(pipe);
    this.#readers.push(reader);
    const splitter = new LineSplitter();
    try {
      await reader.read((bytes) => this.#take(bytes, splitter));
    } catch {
      // The pipe broke: what was read until then has been used.
    }
    await this.#useLines(splitter.end());
  }

  /** Stops reading even if the pipes are open. */
  abandon(): void {
    for (const reader of this.#readers) reader.stop();
  }

  async #take(bytes: Uint8Array, splitter: LineSplitter): Promise<void> {
    const kept = bytes.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= kept.length;
    for (const { text } of splitter.push(kept)) await this.#useLines(text);
    if (kept.length === bytes.length || this.#isOverLimit) return;
    this.#isOverLimit = true;
    await this.#useLines(splitter.end());
    this.use.tooMuch();
  }

  async #useLines(block: string): Promise<void> {
    const { clock } = this.limiter;
    let restAtMs = -Infinity;
    for (const line of block.split("\n")) {
      if (line === "") continue;
      if (clock.nowMs() >= restAtMs) {
        await this.limiter.pass();
        restAtMs = clock.nowMs() + LONGEST_STRETCH_MS;
      }
      this.use.line(line);
    }
  }
}
