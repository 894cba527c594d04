/**
 * What a scrape costs: `deno task bench:scrape --help`.
 *
 * The daemon with its exporter runs in this process, reading from a stand-in for drbdsetup; the scraper is another
 * process. A block of the event loop is the time from one of its turns to the next, whatever it was doing: all of the
 * daemon is in it. So it is only worth something on a machine that has nothing else to do.
 */
import { parseArgs } from "node:util";
import { BlockWatch } from "./parts/block_watch.ts";
import { ScrapeClient } from "./parts/scrape_client.ts";
import { comesOrGoes, type Counts, dump, role, statistics } from "./parts/scrape_lines.ts";
import { ScrapedDaemon } from "./parts/scraped_daemon.ts";

const USAGE = `Usage: deno task bench:scrape [--resources N] [--volumes N] [--peers N] [--runs N] [--no-enums]

Prints how long scrapes take, how many bytes they are, and how long the event loop of the daemon is blocked meanwhile,
the lines before the scrape included: in the median and at most.

  --resources N   default 1000
  --volumes N     of each resource, default 2
  --peers N       of each resource, default 2
  --runs N        scrapes of each kind (default 15)
  --no-enums      without the series of states
`;

/** Lines that come between two scrapes, where it is many. */
const MANY = 200_000;
/** Lines a second of a node that is busy; 0: as fast as they are read. */
const LOADS = [2_000, 20_000, 0];

interface Trial {
  readonly daemon: ScrapedDaemon;
  readonly client: ScrapeClient;
  readonly runs: number;
}

/** Returns cells: milliseconds in the median and at most, bytes, block in the median and at most. */
async function measure(
  { daemon, client, runs }: Trial,
  linesOf?: (run: number) => string,
): Promise<string[]> {
  const ms: number[] = [];
  const blocks: number[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run++) {
    const lines = linesOf && await daemon.prepare(linesOf(run));
    const watch = new BlockWatch();
    if (lines !== undefined) await daemon.print(lines);
    const scrape = await client.scrape();
    blocks.push(watch.stop());
    ms.push(scrape.ms);
    bytes = scrape.bytes;
  }
  return [...medianAndMost(ms), String(bytes), ...medianAndMost(blocks)];
}

function medianAndMost(values: readonly number[]): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[sorted.length >> 1], sorted.at(-1)].map((value) => (value ?? NaN).toFixed(1));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      resources: { type: "string", default: "1000" },
      volumes: { type: "string", default: "2" },
      peers: { type: "string", default: "2" },
      runs: { type: "string", default: "15" },
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
  await using daemon = await ScrapedDaemon.start(!values["no-enums"]);
  await daemon.print(await daemon.prepare(dump(counts)));
  const many = manyLines(counts);
  print(row(["scrape", "encoding", "ms", "most", "bytes", "block ms", "most"]));
  for (const encoding of ["identity", "gzip"]) {
    await using client = new ScrapeClient(await daemon.port(), encoding);
    const trial: Trial = { daemon, client, runs: Number(values.runs) };
    print(row(["first", encoding, ...await measure({ ...trial, runs: 1 })]));
    print(row(["unchanged", encoding, ...await measure(trial)]));
    print(row(["one change", encoding, ...await measure(trial, (run) => role(counts, run))]));
    print(row(["one comes or goes", encoding, ...await measure(trial, comesOrGoes)]));
    print(row(["all counters", encoding, ...await measure(trial, (run) => statistics(counts, run))]));
    print(row([`${MANY} lines`, encoding, ...await measure(trial, () => many)]));
    for (const rate of LOADS) {
      const end = await daemon.printOn(await daemon.prepare(many), rate);
      const before = { events: daemon.events, ms: performance.now() };
      const cells = await measure(trial);
      const seconds = (performance.now() - before.ms) / 1000;
      const really = (daemon.events - before.events) / seconds;
      await end();
      print(row([`${really.toFixed(0)} lines/s`, encoding, ...cells]));
    }
  }
}

/** All counters again and again, and now and then a resource that is promoted or demoted. */
function manyLines(counts: Counts): string {
  const parts: string[] = [];
  for (let lines = 0, run = 0; lines < MANY; run++) {
    const part = statistics(counts, run) + role(counts, run);
    lines += part.split("\n").length - 1;
    parts.push(part);
  }
  return parts.join("");
}

function row(cells: readonly string[]): string {
  return cells.map((cell, place) => place < 2 ? cell.padEnd(18) : cell.padStart(10)).join(" ");
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

await main();
