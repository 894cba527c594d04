/** What command-line programs have besides the effects: standard input and output, and the terminal. */
import type { ExitStatus } from "./effects.ts";

/** Standard output or standard error. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Writes all of it, in order. Resolves to false if the reader is gone. Never rejects. */
  write(text: string): Promise<boolean>;
}

/** While held, Ctrl-C, SIGTERM and SIGHUP abort the signal instead of ending the program. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTerminal: boolean;
  /** Of the terminal at standard output; undefined if it is not one. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls `listener` when the terminal is resized, until `signal` aborts. */
  onResize(listener: () => void, signal: AbortSignal): void;
  /** A line of standard input without its newline; undefined at the end of input. */
  readLine(): Promise<string | undefined>;
  /**
   * Yields each key pressed, as the bytes the terminal sends, without echo or waiting for Enter; Ctrl-C is "\x03". Ends when `signal`
   * aborts or the input ends, and restores the terminal.
   */
  keys(signal: AbortSignal): AsyncIterable<string>;
  /**
   * Runs a program that uses this one's input, output, terminal and environment.
   * @throws {ProgramError} If it cannot be started.
   */
  attend(argv: readonly string[]): Promise<ExitStatus>;
  interrupts(): Interrupts;
  /** Creates a directory that only the user can access, for temporary files. Returns its path. */
  privateDirectory(): Promise<string>;
}
