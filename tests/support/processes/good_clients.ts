/** Clients that ask one thing after the other, as a process of their own: what the test itself does must not count. */
import assert from "node:assert/strict";

/** What became of them. */
export interface Waits {
  /** How long each answer took, in milliseconds, sorted. Attempts that failed are included. */
  readonly ms: readonly number[];
  /** Connections that ended without an answer: who asks late in a crowd may have to ask again. */
  readonly failed: number;
}

/**
 * A line on its input makes it begin, and the next one end. It answers with `Waits`, not sorted, or with what was wrong.
 */
const SCRIPT = `
  const [fewest, ...urls] = Deno.args;
  let isOver = true;
  const ask = async () => {
    const ms = [];
    let failed = 0;
    const once = async (url) => {
      const response = await fetch(url, { headers: { connection: "close" } });
      const body = await response.arrayBuffer();
      return { status: response.status, bytes: body.byteLength };
    };
    while (!isOver || ms.length < Number(fewest)) {
      for (const url of urls) {
        const startMs = performance.now();
        let answer;
        while (answer === undefined) {
          answer = await once(url).catch((error) => {
            if (++failed > 1000) throw error;
          });
        }
        ms.push(performance.now() - startMs);
        if (answer.status !== 200 || answer.bytes === 0) throw new Error(url + ": " + JSON.stringify(answer));
      }
    }
    return { ms, failed };
  };
  let asking;
  for await (const lines of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    for (const _ of lines) {
      isOver = !isOver;
      if (!isOver) asking = ask().catch((error) => error.message);
      else console.log(JSON.stringify(await asking));
    }
  }
`;

/** Requests are made until the end, but no fewer than this. */
const FEWEST = 50;

export class GoodClients implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #received = "";
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(urls: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=js", SCRIPT, String(FEWEST), ...urls],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#answers = this.#process.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    this.#input = this.#process.stdin.getWriter();
  }

  /** What they find while `harm` goes on. */
  async waits(harm: () => Promise<unknown>): Promise<Waits> {
    await this.#say();
    await harm();
    await this.#say();
    const found: Waits | string = JSON.parse(await this.#line());
    assert.ok(typeof found !== "string", String(found));
    return { ...found, ms: found.ms.toSorted((a, b) => a - b) };
  }

  async #line(): Promise<string> {
    while (!this.#received.includes("\n")) {
      const { done, value } = await this.#answers.next();
      assert.ok(!done, "the good clients have gone");
      this.#received += value;
    }
    const [line = "", rest = ""] = this.#received.split("\n");
    this.#received = rest;
    return line;
  }

  async #say(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#process.stdout.cancel().catch(() => {});
    await this.#process.status;
  }
}
