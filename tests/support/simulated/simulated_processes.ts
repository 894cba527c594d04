/** Programs that exist in tests only: functions that get a child to play. */
import {
  type Child,
  type Clock,
  type ExitStatus,
  type Processes,
  ProgramError,
  type RunOptions,
  type RunResult,
  type SignalName,
  type SpawnOptions,
} from "../../../src/effects/effects.ts";

/** A child as the program sees it. */
export interface Role {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  print(text: string): void;
  printBytes(bytes: Uint8Array): void;
  complain(text: string): void;
  /** Ends the program. Later calls do nothing. */
  exit(code: number): void;
  /** Ends the program as a signal does. */
  die(signal: string): void;
  readonly isOver: boolean;
  /** Called with what is written to standard input. */
  onInput: (text: string) => void;
  /** Called when standard input ended. */
  onEndOfInput: () => void;
  /** Called for each signal but SIGKILL, which ends every program. By default each ends it. */
  onSignal: (signal: SignalName) => void;
}

/** Plays a program. It may go on after it returned, until it exits. */
export type Program = (role: Role) => void;

/** One start of a program, as seen from outside. */
export interface Started {
  readonly argv: readonly string[];
  readonly atMs: number;
  readonly role: Role;
}

export class SimulatedProcesses implements Processes {
  readonly #programs = new Map<string, Program>();
  /** Everything that was ever started, in order. */
  readonly started: Started[] = [];
  #pid = 1000;

  constructor(readonly clock: Clock) {}

  /** Makes `play` what runs under this name; undefined: nobody finds it any more. */
  install(name: string, play: Program | undefined): void {
    if (play === undefined) this.#programs.delete(name);
    else this.#programs.set(name, play);
  }

  /** Those that are still running. */
  get alive(): readonly Started[] {
    return this.started.filter(({ role }) => !role.isOver);
  }

  spawn(argv: readonly string[], options: SpawnOptions): Child {
    const [name = ""] = argv;
    const play = this.#programs.get(name);
    if (play === undefined) throw new ProgramError(name, "it was not found in PATH");
    const actor = new Actor(argv, options.env, this.#pid++);
    this.started.push({ argv, atMs: this.clock.nowMs(), role: actor });
    play(actor);
    return actor.child;
  }

  async run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    const child = this.spawn(argv, options);
    const end = () => {
      child.kill("SIGTERM");
      const timer = this.clock.setTimer(options.killAfterMs ?? 2_000, () => child.kill("SIGKILL"));
      void child.status.then(() => timer.cancel());
    };
    options.signal?.addEventListener("abort", end);
    if (options.signal?.aborted) end();
    const [stdout, stderr, status] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.status,
    ]);
    options.signal?.removeEventListener("abort", end);
    return { ...status, stdout, stderr };
  }
}

class Actor implements Role {
  readonly child: Child;
  isOver = false;
  onInput: (text: string) => void = () => {};
  onEndOfInput: () => void = () => {};
  onSignal: (signal: SignalName) => void = (signal) => this.die(signal);
  readonly #stdout = new Pipe();
  readonly #stderr = new Pipe();
  #end: (status: ExitStatus) => void = () => {};

  constructor(
    readonly argv: readonly string[],
    readonly env: Readonly<Record<string, string>>,
    pid: number,
  ) {
    const status = new Promise<ExitStatus>((resolve) => this.#end = resolve);
    this.child = {
      pid,
      stdout: this.#stdout.stream,
      stderr: this.#stderr.stream,
      write: (text) => {
        if (this.isOver) return Promise.reject(new Error("Broken pipe"));
        this.onInput(text);
        return Promise.resolve();
      },
      closeStdin: () => {
        if (!this.isOver) this.onEndOfInput();
        return Promise.resolve();
      },
      kill: (signal) => {
        if (this.isOver) return;
        if (signal === "SIGKILL") this.die(signal);
        else this.onSignal(signal);
      },
      status,
    };
  }

  print(text: string): void {
    this.#stdout.put(new TextEncoder().encode(text));
  }

  printBytes(bytes: Uint8Array): void {
    this.#stdout.put(bytes);
  }

  complain(text: string): void {
    this.#stderr.put(new TextEncoder().encode(text));
  }

  exit(code: number): void {
    this.#finish({ code, signal: undefined });
  }

  die(signal: string): void {
    this.#finish({ code: undefined, signal });
  }

  #finish(status: ExitStatus): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#stdout.close();
    this.#stderr.close();
    this.#end(status);
  }
}

/** A pipe as its writer sees it. */
export class Pipe {
  #controller: ReadableByteStreamController | undefined;
  #isClosed = false;
  readonly stream = new ReadableStream({
    type: "bytes",
    start: (controller) => {
      this.#controller = controller;
    },
    cancel: () => {
      this.#isClosed = true;
    },
  });

  /** The end of a pipe into which these chunks were written, and nothing more. */
  static holding(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
    const pipe = new Pipe();
    for (const chunk of chunks) pipe.put(chunk);
    pipe.close();
    return pipe.stream;
  }

  put(bytes: Uint8Array): void {
    if (!this.#isClosed && bytes.length > 0) this.#controller?.enqueue(bytes.slice());
  }

  close(): void {
    if (!this.#isClosed) this.#controller?.close();
    this.#isClosed = true;
    // Only this ends a read that waits for bytes when there are none to come.
    this.#controller?.byobRequest?.respond(0);
  }
}
