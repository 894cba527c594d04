/** Standard output or standard error, as commands write to them. */
import type { Sink } from "../../effects/terminal.ts";
import { Style } from "./style.ts";

export class Output {
  #last: Promise<boolean> = Promise.resolve(true);
  readonly #closed = new AbortController();

  constructor(
    readonly sink: Sink,
    readonly style: Style,
    /** Whether it is a terminal on which a line can be overwritten. */
    readonly isTerminal: boolean = sink.isTerminal,
  ) {}

  /** Writes the text unchanged, after everything written before. */
  write(text: string): void {
    this.#last = this.sink.write(text);
    void this.#last.then((isOpen) => {
      if (!isOpen) this.#closed.abort();
    });
  }

  /** Writes a line. */
  line(text = ""): void {
    this.write(`${text}\n`);
  }

  /** Waits until everything is written. Commands that print endlessly call it regularly. */
  async flush(): Promise<void> {
    await this.#last;
  }

  /** Aborts when the reader has gone, as with `| head`. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }
}
