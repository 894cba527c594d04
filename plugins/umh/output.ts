/** What a command writes, line by line, as far as it is bearable. */
import { LineSplitter } from "../../src/drbd/events2/lines.ts";
import { PipeReader } from "../../src/effects/pipe.ts";
import type { Turnstile } from "../../src/daemon/source/turnstile.ts";

/** Lines are given on for so long at a stretch; then others have their turn. */
const LONGEST_STRETCH_MS = 1;

export interface OutputUse {
  /** A line without its newline. Empty ones are left out. */
  line(text: string): void;
  /** There is more than is used. Called once. */
  tooMuch(): void;
}

/** The output of one command: both of its pipes together, up to a bound. */
export class Output {
  readonly #readers: PipeReader[] = [];
  #bytesLeft: number;
  #saidTooMuch = false;

  /** Lines are given on when the turnstile lets through: that of several outputs keeps them all together short. */
  constructor(readonly turnstile: Turnstile, mostBytes: number, readonly use: OutputUse) {
    this.#bytesLeft = mostBytes;
  }

  /** Ends when nobody holds the pipe open any more. Reads it to its end, so that its writer is not held up. Never rejects. */
  async read(pipe: ReadableStream<Uint8Array>): Promise<void> {
    const reader = new PipeReader(pipe);
    this.#readers.push(reader);
    const splitter = new LineSplitter();
    try {
      await reader.read((bytes) => this.#take(bytes, splitter));
    } catch {
      // The pipe broke: what came before was used.
    }
    await this.#useLines(splitter.end());
  }

  /** Stops reading, though somebody may still write. */
  abandon(): void {
    for (const reader of this.#readers) reader.stop();
  }

  async #take(bytes: Uint8Array, splitter: LineSplitter): Promise<void> {
    const kept = bytes.subarray(0, this.#bytesLeft);
    this.#bytesLeft -= kept.length;
    for (const { text } of splitter.push(kept)) await this.#useLines(text);
    if (kept.length === bytes.length || this.#saidTooMuch) return;
    this.#saidTooMuch = true;
    await this.#useLines(splitter.end());
    this.use.tooMuch();
  }

  async #useLines(block: string): Promise<void> {
    const { clock } = this.turnstile;
    let restAtMs = -Infinity;
    for (const line of block.split("\n")) {
      if (line === "") continue;
      if (clock.nowMs() >= restAtMs) {
        await this.turnstile.pass();
        restAtMs = clock.nowMs() + LONGEST_STRETCH_MS;
      }
      this.use.line(line);
    }
  }
}
