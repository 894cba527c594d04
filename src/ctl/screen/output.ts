/** Standard output or standard error, as commands write to them. */
import type { Sink } from "../../effects/terminal.ts";
import { Style } from "./style.ts";

export class Output {
  #last: Promise<boolean> = Promise.resolve(true);
  readonly #closed = new AbortController();

  constructor(
    readonly sink: Sink,
    readonly style: Style,
    /** Whether it is a terminal on which a line can be written over. */
    readonly isTerminal: boolean = sink.isTerminal,
  ) {}

  /** Writes as it is, in its turn. */
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

  /** Waits until everything is written. A command that writes without end does so now and then. */
  async flush(): Promise<void> {
    await this.#last;
  }

  /** Aborts when nobody reads any more: what `| head` does. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }
}
