/** The daemon in this process, with the exporter, and a stand-in for drbdsetup that prints what it is fed. */
import type { PrometheusConfig } from "../../../plugins/prometheus/config.ts";
import { prometheusPlugin } from "../../../plugins/prometheus/mod.ts";
import { Daemon } from "../../../src/daemon/daemon.ts";
import { denoEffects } from "../../../src/app/deno_effects.ts";
import { silentNotifier } from "../../../src/effects/deno/notifier.ts";
import type { Effects, HttpServer } from "../../../src/effects/effects.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { SILENT } from "./silent.ts";

/** Reads the pipe as long as the daemon wants it. It has the pipe open for writing as well, so that it never ends. */
const DRBDSETUP = `#!/bin/sh
exec 4<&0 3<>"$(dirname "$0")/pipe"
cat <&3 &
trap 'kill $!; exit' EXIT TERM
while read -r _ <&4; do :; done
`;
/** Interval at which lines are written. */
const STEP_MS = 10;

/** Lines in a file, for drbdsetup to print. */
export interface Lines {
  readonly path: string;
  readonly count: number;
}

/** Writes the lines of a file to the pipe, from the first to the last and again, so many a second. */
const FEEDER = `
  const [file, pipe, rate] = Deno.args;
  const lines = Deno.readTextFileSync(file).split(/(?<=\\n)/);
  const output = Deno.openSync(pipe, { write: true });
  const perStep = Number(rate) * ${STEP_MS} / 1000;
  const encoder = new TextEncoder();
  const begin = performance.now();
  for (let at = 0, step = 0;; step++) {
    const some = lines.slice(at, at + perStep);
    at = at + perStep >= lines.length ? 0 : at + perStep;
    const bytes = encoder.encode(some.join(""));
    for (let from = 0; from < bytes.length;) from += output.writeSync(bytes.subarray(from));
    const wait = begin + step * ${STEP_MS} - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
`;

export class ScrapedDaemon implements AsyncDisposable {
  readonly #stop = new AbortController();
  #over: Promise<void> = Promise.resolve();

  private constructor(
    readonly folder: string,
    readonly daemon: Daemon,
    readonly server: Promise<HttpServer>,
  ) {}

  static async start(enums: boolean): Promise<ScrapedDaemon> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    await Deno.writeTextFile(`${folder}/drbdsetup`, DRBDSETUP, { mode: 0o755 });
    const server = Promise.withResolvers<HttpServer>();
    const real = denoEffects(silentNotifier);
    const effects: Effects = {
      ...real,
      environment: (name) => name === "PATH" ? `${folder}:${Deno.env.get("PATH") ?? ""}` : undefined,
      network: {
        ...real.network,
        async serveHttp(...args) {
          const served = await real.network.serveHttp(...args);
          server.resolve(served);
          return served;
        },
      },
    };
    const config: PrometheusConfig = { address: { transport: "tcp", hostname: "127.0.0.1", port: 0 }, enums };
    const instance = { plugin: prometheusPlugin as Plugin<unknown>, config };
    const settings = { statisticsPollIntervalMs: 3_600_000, instances: [instance] };
    const scraped = new ScrapedDaemon(folder, new Daemon(effects, settings, SILENT), server.promise);
    scraped.#over = scraped.daemon.run(scraped.#stop.signal);
    return scraped;
  }

  async port(): Promise<number> {
    const { address } = await this.server;
    if (address.transport !== "tcp") throw new Error("The exporter has no port");
    return address.port;
  }

  /** Lines that the daemon understood. */
  get events(): number {
    return this.daemon.facts.events;
  }

  /** Makes lines that can be printed. What is printed later costs nothing but its reading. */
  async prepare(text: string): Promise<Lines> {
    const path = await Deno.makeTempFile({ dir: this.folder });
    await Deno.writeTextFile(path, text);
    return { path, count: text.split("\n").length - 1 };
  }

  /** Lets drbdsetup print lines, and waits until the daemon has taken them. */
  async print({ path, count }: Lines): Promise<void> {
    const want = this.events + count;
    const feeder = new Deno.Command("sh", { args: ["-c", 'cat "$0" > "$1"', path, this.#pipe] }).spawn();
    while (this.events < want) await new Promise((resolve) => setTimeout(resolve, 1));
    await feeder.status;
  }

  /** Lets drbdsetup print lines again and again, `rate` a second; 0: as fast as they are read. Returns what ends that. */
  async printOn({ path }: Lines, rate: number): Promise<() => Promise<void>> {
    const args = rate === 0
      ? ["sh", "-c", 'while cat "$0"; do :; done > "$1"', path, this.#pipe]
      : [Deno.execPath(), "eval", "--no-check", "--ext=js", FEEDER, path, this.#pipe, String(rate)];
    const [program = "", ...rest] = args;
    const feeder = new Deno.Command(program, { args: rest, stdin: "null" }).spawn();
    const before = this.events;
    while (this.events === before) await new Promise((resolve) => setTimeout(resolve, 1));
    return async () => {
      feeder.kill("SIGKILL");
      await feeder.status;
    };
  }

  get #pipe(): string {
    return `${this.folder}/pipe`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#over;
    await Deno.remove(this.folder, { recursive: true });
  }
}
