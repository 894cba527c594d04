/**
 * What a stand-in program and the model server say to one another over their socket: first the program, as one line of
 * JSON, what it was started as; then the server, a line of JSON each, what to print and how to end. What the program
 * reads from its standard input it passes on as it is.
 */

/** What a stand-in was started as. */
export interface Started {
  readonly node: string;
  /** drbdsetup, drbdadm, or another program that the server was given. */
  readonly program: string;
  readonly args: readonly string[];
}

export type Frame =
  | { readonly out: string }
  | { readonly err: string }
  | { readonly exit: number };

/** Cuts a stream of bytes into lines; what is after the last newline waits for more. */
export class LineCutter {
  readonly #decoder = new TextDecoder();
  #rest = "";

  take(bytes: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }

  /** What came after the last newline so far. */
  get rest(): string {
    return this.#rest;
  }
}
