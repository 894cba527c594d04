/** Programs that a simulated drbdd starts: what they look like to it, and how late their words reach it. */
import {
  type Child,
  type ExitStatus,
  type Processes,
  ProgramError,
  type RunOptions,
  type RunResult,
  type SignalName,
  type SpawnOptions,
} from "../../../../src/effects/effects.ts";
import { Pipe } from "../../../support/simulated/simulated_processes.ts";

/** A program that runs to its end, as it sees itself. */
export class ProgramRun {
  isOver = false;
  readonly #whenOver: ((result: RunResult) => void)[] = [];
  /** Called for signals; by default they end it, and SIGKILL always does. */
  onSignal: (signal: SignalName) => void = (signal) => this.die(signal);

  constructor(
    readonly argv: readonly string[],
    /** It leads a process group of its own. */
    readonly isGroup: boolean,
    readonly onEnd: (result: RunResult) => void,
  ) {}

  /** Calls `notify` when it is over, before drbdd learns of it. */
  whenOver(notify: (result: RunResult) => void): void {
    this.#whenOver.push(notify);
  }

  exit(code: number, stdout = "", stderr = ""): void {
    this.#end({ code, signal: undefined, stdout, stderr });
  }

  die(signal: SignalName): void {
    this.#end({ code: undefined, signal, stdout: "", stderr: "" });
  }

  signal(signal: SignalName): void {
    if (this.isOver) return;
    this.onSignal(signal);
    if (signal === "SIGKILL") this.die(signal);
  }

  #end(result: RunResult): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const notify of this.#whenOver) notify(result);
    this.onEnd(result);
  }
}

/** What a daemon's processes need of the world. */
export interface ProcessHost {
  /** Calls back when the daemon gets to it; never once it is dead. */
  deliver(notify: () => void): void;
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  /** Starts a program that runs to its end. */
  execute(run: ProgramRun): void;
  /** Starts `drbdsetup events2`. */
  listen(stdout: Pipe, onEnd: (status: ExitStatus) => void): Events2Process;
  /** The program that signals a process group cannot be started now. */
  failsToSignal(): boolean;
}

export interface Events2Process {
  input(text: string): void;
  endInput(): void;
  kill(signal: SignalName): void;
}

const PROGRAMS: ReadonlySet<string> = new Set(["drbdsetup", "drbdadm", "systemctl", "journalctl", "/bin/sh"]);
const DEFAULT_KILL_AFTER_MS = 2_000;

export class LifeProcesses implements Processes {
  #pid = 1000;

  constructor(readonly host: ProcessHost) {}

  spawn(argv: readonly string[], options: SpawnOptions): Child {
    check(argv);
    const pid = this.#pid++;
    const [stdout, stderr] = [new Pipe(), new Pipe()];
    let end: (status: ExitStatus) => void = () => {};
    const status = new Promise<ExitStatus>((resolve) => end = resolve);
    const close = (result: ExitStatus) => {
      stdout.close();
      stderr.close();
      end(result);
    };
    const child = { pid, stdout: stdout.stream, stderr: stderr.stream, status };
    if (argv[1] === "events2") {
      const events2 = this.host.listen(stdout, close);
      return {
        ...child,
        write: (text) => Promise.resolve(events2.input(text)),
        closeStdin: () => Promise.resolve(events2.endInput()),
        kill: (signal) => events2.kill(signal),
      };
    }
    const run = new ProgramRun(
      argv,
      options.group === true,
      (result) => this.host.deliver(() => close(result)),
    );
    this.host.execute(run);
    return {
      ...child,
      write: () => Promise.resolve(),
      closeStdin: () => Promise.resolve(),
      kill: (signal) => {
        // Its leader is signalled in any case.
        run.signal(signal);
        if (run.isGroup && this.host.failsToSignal()) {
          throw new ProgramError("kill", "Resource temporarily unavailable");
        }
      },
    };
  }

  run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    check(argv);
    return new Promise((resolve) => {
      const { signal } = options;
      const end = () => {
        run.signal("SIGTERM");
        this.host.setTimer(options.killAfterMs ?? DEFAULT_KILL_AFTER_MS, () => run.signal("SIGKILL"));
      };
      const run = new ProgramRun(argv, options.group === true, (result) => {
        signal?.removeEventListener("abort", end);
        this.host.deliver(() => resolve(result));
      });
      signal?.addEventListener("abort", end);
      this.host.execute(run);
      if (signal?.aborted) end();
    });
  }
}

/** @throws {ProgramError} For a program that no node has. */
function check([name = ""]: readonly string[]): void {
  if (!PROGRAMS.has(name)) throw new ProgramError(name, "it was not found in PATH");
}
