/** Child processes, from Deno. */
import { denoClock } from "./clock.ts";
import { describe } from "../describe.ts";
import {
  type Child,
  type ExitStatus,
  type Processes,
  ProgramError,
  type RunOptions,
  type RunResult,
  type SignalName,
  type SpawnOptions,
  type Timer,
} from "../effects.ts";
import { PipeReader } from "../pipe.ts";
import { killingGroup, leadingGroup } from "../process_group.ts";

const DEFAULT_MAX_OUTPUT_BYTES = 1024 * 1024;
const DEFAULT_KILL_AFTER_MS = 2_000;

/** How long output is still read after the program has exited. */
const LAST_WORDS_MS = 500;

export const denoProcesses: Processes = { spawn, run };

function spawn(argv: readonly string[], options: SpawnOptions): Child {
  const group = options.group ?? false;
  const [program = "", ...args] = group ? leadingGroup(argv) : argv;
  const child = start(program, {
    args,
    clearEnv: true,
    env: { ...options.env },
    stdin: options.stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
  });
  const writer = options.stdin ? child.stdin.getWriter() : undefined;
  const encoder = new TextEncoder();
  let isThere = true;
  /** When the programs that signal the group have ended. */
  let signalled: Promise<unknown> = Promise.resolve();
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    async write(text) {
      if (writer === undefined) throw new Error(`Standard input of ${program} was not requested`);
      await writer.write(encoder.encode(text));
    },
    async closeStdin() {
      // A child that has exited has closed its end already.
      await writer?.close().catch(() => {});
    },
    kill(signal) {
      if (!group) return killChild(child, signal);
      try {
        // That program may fail too; only its end matters.
        signalled = Promise.all([signalled, killGroup(child.pid, signal, isThere).catch(() => {})]);
      } catch (error) {
        // The group itself may have left no room for another process. After its leader has exited there is some.
        killChild(child, signal);
        throw error;
      }
    },
    status: child.status.then(async (status) => {
      isThere = false;
      await signalled;
      return exitStatusOf(status);
    }),
  };
}

function start(program: string, options: Deno.CommandOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(program, options).spawn();
  } catch (error) {
    throw new ProgramError(program, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it was not found in PATH";
  if (error instanceof Deno.errors.NotCapable) return "drbdd may not run it";
  if (error instanceof Deno.errors.PermissionDenied) return "it is not executable";
  return `the system refused: ${describe(error)}`;
}

/** Deno also reports a signal as exit code 128 + its number, as a shell would. */
function exitStatusOf(status: Deno.CommandStatus): ExitStatus {
  return status.signal === null
    ? { code: status.code, signal: undefined }
    : { code: undefined, signal: status.signal };
}

function killChild(child: Deno.ChildProcess, signal: SignalName): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has exited: Deno reports that as a TypeError, the system as ESRCH.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Resolves when done. If the program for it fails, the group is empty. */
function killGroup(leader: number, signal: SignalName, leaderIsThere: boolean): Promise<unknown> {
  const [program = "", ...args] = killingGroup(leader, signal, leaderIsThere);
  return start(program, { args, clearEnv: true, stdin: "null", stdout: "null", stderr: "null" }).status;
}

async function run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const child = spawn(argv, options);
  const most = options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  const stdout = new Output(child.stdout, most);
  const stderr = new Output(child.stderr, most);
  let killTimer: Timer | undefined;
  // Called by an event and a timer, where an exception would end the daemon. The leader itself is always signalled.
  const kill = (signal: SignalName) => {
    try {
      child.kill(signal);
    } catch {
      // There was no room for the program that signals the group.
    }
  };
  const end = () => {
    kill("SIGTERM");
    killTimer = denoClock.setTimer(options.killAfterMs ?? DEFAULT_KILL_AFTER_MS, () => kill("SIGKILL"));
  };
  options.signal?.addEventListener("abort", end);
  if (options.signal?.aborted) end();
  const status = await child.status;
  options.signal?.removeEventListener("abort", end);
  killTimer?.cancel();
  // Background processes may hold the output open for ever.
  const lastWords = denoClock.setTimer(LAST_WORDS_MS, () => {
    stdout.stop();
    stderr.stop();
  });
  const [out, err] = await Promise.all([stdout.text, stderr.text]);
  lastWords.cancel();
  return { ...status, stdout: out, stderr: err };
}

/** The text of a pipe, up to a bound. */
class Output {
  readonly #reader: PipeReader;
  readonly text: Promise<string>;

  constructor(pipe: ReadableStream<Uint8Array>, most: number) {
    this.#reader = new PipeReader(pipe);
    this.text = this.#collect(most);
  }

  stop(): void {
    this.#reader.stop();
  }

  async #collect(most: number): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let left = most;
    await this.#reader.read((bytes) => {
      const kept = bytes.subarray(0, left);
      left -= kept.length;
      text += decoder.decode(kept, { stream: true });
    });
    return text + decoder.decode();
  }
}
