/**
 * The only door to the world: time, processes, files, randomness, the node's name, systemd's notify socket.
 *
 * Everything else in drbdd is written against these interfaces, so all of it runs under a simulated clock in tests.
 * `deno_effects.ts` implements them on Deno; `tests/support/simulated_effects.ts` in memory.
 */

/** A timer that was set. */
export interface Timer {
  /** Does nothing if it already fired. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds of a clock that never jumps; its zero is arbitrary. */
  nowMs(): number;
  /** Milliseconds since 1970, for people and logs: it can jump. */
  wallMs(): number;
  /** Calls `fire` once, `delayMs` from now. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Ends after `delayMs`, or as soon as `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Ends when all else that is ready has had its turn: timers, input and output. */
  nextTurn(): Promise<void>;
}

export type SignalName = "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGHUP";

export interface SpawnOptions {
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the child can be written to; otherwise its standard input is the null device. */
  readonly stdin?: boolean;
  /**
   * The child leads a process group of its own, and `kill` reaches all of the group. For commands of
   * administrators, which start others.
   */
  readonly group?: boolean;
}

/** How a child ended: an exit code, or the signal that killed it. */
export interface ExitStatus {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface Child {
  readonly pid: number;
  /**
   * Byte streams. Each ends when nobody holds it open any more: that can be later than the child's end, if it started others.
   * Unread output stops the child when the pipe is full.
   */
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Writes to standard input. Rejects if the child does not take it any more. */
  write(text: string): Promise<void>;
  /** Ends standard input. Never rejects. */
  closeStdin(): Promise<void>;
  /**
   * Sends a signal; does nothing if the child is gone. @throws {ProgramError} If it leads a group, and the program that
   * signals the group cannot be started: then the child alone is signalled.
   */
  kill(signal: SignalName): void;
  readonly status: Promise<ExitStatus>;
}

export interface RunOptions extends SpawnOptions {
  /** Ends the run: SIGTERM, then SIGKILL after `killAfterMs`. */
  readonly signal?: AbortSignal;
  /** Default 2,000. */
  readonly killAfterMs?: number;
  /** Of each of standard output and standard error; what is beyond is read and dropped. Default 1 MiB. */
  readonly maxOutputBytes?: number;
}

/** What a finished program left. An exit code other than 0 is a result, not an exception. */
export interface RunResult extends ExitStatus {
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs are started by argument lists; a shell is just another program. */
export interface Processes {
  /** @throws {ProgramError} If the program cannot be started: not found, not executable, not permitted. */
  spawn(argv: readonly string[], options: SpawnOptions): Child;
  /** Runs a program to its end. @throws {ProgramError} as `spawn`. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
}

/** A program could not be started. */
export class ProgramError extends Error {
  constructor(readonly program: string, reason: string, options?: ErrorOptions) {
    super(`Cannot start ${program}: ${reason}`, options);
    this.name = "ProgramError";
  }
}

export interface FileInfo {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isBlockDevice: boolean;
  readonly sizeBytes: number;
  /** Permission bits, for example 0o640; 0 where the file system does not tell. */
  readonly mode: number;
  /** Milliseconds since 1970; 0 where the file system does not tell. */
  readonly modifiedMs: number;
}

/** Errors of files: `NotFoundError` where something is not there, otherwise `FileError`. */
export class FileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FileError";
  }
}

export class NotFoundError extends FileError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NotFoundError";
  }
}

/** Every method rejects with `FileError` or `NotFoundError`, saying what could not be done to which path, and why. */
export interface Files {
  readText(path: string): Promise<string>;
  /** Writes to a temporary name in the same directory and renames it: readers see the old or the new file. */
  writeTextAtomic(path: string, text: string, mode?: number): Promise<void>;
  /** Names of the entries, sorted. */
  list(directory: string): Promise<string[]>;
  /** Undefined if there is nothing. Follows links. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** With its parents; nothing happens if it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Nothing happens if it is not there. A directory must be empty. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Where links of a path lead in the end. */
  realPath(path: string): Promise<string>;
}

/** Where a server listens. */
export type ListenAddress =
  /** Without a hostname on all addresses, v6 and v4. Port 0: the system chooses one. */
  | { readonly transport: "tcp"; readonly hostname: string | undefined; readonly port: number }
  /** A stale socket of an earlier life is replaced. */
  | { readonly transport: "unix"; readonly path: string };

