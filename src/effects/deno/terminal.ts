/** The terminal, from Deno. */
import { FileError, ProgramError } from "../effects.ts";
import type { Interrupts, Sink, Terminal } from "../terminal.ts";

type Stream = typeof Deno.stdout | typeof Deno.stderr;

const END_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function denoTerminal(): Terminal {
  const input = new Input();
  return {
    stdout: sinkOf(Deno.stdout),
    stderr: sinkOf(Deno.stderr),
    stdinIsTerminal: Deno.stdin.isTerminal(),
    size() {
      try {
        return Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined;
      } catch {
        return undefined;
      }
    },
    onResize(listener, signal) {
      Deno.addSignalListener("SIGWINCH", listener);
      signal.addEventListener("abort", () => Deno.removeSignalListener("SIGWINCH", listener), { once: true });
    },
    readLine: () => input.line(),
    keys: (signal) => input.keys(signal),
    attend,
    interrupts,
    privateDirectory,
  };
}

function sinkOf(stream: Stream): Sink {
  const encoder = new TextEncoder();
  let last: Promise<boolean> = Promise.resolve(true);
  const writeNow = async (text: string, isOpen: boolean): Promise<boolean> => {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; isOpen && at < bytes.length;) at += await stream.write(bytes.subarray(at));
      return isOpen;
    } catch {
      return false; // The reader of the pipe, or the terminal, is gone.
    }
  };
  return {
    isTerminal: stream.isTerminal(),
    write(text) {
      last = last.then((isOpen) => writeNow(text, isOpen));
      return last;
    },
  };
}

/** An escape sequence, such as that of an arrow key, or a character. Source: ECMA-48, 5.4. */
const KEY = new RegExp("\u001b(?:\\[[0-?]*[ -/]*[@-~]|O[ -~])|.", "gsu");

/** Standard input, line by line or key by key. */
class Input {
  #rest = "";
  #isOver = false;
  readonly #decoder = new TextDecoder();

  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      if (!await this.#read()) {
        const line = this.#rest;
        this.#rest = "";
        return line === "" ? undefined : line;
      }
    }
  }

  async *keys(signal: AbortSignal): AsyncIterable<string> {
    if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(true);
    const aborted = new Promise<false>((resolve) => {
      if (signal.aborted) resolve(false);
      signal.addEventListener("abort", () => resolve(false), { once: true });
    });
    try {
      while (!signal.aborted && await Promise.race([this.#read(), aborted])) {
        const keys = this.#rest;
        this.#rest = "";
        // Keys typed fast may come in one read.
        yield* keys.match(KEY) ?? [];
      }
    } finally {
      if (Deno.stdin.isTerminal()) Deno.stdin.setRaw(false);
    }
  }

  async #read(): Promise<boolean> {
    if (this.#isOver) return false;
    const buffer = new Uint8Array(4096);
    const count = await Deno.stdin.read(buffer).catch(() => null);
    if (count === null) this.#isOver = true;
    else this.#rest += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
    return !this.#isOver;
  }
}

async function attend([program = "", ...args]: readonly string[]) {
  // Ctrl-C is meant for the program that has the terminal.
  using _ = interrupts();
  try {
    const { code, signal } = await start(program, args).status;
    return signal === null ? { code, signal: undefined } : { code: undefined, signal };
  } catch (cause) {
    throw new ProgramError(program, reasonOf(cause), { cause });
  }
}

function start(program: string, args: string[]): Deno.ChildProcess {
  const options = { args, stdin: "inherit", stdout: "inherit", stderr: "inherit" } as const;
  try {
    return new Deno.Command(program, options).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    // Deno passes no LD_ variables from a sandbox; running without them is better than not at all.
    return new Deno.Command(program, { ...options, clearEnv: true, env: readableEnvironment() }).spawn();
  }
}

const PASSED_ON = [
  "PATH",
  "HOME",
  "TERM",
  "USER",
  "SHELL",
  "EDITOR",
  "VISUAL",
  "PAGER",
  "LANG",
  "LC_ALL",
] as const;

function readableEnvironment(): Record<string, string> {
  return Object.fromEntries(PASSED_ON.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it was not found in PATH";
  if (error instanceof Deno.errors.NotCapable) return "drbddctl may not run it";
  return "the system refused";
}

async function privateDirectory(): Promise<string> {
  const path = `${Deno.env.get("TMPDIR") || "/tmp"}/drbddctl-${crypto.randomUUID()}`;
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (cause) {
    throw new FileError(`Cannot create the directory "${path}"`, { cause });
  }
  return path;
}

function interrupts(): Interrupts {
  const stop = new AbortController();
  const end = () => stop.abort();
  for (const signal of END_SIGNALS) Deno.addSignalListener(signal, end);
  return {
    signal: stop.signal,
    [Symbol.dispose]() {
      for (const signal of END_SIGNALS) Deno.removeSignalListener(signal, end);
    },
  };
}
