/** A terminal that a test types at, and reads from. */
import type { Interrupts, Sink, Terminal } from "../../../src/effects/terminal.ts";
import { settle } from "./simulated_clock.ts";

export class TypedTerminal implements Terminal {
  columns = 80;
  rows = 20;
  readonly stdinIsTerminal = true;
  readonly stdout: Sink = { isTerminal: true, write: (text) => this.#write(text) };
  readonly stderr: Sink = { isTerminal: true, write: () => Promise.resolve(true) };
  /** While this is there, nothing that is written is taken. */
  stuck: Promise<void> | undefined;
  /** Somebody reads its keys. */
  isTaken = false;
  #written: string[] = [];
  #typed: string[] = [];
  #wake: () => void = () => {};
  #isInputOver = false;
  readonly #resized = new Set<() => void>();
  readonly #interrupts = new Set<AbortController>();

  size() {
    return { columns: this.columns, rows: this.rows };
  }

  onResize(listener: () => void, signal: AbortSignal): void {
    this.#resized.add(listener);
    signal.addEventListener("abort", () => this.#resized.delete(listener));
  }

  readLine(): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  async *keys(signal: AbortSignal): AsyncIterable<string> {
    this.isTaken = true;
    signal.addEventListener("abort", () => this.#wake());
    try {
      while (!signal.aborted) {
        const text = this.#typed.shift();
        if (text !== undefined) yield text;
        else if (this.#isInputOver) return;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      this.isTaken = false;
    }
  }

  attend(): Promise<never> {
    return Promise.reject(new Error("Nothing can be run here"));
  }

  privateDirectory(): Promise<never> {
    return Promise.reject(new Error("Nobody works on files here"));
  }

  interrupts(): Interrupts {
    const stop = new AbortController();
    this.#interrupts.add(stop);
    return { signal: stop.signal, [Symbol.dispose]: () => void this.#interrupts.delete(stop) };
  }

  /** Types, and returns what is written then. */
  async type(text: string): Promise<string> {
    this.#typed.push(text);
    this.#wake();
    await settle();
    return this.read();
  }

  async resize(columns: number): Promise<string> {
    this.columns = columns;
    for (const listener of this.#resized) listener();
    await settle();
    return this.read();
  }

  /** SIGINT, SIGTERM or SIGHUP. */
  interrupt(): void {
    for (const stop of this.#interrupts) stop.abort();
  }

  endInput(): void {
    this.#isInputOver = true;
    this.#wake();
  }

  /** What was written since this was last asked. */
  read(): string {
    return this.#written.splice(0).join("");
  }

  async #write(text: string): Promise<boolean> {
    await this.stuck;
    this.#written.push(text);
    return true;
  }
}