export interface ServeOptions {
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Permissions of a unix socket. Default 0o660. */
  readonly mode?: number;
  /**
   * Clients at a time, idle ones included. One more is always let in: the one that can best be spared goes. Without it
   * there is no bound, and clients can take all file descriptors of the process.
   */
  readonly mostClients?: number;
}

/**
 * A body that fails with this ends its connection, as it would with any error: but nothing is logged, as the client is
 * at fault, and there may be many of its kind.
 */
export class ClientFault extends Error {
  override name = "ClientFault";
}

/** Answers a request. `signal` aborts when the client is gone. Should it reject, the client gets a 500. */
export type RequestHandler = (request: Request) => Response | Promise<Response>;

export interface HttpServer {
  /** Where it really listens. */
  readonly address: ListenAddress;
  /**
   * Settles when the server is closed. Rejects if it cannot go on, for example because the process has no file
   * descriptors left: it then answers nobody, and has to be closed and made anew.
   */
  readonly finished: Promise<void>;
  /** Stops listening, ends what is under way, and removes a unix socket. Never rejects. */
  close(): Promise<void>;
}

/** Where a server is. */
export type ServerAddress =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };

/** A stream of bytes to and from a server. */
export interface Connection {
  /** Ends when the server, or `close`, ends the connection; fails if it breaks. */
  readonly received: ReadableStream<Uint8Array>;
  /** Sends all of it. Rejects if the connection is closed or broken. */
  send(bytes: Uint8Array): Promise<void>;
  /** Ends the connection at once. Does nothing if that is done. */
  close(): void;
}

export interface Network {
  /** Rejects with `ListenError` if the address is not available. */
  serveHttp(address: ListenAddress, handler: RequestHandler, options?: ServeOptions): Promise<HttpServer>;
  /** Rejects with `ConnectError` if nobody answers there, or when `signal` aborts first. */
  connect(address: ServerAddress, signal: AbortSignal): Promise<Connection>;
}

/** A server that could not be connected to. `cause` has the system's words. */
export class ConnectError extends Error {
  constructor(address: string, options?: ErrorOptions) {
    super(`Cannot connect to ${address}`, options);
    this.name = "ConnectError";
  }
}

/** An address that could not be listened on. `cause` has the system's words. */
export class ListenError extends Error {
  constructor(address: string, options?: ErrorOptions) {
    super(`Cannot listen on ${address}`, options);
    this.name = "ListenError";
  }
}

/** systemd's notify socket, or a stand-in that swallows everything when there is none. */
export interface Notifier {
  /** Sends a message of sd_notify(3). Never rejects: systemd not listening must not hurt the daemon. */
  send(message: string): Promise<void>;
  /** Nothing is sent any more. Never rejects. */
  close(): Promise<void>;
}

/** What the process of the daemon uses at a moment. */
export interface ProcessUsage {
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly residentBytes: number;
  /** Of all threads, in user and system mode. */
  readonly cpuSeconds: number;
}

/** The process of the daemon itself. */
export interface OwnProcess {
  usage(): ProcessUsage;
  /** How many files are open; undefined where that cannot be found out. Never rejects. */
  openFiles(): Promise<number | undefined>;
}

export interface Effects {
  readonly clock: Clock;
  readonly processes: Processes;
  readonly files: Files;
  readonly network: Network;
  readonly notifier: Notifier;
  /** At least 0, below 1. */
  random(): number;
  /** Loaded when it is first asked for. */
  ownProcess(): Promise<OwnProcess>;
  /** The process id of the daemon. */
  readonly pid: number;
  /** As `uname -n` prints it. */
  nodeName(): string;
  /** A variable of the daemon's own environment. */
  environment(name: string): string | undefined;
}

/**
 * The environment for programs of drbdd's own: what they need to be found and to speak plain English, nothing more.
 * `LD_` variables in particular stay out (Deno refuses to pass them from a sandbox), and so does NOTIFY_SOCKET.
 */
export function programEnvironment(effects: Pick<Effects, "environment">): Record<string, string> {
  return {
    PATH: effects.environment("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
  };
}
