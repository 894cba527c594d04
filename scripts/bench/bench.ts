/**
 * Speed and memory of the daemon, as separate processes on generated streams: `deno task bench --help`.
 *
 * Each run starts the daemon with a stand-in for drbdsetup that prints the stream as fast as it is read, and lasts from
 * the start of the process until the last line of the stream reached the one subscriber, which wants that resource
 * only. A yard is what ../shared/tools/yardstick.py reads of the same stream in the same minutes: machines differ,
 * yards do so less. For comparison: a Deno program that only reads the stream, without parsing it.
 */
import { parseArgs } from "node:util";
import { measureCore } from "./parts/core.ts";
import { measureBareReader, measureDaemon, type Measurement, type Trial } from "./parts/daemon.ts";
import { bundle } from "../build/bundle.ts";
import { type Shape, SHAPES, writeStream } from "./parts/streams.ts";
import { measureYard } from "./parts/reference_parser.ts";

const USAGE =
  `Usage: deno task bench [--runs N] [--only NAME] [--long] [--program PATH] [--umh] [--prometheus]

Prints lines per second, CPU seconds and peak memory of the daemon on generated streams.

  --runs N        runs of each stream, of which the medians are printed (default 5)
  --only NAME     one stream only: ${SHAPES.map(({ name }) => name).join(", ")}
  --long          also streams ten times as long, to see that memory does not grow with them
  --program PATH  a compiled drbdd, instead of compiling one, run by this Deno
  --umh           the subscriber is a rule of umh, instead of the debugger
  --prometheus    with a prometheus exporter (enums) besides
`;

const COLUMNS = [
  ...["stream", "lines", "lines/s", "yards", "bare/s", "bare yards", "CPU s", "peak MiB"],
  ...["parse/s", "reduce/s", "keep/s"],
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "5" },
      only: { type: "string" },
      long: { type: "boolean", default: false },
      program: { type: "string" },
      umh: { type: "boolean", default: false },
      prometheus: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE.trimEnd());
    return;
  }
  const chosen = SHAPES.filter(({ name }) => values.only === undefined || values.only === name);
  const long = values.long
    ? chosen.map((shape) => ({ ...shape, name: `${shape.name} x10`, changes: shape.changes * 10 }))
    : [];
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
  try {
    const trial = {
      command: values.program === undefined ? await bundled(folder) : [values.program],
      subscriber: values.umh ? "umh" : "debugger",
      prometheus: values.prometheus,
    } as const;
    print(row(COLUMNS));
    for (const shape of [...chosen, ...long]) print(row(await measure(shape, trial, Number(values.runs))));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs what a compiled program has in it. */
async function bundled(folder: string): Promise<string[]> {
  const main = await bundle(Deno.execPath(), folder);
  const flags = [
    "-A",
    "--no-check",
    "--no-config",
    "--no-lock",
    "--unstable-net",
    "--unstable-worker-options",
  ];
  return [Deno.execPath(), "run", ...flags, main];
}

async function measure(shape: Shape, trial: Omit<Trial, "stream">, runs: number): Promise<string[]> {
  const stream = await Deno.makeTempFile({ prefix: "drbdd-stream-" });
  try {
    const lines = await writeStream(shape, stream);
    const results: Measurement[] = [];
    const bare: number[] = [];
    const yards: number[] = [];
    for (let run = 0; run < runs; run++) {
      const yard = await measureYard(stream);
      if (yard !== undefined) yards.push(yard);
      results.push(await measureDaemon({ ...trial, stream }));
      bare.push(await measureBareReader(stream));
    }
    const rate = lines / median(results.map((result) => result.seconds));
    const bareRate = lines / median(bare);
    const inYards = (value: number) => yards.length === 0 ? "-" : (value / median(yards)).toFixed(2);
    const core = await measureCore(stream);
    return [
      shape.name,
      String(lines),
      rate.toFixed(0),
      inYards(rate),
      bareRate.toFixed(0),
      inYards(bareRate),
      median(results.map((result) => result.cpuSeconds)).toFixed(2),
      Math.max(...results.map((result) => result.peakMib)).toFixed(0),
      core.parse.toFixed(0),
      core.reduce.toFixed(0),
      core.keep.toFixed(0),
    ];
  } finally {
    await Deno.remove(stream);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, place) => place === 0 ? cell.padEnd(12) : cell.padStart(10)).join("");
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

await main();
