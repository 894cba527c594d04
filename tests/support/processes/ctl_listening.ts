/** A drbddctl that goes on until it is ended. */
import assert from "node:assert/strict";
import type { CtlTrial } from "./ctl_process.ts";
import { DEADLINE_MS } from "./deadline.ts";

const POLL_INTERVAL_MS = 100;

/** What a running drbddctl prints, line by line. */
export class Listening implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly lines: string[] = [];
  readonly #reading: Promise<void>;
  #arrived: () => void = () => {};

  constructor(
    trial: CtlTrial,
    args: readonly string[],
    isBare = false,
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#child = trial.spawn(args, { isBare, env });
    this.#reading = this.#read();
  }

  /** The next lines, when so many have come. */
  async next(count: number): Promise<string[]> {
    const end = performance.now() + DEADLINE_MS;
    while (this.lines.length < count) {
      const said = this.lines.join("\n");
      assert.ok(performance.now() < end, `Timed out waiting for ${count} lines, there are:\n${said}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_INTERVAL_MS);
        this.#arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.lines.splice(0, count);
  }

  /** Ends it as Ctrl-C does. Returns its exit code. */
  async interrupt(signal: Deno.Signal = "SIGINT"): Promise<number> {
    this.#child.kill(signal);
    const { code } = await this.#child.status;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#reading;
    await this.#child.stderr.cancel();
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#arrived();
    }
  }
}
