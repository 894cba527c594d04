/** A client that scrapes, as a separate process: reading the answer must not count for the daemon. */

/** For each line on its input it scrapes once, and answers with milliseconds and bytes. */
const SCRIPT = `
  const [port, encoding] = Deno.args;
  for await (const _ of Deno.stdin.readable) {
    const begin = performance.now();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    await connection.write(new TextEncoder().encode(
      "GET /metrics HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nAccept-Encoding: " + encoding + "\\r\\n\\r\\n",
    ));
    let bytes = 0;
    for await (const chunk of connection.readable) bytes += chunk.length;
    console.log(JSON.stringify({ ms: performance.now() - begin, bytes }));
  }
`;

export interface Scrape {
  readonly ms: number;
  readonly bytes: number;
}

export class ScrapeClient implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(port: number, encoding: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-check", "--ext=js", SCRIPT, String(port), encoding],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#answers = this.#process.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    this.#input = this.#process.stdin.getWriter();
  }

  async scrape(): Promise<Scrape> {
    await this.#input.write(new TextEncoder().encode("\n"));
    const { value } = await this.#answers.next();
    return JSON.parse(value ?? "{}") as Scrape;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#process.status;
  }
}
