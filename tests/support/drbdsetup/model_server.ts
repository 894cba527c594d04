/**
 * Lets real programs talk to a simulated cluster: a socket where the stand-ins of drbdsetup and drbdadm of all nodes
 * ask. The model's time is moved by whoever owns it, or by `keepTime` with the clock on the wall.
 */
import type { CommandDone } from "../../simulation/model/commands/commands.ts";
import type { Model } from "../../simulation/model/model.ts";
import { Events2Run } from "./events2_run.ts";
import { type Frame, LineCutter, type Started } from "./frames.ts";
import { writeNodePrograms } from "./programs.ts";

/** How often the model's time is moved at least. */
const TICK_MS = 20;

/** Runs a program of a node that is not DRBD's. `done` need not be called if the node loses power. */
export type OtherProgram = (node: string, args: readonly string[], done: CommandDone) => void;

/** Programs beside drbdsetup and drbdadm, by name. */
export type OtherPrograms = Readonly<Record<string, OtherProgram>>;

/** One program that asks. */
class Client {
  #run: Events2Run | undefined;
  #written: Promise<unknown> = Promise.resolve();
  node: string | undefined;

  constructor(readonly model: Model, readonly others: OtherPrograms, readonly connection: Deno.Conn) {}

  /** Serves the program to its end; never rejects. */
  async serve(): Promise<void> {
    const cutter = new LineCutter();
    const buffer = new Uint8Array(4096);
    for (;;) {
      const count = await this.connection.read(buffer).catch(() => null);
      if (count === null) break;
      if (this.#run !== undefined) {
        this.#run.input(buffer.subarray(0, count));
        continue;
      }
      const [first, ...more] = cutter.take(buffer.subarray(0, count));
      if (first === undefined) continue;
      this.#run = this.#begin(JSON.parse(first) as Started);
      const rest = [...more.map((line) => `${line}\n`), cutter.rest].join("");
      this.#run?.input(new TextEncoder().encode(rest));
    }
    this.#run?.inputEnded();
    // A program that was killed gets no exit code.
    this.#run?.end();
    await this.#written;
  }

  close(): void {
    this.#run?.end();
    try {
      this.connection.close();
    } catch {
      // It was closed by the other side.
    }
  }

  #begin({ node, program, args }: Started): Events2Run | undefined {
    this.node = node;
    const [verb, ...rest] = args;
    if (program === "drbdsetup" && verb === "events2") {
      return new Events2Run(this.model, node, rest, (frame) => this.#say(frame));
    }
    const done: CommandDone = ({ code, stdout, stderr }) => {
      if (stdout !== "") this.#say({ out: stdout });
      if (stderr !== "") this.#say({ err: stderr });
      this.#say({ exit: code });
    };
    const other = this.others[program];
    if (other !== undefined) other(node, args, done);
    else this.model.run(node, { program: program === "drbdadm" ? program : "drbdsetup", args }, done);
    return undefined;
  }

  /** In order; what a program that is gone does not take is dropped. */
  #say(frame: Frame): void {
    const bytes = new TextEncoder().encode(`${JSON.stringify(frame)}\n`);
    this.#written = this.#written.then(() => writeAll(this.connection, bytes)).catch(() => {});
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

export class ModelServer implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #clients = new Set<Client>();
  readonly #accepting: Promise<void>;
  readonly #serving = new Set<Promise<void>>();
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(
    readonly model: Model,
    readonly directory: string,
    readonly socket: string,
    readonly others: OtherPrograms,
  ) {
    this.#listener = Deno.listen({ transport: "unix", path: socket });
    this.#accepting = this.#accept();
  }

  /** Listens in `directory`, which gets a directory of programs for each node: drbdsetup, drbdadm and `others`. */
  static async start(model: Model, directory: string, others: OtherPrograms = {}): Promise<ModelServer> {
    const server = new ModelServer(model, directory, `${directory}/drbd.socket`, others);
    for (const node of model.nodeNames) {
      await writeNodePrograms(server.programsOf(node), server.socket, node, Object.keys(others));
    }
    return server;
  }

  /** The directory with the programs of a node. */
  programsOf(node: string): string {
    return `${this.directory}/${node}`;
  }

  /** Moves the model's time with the clock on the wall, `speed` times as fast. */
  keepTime(speed: number): void {
    if (this.#timer !== undefined) return;
    const startMs = performance.now();
    const modelStartMs = this.model.nowMs;
    this.#timer = setInterval(() => {
      this.model.advance(Math.floor(modelStartMs + (performance.now() - startMs) * speed));
    }, TICK_MS);
  }

  /** The model's time stands still from here on, unless somebody else moves it. */
  stopTime(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A node has lost power: its programs get nothing more. */
  cutOff(node: string): void {
    for (const client of this.#clients) if (client.node === node) client.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopTime();
    this.#listener.close();
    for (const client of this.#clients) client.close();
    await this.#accepting;
    await Promise.all(this.#serving);
    await Deno.remove(this.socket).catch(() => {});
  }

  async #accept(): Promise<void> {
    for (;;) {
      const connection = await this.#listener.accept().catch(() => undefined);
      if (connection === undefined) return;
      const client = new Client(this.model, this.others, connection);
      this.#clients.add(client);
      const serving = client.serve().finally(() => {
        client.close();
        this.#clients.delete(client);
        this.#serving.delete(serving);
      });
      this.#serving.add(serving);
    }
  }
}
