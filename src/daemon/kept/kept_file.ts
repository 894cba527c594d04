/** A file in the daemon's own place in /run: written some time after what it keeps has changed, so that a burst is written once. */
import type { Effects, Timer } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import { runtimePath } from "../status/config_status.ts";

const WRITE_AFTER_MS = 1_000;

/** What is written, and how a failure to do so is named. */
export interface Kept {
  /** The name of the file. */
  readonly name: string;
  /** What is kept, in words to follow "Cannot keep". */
  readonly what: string;
  text(): string;
}

export class KeptFile {
  readonly #path: string | undefined;
  #timer: Timer | undefined;
  #written: Promise<void> = Promise.resolve();
  #text: string | undefined;
  #hasFailed = false;

  constructor(readonly effects: Effects, readonly log: Logger, readonly kept: Kept) {
    this.#path = runtimePath(effects, kept.name);
  }

  /** Whether the daemon has such a place: one that systemd did not start has none. */
  get hasPlace(): boolean {
    return this.#path !== undefined;
  }

  /** What is kept has changed. */
  changed(): void {
    if (!this.hasPlace) return;
    this.#timer ??= this.effects.clock.setTimer(WRITE_AFTER_MS, () => this.#write());
  }

  /** Ends when the last change so far is written, or could not be. */
  async flush(): Promise<void> {
    if (this.#timer !== undefined) this.#write();
    await this.#written;
  }

  #write(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#written = this.#written.then(() => this.#writeNow());
  }

  async #writeNow(): Promise<void> {
    const text = this.kept.text();
    if (this.#path === undefined || text === this.#text) return;
    try {
      await this.effects.files.writeTextAtomic(this.#path, text, 0o640);
      this.#text = text;
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) {
        this.log.warn("Cannot save {what} for drbddctl: {error}", { what: this.kept.what, error });
      }
      this.#hasFailed = true;
    }
  }
}
