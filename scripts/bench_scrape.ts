/**
 * What a scrape costs: `deno run -A scripts/bench_scrape.ts --help`.
 *
 * The exporter runs in this process, on a picture made of lines of drbdsetup; the client is another process, so that
 * reading the answer does not count. A block of the event loop is the time from one of its turns to the next.
 */
import { setImmediate } from "node:timers";
import { parseArgs } from "node:util";
import { Exporter } from "../plugins/prometheus/exporter.ts";
import { denoEffects } from "../src/runtime/deno_effects.ts";
import { Facts } from "../src/runtime/facts.ts";
import { loggerOf } from "../src/runtime/logging.ts";
import { Metrics } from "../src/runtime/metrics.ts";
import type { PluginContext } from "../src/runtime/plugin.ts";
import { Reader } from "../src/runtime/reader.ts";
import { type Counts, dump, role, statistics } from "./bench/scrape_lines.ts";

const USAGE =
  `Usage: deno run -A scripts/bench_scrape.ts [--resources N] [--volumes N] [--peers N] [--runs N] [--no-enums]

Prints how long scrapes take, how many bytes they are, and the longest block of the event loop meanwhile.

  --resources N   default 1000
  --volumes N     of each resource, default 2
  --peers N       of each resource, default 2
  --runs N        scrapes of each kind, of which the medians are printed (default 9)
  --no-enums      without the series of states
`;

/** The client: for each line on its input it scrapes once, and answers with milliseconds and bytes. */
const CLIENT = `
  const [url, encoding] = Deno.args;
  for await (const _ of Deno.stdin.readable) {
    const begin = performance.now();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
    await connection.write(new TextEncoder().encode(
      "GET /metrics HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nAccept-Encoding: " + encoding + "\\r\\n\\r\\n",
    ));
    let bytes = 0;
    for await (const chunk of connection.readable) bytes += chunk.length;
    console.log(JSON.stringify({ ms: performance.now() - begin, bytes }));
  }
`;

const effects = denoEffects({ send: () => Promise.resolve(), close: () => Promise.resolve() });
const never = new AbortController().signal;

function contextOf(reader: Reader, facts: Facts): PluginContext {
  return {
    effects,
    facts,
    signal: never,
    log: loggerOf("bench"),
    metrics: new Metrics(),
    pluginRestarts: () => new Map(),
    cluster: () => reader.cluster(),
    stale: () => !reader.live,
  } as Partial<PluginContext> as PluginContext;
}

interface Scrape {
  readonly ms: number;
  readonly bytes: number;
}

class Client implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(url: string, encoding: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--ext=js", script(), url, encoding],
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

function script(): string {
  const path = Deno.makeTempFileSync({ prefix: "drbdd-bench-", suffix: ".js" });
  Deno.writeTextFileSync(path, CLIENT);
  return path;
}

/** Watches the event loop until it is told to stop. Timers would not do: they wait for some milliseconds themselves. */
class BlockWatch {
  #longestMs = 0;
  #isOver = false;

  constructor() {
    let lastMs = performance.now();
    const turn = () => {
      const nowMs = performance.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - lastMs);
      lastMs = nowMs;
      if (!this.#isOver) setImmediate(turn);
    };
    turn();
  }

  stop(): number {
    this.#isOver = true;
    return this.#longestMs;
  }
}

async function measure(client: Client, runs: number, change: (run: number) => void): Promise<string[]> {
  const scrapes: Scrape[] = [];
  const blocks: number[] = [];
  for (let run = 0; run < runs; run++) {
    change(run);
    const watch = new BlockWatch();
    scrapes.push(await client.scrape());
    blocks.push(watch.stop());
  }
  const ms = median(scrapes.map((scrape) => scrape.ms));
  return [
    ms.toFixed(1),
    String(scrapes.at(-1)?.bytes),
    median(blocks).toFixed(1),
    Math.max(...blocks).toFixed(1),
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      resources: { type: "string", default: "1000" },
      volumes: { type: "string", default: "2" },
      peers: { type: "string", default: "2" },
      runs: { type: "string", default: "9" },
      "no-enums": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE.trimEnd());
    return;
  }
  const counts: Counts = {
    resources: Number(values.resources),
    volumes: Number(values.volumes),
    peers: Number(values.peers),
  };
  const facts = new Facts();
  const reader = new Reader(loggerOf("bench"), facts);
  const take = (lines: string) => void reader.take(new TextEncoder().encode(lines));
  reader.start();
  take(dump(counts));
  print(row(["scrape", "encoding", "ms", "bytes", "block ms", "longest"]));
  for (const encoding of ["identity", "gzip"]) {
    const exporter = new Exporter(contextOf(reader, facts), !values["no-enums"]);
    const server = await effects.network.serveHttp(
      { transport: "tcp", hostname: "127.0.0.1", port: 0 },
      (request) => exporter.answer(request),
    );
    const port = server.address.transport === "tcp" ? server.address.port : 0;
    await using client = new Client(`http://127.0.0.1:${port}/metrics`, encoding);
    const runs = Number(values.runs);
    const trials: [string, number, (run: number) => void][] = [
      ["first", 1, () => {}],
      ["unchanged", runs, () => {}],
      ["one change", runs, (run) => take(role(counts, run))],
      ["all counters", runs, (run) => take(statistics(counts, run))],
    ];
    for (const [name, times, change] of trials) {
      print(row([name, encoding, ...await measure(client, times, change)]));
    }
    await server.close();
  }
}

function row(cells: readonly string[]): string {
  return cells.map((cell, place) => place < 2 ? cell.padEnd(14) : cell.padStart(10)).join(" ");
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

await main();
