/**
 * What drbdd costs while nothing happens: size, time until it is ready, memory. `deno task bench:rest --help`.
 *
 * Ready means READY=1 to systemd (sd_notify(3)): all resources are known. Memory is read after a while, from
 * /proc/PID/smaps_rollup: all of it (Rss), and what is not the program itself, mapped from its file (Anonymous).
 */
import { parseArgs } from "node:util";
import { type Rest, restOf, RESTS } from "./parts/rest.ts";
import { writeStream } from "./parts/streams.ts";

const USAGE = `Usage: deno task bench:rest [--program PATH] [--runs N] [--settle SECONDS]

Prints size, time and CPU time from the start of the process until it is ready, and memory at rest of the daemon, with
umh and prometheus, for 10 and for 1,000 resources. Of times the least and the median: the least is what a machine that
has nothing else to do would say.

  --program PATH     the compiled drbdd (default: dist/drbdd)
  --runs N           starts for each number of resources (default 20)
  --settle SECONDS   how long after it is ready memory is looked at, in the last run (default 10)
`;

const { values } = parseArgs({
  options: {
    program: { type: "string", default: "dist/drbdd" },
    runs: { type: "string", default: "20" },
    settle: { type: "string", default: "10" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) print(USAGE.trimEnd());
else await main();

async function main(): Promise<void> {
  const program = await Deno.realPath(values.program);
  print(`${values.program}: ${((await Deno.stat(program)).size / 1e6).toFixed(1)} MB`);
  const [runs, settleMs] = [Number(values.runs), Number(values.settle) * 1000];
  const stream = await Deno.makeTempFile({ prefix: "drbdd-stream-" });
  try {
    for (const shape of RESTS) {
      await writeStream(shape, stream);
      const results: Rest[] = [];
      for (let run = 1; run <= runs; run++) {
        results.push(await restOf({ program, stream, settleMs: run === runs ? settleMs : 0 }));
      }
      print(`${shape.name}: ${inWords(results)}`);
    }
  } finally {
    await Deno.remove(stream);
  }
}

function inWords(results: readonly Rest[]): string {
  const ready = spread(results.map(({ readyMs }) => readyMs));
  const cpu = spread(results.map(({ cpuMs }) => cpuMs));
  const { rssMib = NaN, ownMib = NaN } = results.at(-1) ?? {};
  return `ready after ${ready}, CPU ${cpu}; ${rssMib.toFixed(0)} MiB, ${ownMib.toFixed(0)} of them its own`;
}

function spread(valuesMs: readonly number[]): string {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const [least = NaN, median = NaN] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  return `${least.toFixed(0)} ms (median ${median.toFixed(0)})`;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
