/**
 * Records on their way to the file of a log. Nothing waits for the file: storage that hangs costs lines of the log, never
 * a decision. What waits is bounded; beyond that records are lost, counted, and the count is written when there is room.
 */

const MOST_WAITING_CHARACTERS = 4 * 1024 * 1024;

export interface LogOutput {
  /** Writes some of the bytes and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface LogQueueListener<Item> {
  /** These could not be written. */
  failed(items: readonly Item[], error: unknown): void;
  /** The file takes too little: `item` is the first that is lost. */
  losing(item: Item): void;
  /** The line that says how many were lost until `item` was written. */
  lost(count: number, item: Item): string;
}

export class LogQueue<Item> {
  #waiting: { readonly item: Item; readonly text: string }[] = [];
  #characters = 0;
  #lost = 0;
  #isClosed = false;
  #writing: Promise<void> | undefined;

  constructor(readonly output: LogOutput, readonly listener: LogQueueListener<Item>) {}

  /** Takes an item, as whole lines. Never throws, never waits. */
  add(item: Item, text: string): void {
    if (this.#characters + text.length > MOST_WAITING_CHARACTERS) {
      if (this.#lost++ === 0) this.listener.losing(item);
      return;
    }
    this.#characters += text.length;
    this.#waiting.push({ item, text });
    this.#writing ??= this.#pump();
  }

  /** Ends when all that was taken is written, or could not be. Never rejects. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  /** Closes the output as soon as all is written. */
  close(): void {
    this.#isClosed = true;
    if (this.#writing === undefined) this.output.close();
  }

  async #pump(): Promise<void> {
    // Lets what is logged in one go be written in one go.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(taken.map(({ text }) => text).join(""));
        const last = taken.at(-1);
        if (this.#lost > 0 && last !== undefined) {
          const lost = this.#lost;
          this.#lost = 0;
          await this.#write(this.listener.lost(lost, last.item));
        }
      } catch (error) {
        this.listener.failed(taken.map(({ item }) => item), error);
      }
      this.#characters = this.#waiting.reduce((sum, { text }) => sum + text.length, 0);
    }
    this.#writing = undefined;
    if (this.#isClosed) this.output.close();
  }

  async #write(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await this.output.write(bytes.subarray(at));
  }
}
