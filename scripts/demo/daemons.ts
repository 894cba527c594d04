/** Real drbdd daemons, one for each node, that find the stand-in programs of their node in their PATH. */
import { LineCutter } from "../../tests/support/frames.ts";
import type { Daemons } from "./stage.ts";

const STOP_MS = 3_000;
/** How much of what a daemon said last is kept to explain its end. */
const KEPT_LINES = 20;

/** The command that runs drbdd. */
export function daemonCommand(
  config: string,
): { readonly program: string; readonly args: readonly string[] } {
  const main = new URL("../../main.ts", import.meta.url).pathname;
  return { program: Deno.execPath(), args: ["run", "--quiet", "--allow-all", main, "--config", config] };
}

class Daemon {
  readonly #child: Deno.ChildProcess;
  readonly #ended: Promise<void>;
  readonly lastLines: string[] = [];
  /** It is meant to end. */
  #leaving = false;

  constructor(
    readonly node: string,
    programs: string,
    config: string,
    onLine: (line: string) => void,
    onUnexpectedEnd: (daemon: Daemon, status: Deno.CommandStatus) => void,
  ) {
    const { program, args } = daemonCommand(config);
    this.#child = new Deno.Command(program, {
      args: [...args],
      env: { PATH: `${programs}:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      // Ctrl-C is for the demo, which then stops its daemons in an orderly way.
      detached: true,
    }).spawn();
    const hear = (line: string) => {
      this.lastLines.push(line);
      this.lastLines.splice(0, this.lastLines.length - KEPT_LINES);
      onLine(line);
    };
    this.#ended = this.#watch(hear, onUnexpectedEnd);
  }

  async #watch(
    hear: (line: string) => void,
    onUnexpectedEnd: (daemon: Daemon, status: Deno.CommandStatus) => void,
  ): Promise<void> {
    const [status] = await Promise.all([
      this.#child.status,
      readLines(this.#child.stdout, hear),
      readLines(this.#child.stderr, hear),
    ]);
    if (!this.#leaving) onUnexpectedEnd(this, status);
    this.#leaving = true;
  }

  kill(): void {
    this.#signal("SIGKILL");
  }

  /** Asks it to end, and makes it end if it does not. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #signal(signal: Deno.Signal): void {
    this.#leaving = true;
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  }
}

async function readLines(stream: ReadableStream<Uint8Array>, hear: (line: string) => void): Promise<void> {
  const cutter = new LineCutter();
  for await (const bytes of stream) cutter.take(bytes).forEach(hear);
  if (cutter.rest !== "") hear(cutter.rest);
}

export interface Listeners {
  /** A line that the daemon of a node printed. */
  onLine(node: string, line: string): void;
  /** A daemon ended that should not have. */
  onEnd(node: string, how: string, lastLines: readonly string[]): void;
}

export class RealDaemons implements Daemons {
  readonly #running = new Map<string, Daemon>();
  readonly #killed: Daemon[] = [];

  constructor(
    readonly programsOf: (node: string) => string,
    readonly config: string,
    readonly listeners: Listeners,
  ) {}

  isRunning(node: string): boolean {
    return this.#running.has(node);
  }

  start(node: string): void {
    if (this.#running.has(node)) return;
    const daemon = new Daemon(
      node,
      this.programsOf(node),
      this.config,
      (line) => this.listeners.onLine(node, line),
      ({ lastLines }, { code, signal }) => {
        this.#running.delete(node);
        this.listeners.onEnd(node, signal === null ? `exit code ${code}` : `signal ${signal}`, lastLines);
      },
    );
    this.#running.set(node, daemon);
  }

  kill(node: string): void {
    const daemon = this.#running.get(node);
    if (daemon === undefined) return;
    daemon.kill();
    this.#killed.push(daemon);
    this.#running.delete(node);
  }

  /** Ends them all; none is left afterwards. */
  async stopAll(): Promise<void> {
    const all = [...this.#running.values(), ...this.#killed];
    this.#running.clear();
    await Promise.all(all.map((daemon) => daemon.stop()));
  }
}
