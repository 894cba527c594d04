/**
 * Bytes on their way to the other thread. What comes in one turn goes over as one: each message costs as much as some
 * kilobytes do.
 */
import type { Clock } from "../effects/effects.ts";

/** More is not gathered. */
const MOST_BYTES = 256 * 1024;

export class Gathered {
  #bytes = new Uint8Array(0);
  #length = 0;
  #isDue = false;

  /** `send` is given bytes that are its own. */
  constructor(readonly clock: Clock, readonly send: (bytes: Uint8Array<ArrayBuffer>) => void) {}

  /** How many wait to be sent. */
  get length(): number {
    return this.#length;
  }

  /** Takes a copy, to be sent in the next turn at the latest. */
  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const all = new Uint8Array(
        Math.max(this.#length + bytes.length, Math.min(this.#length * 4, MOST_BYTES)),
      );
      all.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = all;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    if (this.#length >= MOST_BYTES) this.flush();
    else if (!this.#isDue) {
      this.#isDue = true;
      void this.clock.nextTurn().then(() => {
        this.#isDue = false;
        this.flush();
      });
    }
  }

  /** Sends everything gathered. */
  flush(): void {
    if (this.#length === 0) return;
    const bytes = this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
    this.clear();
    this.send(bytes);
  }

  /** Drops everything gathered. */
  clear(): void {
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
  }
}
