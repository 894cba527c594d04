/** What a program for people has besides the effects: its own input and output, and the terminal they may be. */
import type { ExitStatus } from "./effects.ts";

/** Standard output or standard error. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Writes all of it, in its turn. Resolves to false when there is nobody any more who reads. Never rejects. */
  write(text: string): Promise<boolean>;
}

/** While it is held, Ctrl-C, SIGTERM and SIGHUP do not end the program, but abort the signal. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal;
}

export interface Terminal {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdinIsTerminal: boolean;
  /** Of the terminal that standard output is; undefined if it is none. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
  /** Calls `listener` when the terminal has another size, until `signal` aborts. */
  onResize(listener: () => void, signal: AbortSignal): void;
  /** A line of standard input without its end; undefined at the end of input. */
  readLine(): Promise<string | undefined>;
  /**
   * Each key that is pressed, as the bytes the terminal sends for it, without echo and without waiting for Enter; Ctrl-C
   * is "\x03". Until `signal` aborts or the input ends; then the terminal is as it was.
   */
  keys(signal: AbortSignal): AsyncIterable<string>;
  /**
   * Runs a program that has input, output and terminal for itself, and the environment of this one.
   * @throws {ProgramError} If it cannot be started.
   */
  attend(argv: readonly string[]): Promise<ExitStatus>;
  interrupts(): Interrupts;
  /** Makes a new directory that nobody else can look into, for files that somebody works on. Returns its path. */
  privateDirectory(): Promise<string>;
}
