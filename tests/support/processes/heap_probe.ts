/**
 * What the core keeps in memory: a program of its own, run with `--v8-flags=--expose-gc`, that prints for each case how
 * many MiB stay in use after a full collection. Blocks of lines are 64 KiB, as a pipe gives them.
 */
import type { UnknownPart } from "../../../src/drbd/events2/event.ts";
import { LineSplitter } from "../../../src/drbd/events2/lines.ts";
import { EventStream, type Step } from "../../../src/drbd/state/stream.ts";
import { DUMP_END, dumpOf, line } from "../core/events2_text.ts";

const BLOCK_BYTES = 64 * 1024;
/** 100 MiB of blocks: far beyond what any case may keep. */
const BLOCKS = 1600;

const encoder = new TextEncoder();
const filler = new Map<number, string>();

/** A block that begins with `lines`; the rest moves counters of the resource "filler". */
function blockOf(...lines: string[]): Uint8Array {
  const first = lines.map((text) => text + "\n").join("");
  let rest = filler.get(first.length);
  if (rest === undefined) {
    rest = "";
    for (let count = 0; first.length + rest.length < BLOCK_BYTES; count++) {
      rest += line("change", "device", { name: "filler", written: 1_000_000 + count }) + "\n";
    }
    filler.set(first.length, rest);
  }
  return encoder.encode(first + rest);
}

/** A stream that is live, with the resource "filler" and others. */
class Daemon {
  readonly stream = new EventStream();
  readonly splitter = new LineSplitter();
  readonly unknownParts: UnknownPart[] = [];

  constructor(...names: string[]) {
    const dump = [...["filler", ...names].flatMap(dumpOf), DUMP_END];
    this.take(encoder.encode(dump.join("\n") + "\n"));
  }

  take(bytes: Uint8Array): Step {
    return this.stream.take(this.splitter.push(bytes), (unknown) => this.unknownParts.push(unknown));
  }
}

/** A text of its own for each block, long enough to be a window onto it if it is just cut out. */
const unique = (block: number) => `number-${block}-and-some-more-letters`;
const blocks = <Kept>(keep: (block: number) => Kept): Kept[] =>
  Array.from({ length: BLOCKS }, (_, block) => keep(block));
const NAMES = blocks((block) => unique(block));

/** Each case returns what is to be kept until the measurement. */
const CASES: Record<string, () => unknown> = {
  "200 MB of counters that nobody looks at": () => {
    const daemon = new Daemon();
    const bytes = blockOf(line("change", "resource", { name: "filler" }));
    for (let read = 0; read < 200e6; read += bytes.length) daemon.take(bytes);
    return daemon;
  },
  "counters of many resources, each in a block of its own": () => {
    const daemon = new Daemon(...NAMES);
    for (const name of NAMES) {
      daemon.take(
        blockOf(
          line("change", "device", { name, read: 123_456_789 }),
          line("change", "peer-device", { name }),
        ),
      );
    }
    return daemon;
  },
  "states of many resources, each in a block of its own": () => {
    const daemon = new Daemon();
    for (const name of NAMES) {
      const backing = { name, backing_dev: `/dev/${name}`, disk: name };
      daemon.take(blockOf(...dumpOf(name).map(asCreation), line("change", "device", backing)));
    }
    return daemon;
  },
  "snapshots, one of each block": () => {
    const daemon = new Daemon();
    return blocks((block) => {
      daemon.take(
        blockOf(line("change", "device", { name: "filler", backing_dev: `/dev/${unique(block)}` })),
      );
      return daemon.stream.cluster();
    });
  },
  "updates, one of each block": () => {
    const daemon = new Daemon("web");
    return NAMES.map((name, block) => {
      const step = daemon.take(blockOf(
        line("change", "device", { backing_dev: `/dev/${name}` }),
        line("change", "connection", { "conn-name": name }),
        line("change", "peer-device", { "conn-name": name, replication: block % 2 === 0 ? "Off" : "Ahead" }),
        line("create", "path", { "conn-name": name, local: `ipv4:${name}:1` }),
        line("destroy", "path", { "conn-name": name, local: `ipv4:${name}:1` }),
      ));
      return step.updates.all();
    });
  },
  "updates of helpers and renames, one of each block": () => {
    const daemon = new Daemon("web");
    return NAMES.map((name) =>
      daemon.take(blockOf(
        `rename resource name:web new_name:${name}`,
        `call helper name:${name} peer-node-id:1 conn-name:${name} helper:before-resync-target`,
        `rename resource name:${name} new_name:web`,
      )).updates.all()
    );
  },
  "updates of resources that came and went, one of each block": () => {
    const daemon = new Daemon();
    return NAMES.map((name) =>
      daemon.take(blockOf(...dumpOf(name).map(asCreation), line("destroy", "resource", { name }))).updates
        .all()
    );
  },
  "unknown keys and words, and lines that were rejected, one of each block": () => {
    const daemon = new Daemon("web");
    const rejected = NAMES.map((name) =>
      daemon.take(blockOf(
        line("change", "device", { disk: name, [name]: name }),
        `garbage of ${name}`,
      )).rejected
    );
    return [daemon, rejected];
  },
};

function asCreation(text: string): string {
  return text.replace("exists", "create");
}

const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) throw new Error("Run this with --v8-flags=--expose-gc");

/** Registers and caches may hold on to the last things used until something else is done. */
async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    gc?.();
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

async function measure(run: () => unknown): Promise<number> {
  const before = await usedBytes();
  const kept = [run()];
  filler.clear();
  const after = await usedBytes();
  kept.pop();
  return after - before;
}

const found: Record<string, number> = {};
for (const [name, run] of Object.entries(CASES)) {
  found[name] = Math.round(await measure(run) / 1024 / 1024 * 10) / 10;
}
Deno.stdout.writeSync(encoder.encode(JSON.stringify(found)));
