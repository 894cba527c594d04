/** drbdd and drbddctl of each node as real processes that find the stand-in programs of their node in their PATH. */
import { LineCutter } from "../../../tests/support/drbdsetup/frames.ts";

const STOP_MS = 3_000;
/** How many of the last lines of a daemon's log are kept, to explain its end. */
const KEPT_LINES = 40;
const NODE_PROGRAM = new URL("./node_program.ts", import.meta.url).pathname;

/** Where a node has its things. */
export interface NodePlaces {
  /** What it has instead of `/`. */
  readonly root: string;
  /** The RuntimeDirectory of drbdd. */
  readonly runtime: string;
  /** drbdsetup, drbdadm, systemctl, ... */
  readonly programs: string;
  /** The main file of drbdd's configuration. */
  readonly config: string;
}

/** Notified of what the processes do. */
export interface ProcessListeners {
  /** A line that drbdd of a node logged. */
  onLine(node: string, line: string): void;
  /** A drbdd ended that should not have. */
  onEnd(node: string, how: string, lastLines: readonly string[]): void;
}

class NodeProcess {
  readonly #child: Deno.ChildProcess;
  readonly ended: Promise<Deno.CommandStatus>;
  readonly lastLines: string[] = [];
  /** It is meant to end. */
  isLeaving = false;

  constructor(
    readonly node: string,
    { root, runtime, programs }: NodePlaces,
    args: readonly string[],
    readonly onLine: (line: string) => void,
  ) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "--allow-all", NODE_PROGRAM, node, root, ...args],
      env: {
        PATH: `${programs}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
        RUNTIME_DIRECTORY: runtime,
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // Ctrl-C is for the demo, which then stops its processes in an orderly way. What they start is in their group.
      detached: true,
    }).spawn();
    this.ended = this.#watch();
  }

  kill(signal: Deno.Signal): void {
    this.isLeaving = true;
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }

  /** Asks it to end, and makes it end if it does not. */
  async stop(): Promise<void> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Programs that it has started and that nobody waits for any more. */
  #killGroup(): void {
    try {
      Deno.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // There are none.
    }
  }

  async #watch(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    await this.#child.stdin.close().catch(() => {});
    this.#killGroup();
    return status;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const cutter = new LineCutter();
    for await (const bytes of stream) cutter.take(bytes).forEach((line) => this.#takeLine(line));
    if (cutter.rest !== "") this.#takeLine(cutter.rest);
  }

  #takeLine(line: string): void {
    this.lastLines.push(line);
    this.lastLines.splice(0, this.lastLines.length - KEPT_LINES);
    this.onLine(line);
  }
}

/** The drbdd of each node, and the drbddctl that somebody runs there. */
export class Daemons {
  readonly #running = new Map<string, NodeProcess>();
  /** All that may not have ended yet. */
  readonly #all = new Set<NodeProcess>();

  constructor(readonly placesOf: (node: string) => NodePlaces, readonly listeners: ProcessListeners) {}

  start(node: string): void {
    if (this.#running.has(node)) return;
    const args = ["drbdd", this.placesOf(node).config];
    const daemon = this.#spawn(node, args, (line) => this.listeners.onLine(node, line));
    this.#running.set(node, daemon);
    void daemon.ended.then(({ code, signal }) => {
      if (this.#running.get(node) === daemon) this.#running.delete(node);
      if (daemon.isLeaving) return;
      this.listeners.onEnd(
        node,
        signal === null ? `exit code ${code}` : `signal ${signal}`,
        daemon.lastLines,
      );
    });
  }

  /** As a power loss: nothing of a node goes on, nor logs any more. */
  kill(node: string): void {
    for (const process of this.#all) if (process.node === node) process.kill("SIGKILL");
    this.#running.delete(node);
  }

  /** Runs drbddctl on a node. Returns its exit code. */
  async control(node: string, args: readonly string[], onLine: (line: string) => void): Promise<number> {
    const { config } = this.placesOf(node);
    const process = this.#spawn(node, ["drbddctl", "--config", config, ...args], onLine);
    return (await process.ended).code;
  }

  /** What the daemon of a node logged last. */
  lastLines(node: string): readonly string[] {
    return this.#running.get(node)?.lastLines ?? [];
  }

  /** Ends them all; none is left afterwards. */
  async stopAll(): Promise<void> {
    this.#running.clear();
    await Promise.all([...this.#all].map((process) => process.stop()));
  }

  #spawn(node: string, args: readonly string[], onLine: (line: string) => void): NodeProcess {
    const process = new NodeProcess(node, this.placesOf(node), args, onLine);
    this.#all.add(process);
    void process.ended.finally(() => this.#all.delete(process));
    return process;
  }
}
