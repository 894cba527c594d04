/**
 * The queue of records for a log file. Nothing waits for the file: storage that hangs costs log lines, never a decision. The
 * queue is bounded; when it is full, records are dropped and counted, and the count is logged when there is room again.
 */

const MOST_WAITING_CHARACTERS = 4 * 1024 * 1024;

export interface LogOutput {
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface LogQueueListener<Item> {
  /** Called with records that could not be written. */
  failed(items: readonly Item[], error: unknown): void;
  /** The queue is full: `item` is the first record dropped. */
  losing(item: Item): void;
  /** A line with the number of records dropped before `item`. */
  lost(count: number, item: Item): string;
}

export class LogQueue<Item> {
  #waiting: { readonly item: Item; readonly text: string }[] = [];
  #characters = 0;
  #lost = 0;
  #isClosed = false;
  #writing: Promise<void> | undefined;

  constructor(readonly output: LogOutput, readonly listener: LogQueueListener<Item>) {}

  /** Queues an item of whole lines. Never throws or waits. */
  add(item: Item, text: string): void {
    if (this.#characters + text.length > MOST_WAITING_CHARACTERS) {
      if (this.#lost++ === 0) this.listener.losing(item);
      return;
    }
    this.#characters += text.length;
    this.#waiting.push({ item, text });
    this.#writing ??= this.#pump();
  }

  /** Resolves when everything queued is written or has failed. Never rejects. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  /** Closes the output when everything is written. */
  close(): void {
    this.#isClosed = true;
    if (this.#writing === undefined) this.output.close();
  }

  async #pump(): Promise<void> {
    // Records logged together are written together.
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
