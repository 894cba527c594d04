/** The whole demo as a process, for its tests: what it prints, and what it leaves behind. */
import assert from "node:assert/strict";
import { LineCutter } from "../../tests/support/drbdsetup/frames.ts";

const DEMO = new URL("../demo.ts", import.meta.url).pathname;
/** What is waited for comes within this, also on a machine on which the demo waits as long as it ever does. */
const DEADLINE_MS = 400_000;
/** What was killed is gone within this, also where the system has a lot to do. */
const LEFT_MS = 20_000;

export class DemoProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stop = new AbortController();
  readonly #arrived = new Set<() => void>();
  readonly lines: string[] = [];
  errors = "";

  private constructor(child: Deno.ChildProcess, readonly folder: string) {
    this.#child = child;
    this.#stdin = child.stdin.getWriter();
    this.#reading = Promise.all([this.#readLines(), this.#readErrors()]);
  }

  /** Starts it with its output in pipes, and with a folder of its own for what is temporary. */
  static async start(...args: readonly string[]): Promise<DemoProcess> {
    return DemoProcess.#begin(await Deno.makeTempDir({ prefix: "drbdd-test-" }), "", args);
  }

  /** Starts it with a TMPDIR in its folder; made if its name is one of a folder alone. */
  static async startIn(name: string): Promise<DemoProcess> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    if (!name.includes("/")) await Deno.mkdir(`${folder}/${name}`);
    return DemoProcess.#begin(folder, `/${name}`, []);
  }

  static #begin(folder: string, temporary: string, args: readonly string[]): DemoProcess {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--allow-all", "--no-check", DEMO, ...args],
      env: { TMPDIR: folder + temporary },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new DemoProcess(child, folder);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async type(text: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(text));
  }

  /** Reads nothing more, as `head` does at its end. */
  closeOutput(): void {
    this.#stop.abort();
  }

  /** Waits for a line that matches. */
  async line(pattern: RegExp): Promise<string> {
    const endMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      assert.ok(
        performance.now() < endMs,
        `No line like ${pattern} in:\n${this.lines.join("\n")}\n${this.errors}`,
      );
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        this.#arrived.add(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Waits for its end. Returns its exit code. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#reading;
    return code;
  }

  /** Ids of the processes that have its folder in their command lines: its daemons, and the programs that they run. */
  async processes(program = ""): Promise<number[]> {
    const found: number[] = [];
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const command = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (command.includes(this.folder) && command.includes(program)) found.push(Number(name));
    }
    return found;
  }

  /** The same, as soon as there are none, or some are still there after a while. */
  async processesLeft(program = ""): Promise<number[]> {
    const endMs = performance.now() + LEFT_MS;
    for (;;) {
      const left = await this.processes(program);
      if (left.length === 0 || performance.now() >= endMs) return left;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Fails if it has left a process or a file. */
  async assertNothingIsLeft(): Promise<void> {
    assert.deepEqual(await this.processesLeft(), []);
    assert.deepEqual([...Deno.readDirSync(this.folder)].map(({ name }) => name), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.end();
    await this.#stdin.close().catch(() => {});
    await Deno.remove(this.folder, { recursive: true });
  }

  async #readLines(): Promise<void> {
    const cutter = new LineCutter();
    const lines = new WritableStream<Uint8Array>({
      write: (bytes) => {
        this.lines.push(...cutter.take(bytes));
        for (const wake of this.#arrived) wake();
        this.#arrived.clear();
      },
    });
    await this.#child.stdout.pipeTo(lines, { signal: this.#stop.signal }).catch(() => {});
  }

  async #readErrors(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) this.errors += text;
  }
}
