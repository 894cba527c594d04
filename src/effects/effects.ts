/**
 * The only interface to the outside world: time, processes, files, randomness, the node's name, systemd's notify socket.
 *
 * Everything else is written against these interfaces, so that it runs under a simulated clock in tests. `deno/` and `app/deno_effects.ts`
 * implement them with Deno, `tests/support/simulated/simulated_effects.ts` in memory.
 */

/** A timer that was started. */
export interface Timer {
  /** Does nothing if it already fired. */
  cancel(): void;
}

export interface Clock {
  /** Monotonic milliseconds; the zero point is arbitrary. */
  nowMs(): number;
  /** Milliseconds since 1970, for people and logs; can jump. */
  wallMs(): number;
  /** Calls `fire` once, `delayMs` from now. */
  setTimer(delayMs: number, fire: () => void): Timer;
  /** Resolves after `delayMs`, or as soon as `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Resolves after everything else that is ready has run: timers, input and output. */
  nextTurn(): Promise<void>;
}

export type SignalName = "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGHUP";

export interface SpawnOptions {
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether the child's standard input is a pipe; otherwise it is the null device. */
  readonly stdin?: boolean;
  /** The child leads a process group of its own, and `kill` signals the whole group. For administrators' commands, which start other processes. */
  readonly group?: boolean;
}

/** How a child ended: its exit code, or the signal that killed it. */
export interface ExitStatus {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

export interface Child {
  readonly pid: number;
  /** Byte streams. Each ends when it is closed by all processes, which can be later than the child's end. Unread output blocks the child when the pipe is full. */
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** Writes to standard input. Rejects if the child has closed it. */
  write(text: string): Promise<void>;
  /** Closes standard input. Never rejects. */
  closeStdin(): Promise<void>;
  /**
   * Sends a signal; does nothing if the child has exited. @throws {ProgramError} If it leads a group and the program that signals
   * groups cannot be started: then only the child is signalled.
   */
  kill(signal: SignalName): void;
  readonly status: Promise<ExitStatus>;
}

export interface RunOptions extends SpawnOptions {
  /** Ends the run: SIGTERM, then SIGKILL after `killAfterMs`. */
  readonly signal?: AbortSignal;
  /** Default 2,000. */
  readonly killAfterMs?: number;
  /** Of standard output and standard error each; more is read and discarded. Default 1 MiB. */
  readonly maxOutputBytes?: number;
}

/** The result of a finished program. An exit code other than 0 is a result, not an exception. */
export interface RunResult extends ExitStatus {
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs are started with argument lists; a shell is a program like any other. */
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
  /** Permission bits, for example 0o640; 0 if the file system has none. */
  readonly mode: number;
  /** Milliseconds since 1970; 0 if the file system has no times. */
  readonly modifiedMs: number;
}

/** Errors of files: `NotFoundError` if something does not exist, otherwise `FileError`. */
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

/** Every method rejects with `FileError` or `NotFoundError`, whose message says what failed, for which path, and why. */
export interface Files {
  readText(path: string): Promise<string>;
  /** Writes a temporary file in the same directory and renames it: readers see the old or the new file. */
  writeTextAtomic(path: string, text: string, mode?: number): Promise<void>;
  /** Names of the entries, sorted. */
  list(directory: string): Promise<string[]>;
  /** Undefined if it does not exist. Follows links. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** With its parents; does nothing if it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Does nothing if it does not exist. A directory must be empty. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Resolves all links of a path. */
  realPath(path: string): Promise<string>;
}

/** An address to listen on. */
export type ListenAddress =
  /** Without a hostname: all addresses, v6 and v4. Port 0: the system chooses one. */
  | { readonly transport: "tcp"; readonly hostname: string | undefined; readonly port: number }
  /** A stale socket is replaced. */
  | { readonly transport: "unix"; readonly path: string };

export interface ServeOptions {
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Permissions of a unix socket. Default 0o660. */
  readonly mode?: number;
  /**
   * Limits the number of clients, idle ones included. When it is reached, a new client replaces the least important one. Without it
   * clients can use up all file descriptors of the process.
   */
  readonly mostClients?: number;
}

/** Thrown by a body, it ends the connection like any error, but is not logged: the client is at fault, and there may be many. */
export class ClientFault extends Error {
  override name = "ClientFault";
}

/** Answers a request. `signal` aborts when the client disconnects. If it rejects, the client gets a 500. */
export type RequestHandler = (request: Request) => Response | Promise<Response>;

export interface HttpServer {
  /** The actual address. */
  readonly address: ListenAddress;
  /**
   * Settles when the server is closed. Rejects if it cannot go on, for example because no file descriptors are left: then it answers no
   * requests and must be closed and created again.
   */
  readonly finished: Promise<void>;
  /** Stops listening, ends open requests, and removes a unix socket. Never rejects. */
  close(): Promise<void>;
}

/** A server's address. */
export type ServerAddress =
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly transport: "unix"; readonly path: string };

/** A byte stream to and from a server. */
export interface Connection {
  /** Ends when the server or `close` ends the connection; fails if it breaks. */
  readonly received: ReadableStream<Uint8Array>;
  /** Sends all of it. Rejects if the connection is closed or broken. */
  send(bytes: Uint8Array): Promise<void>;
  /** Closes the connection at once. Does nothing if it is closed. */
  close(): void;
}

export interface Network {
  /** Rejects with `ListenError` if the address is not available. */
  serveHttp(address: ListenAddress, handler: RequestHandler, options?: ServeOptions): Promise<HttpServer>;
  /** Rejects with `ConnectError` if the server does not accept, or when `signal` aborts first. */
  connect(address: ServerAddress, signal: AbortSignal): Promise<Connection>;
}

/** A failed connection to a server. `cause` has the system's message. */
export class ConnectError extends Error {
  constructor(address: string, options?: ErrorOptions) {
    super(`Cannot connect to ${address}`, options);
    this.name = "ConnectError";
  }
}

/** A failure to listen on an address. `cause` has the system's message. */
export class ListenError extends Error {
  constructor(address: string, options?: ErrorOptions) {
    super(`Cannot listen on ${address}`, options);
    this.name = "ListenError";
  }
}

/** systemd's notify socket, or one that ignores everything if there is none. */
export interface Notifier {
  /** Sends a message of sd_notify(3). Never rejects: the daemon must not depend on systemd reading it. */
  send(message: string): Promise<void>;
  /** Stops sending. Never rejects. */
  close(): Promise<void>;
}

/** Resource usage of the daemon's process. */
export interface ProcessUsage {
  /** Milliseconds since 1970. */
  readonly startedMs: number;
  readonly residentBytes: number;
  /** All threads, user and system time. */
  readonly cpuSeconds: number;
}

/** The process of the daemon itself. */
export interface OwnProcess {
  usage(): ProcessUsage;
  /** The number of open files; undefined if unknown. Never rejects. */
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
 * The environment of the programs that drbdd runs: PATH and an English locale, nothing more. In particular no `LD_` variables (Deno
 * refuses to pass them from a sandbox) and no NOTIFY_SOCKET.
 */
export function programEnvironment(effects: Pick<Effects, "environment">): Record<string, string> {
  return {
    PATH: effects.environment("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    LC_ALL: "C.UTF-8",
  };
}
