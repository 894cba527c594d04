/** Parsing alone, and parsing with keeping the state, in this process: what the daemon cannot be faster than. */
import { parseBlocks } from "../../../src/drbd/events2/parse_line.ts";
import { EVERYTHING, type Interest } from "../../../src/drbd/state/interest.ts";
import { type Block, LineSplitter } from "../../../src/drbd/events2/lines.ts";
import { EventStream } from "../../../src/drbd/state/stream.ts";

/** As much as a pipe gives at once. */
const CHUNK_BYTES = 65_536;
const RUNS = 3;

const NOTHING: Interest = { version: 0, wants: () => false };

export interface CoreRates {
  /** Lines a second, the best of a few runs. */
  readonly parse: number;
  /** With every change reported. */
  readonly reduce: number;
  /** Without changes reported: most lines are deferred and never parsed. */
  readonly keep: number;
}

export async function measureCore(stream: string): Promise<CoreRates> {
  const bytes = await Deno.readFile(stream);
  const best = (run: () => number) => Math.max(...Array.from({ length: RUNS }, () => rateOf(run)));
  const reduce = (interest: Interest) => () => {
    const state = new EventStream(interest);
    return eachChunk(bytes, (blocks) => state.take(blocks).lineCount);
  };
  return {
    parse: best(() => eachChunk(bytes, (blocks) => parseBlocks(blocks.map(({ text }) => text)).length)),
    reduce: best(reduce(EVERYTHING)),
    keep: best(reduce(NOTHING)),
  };
}

/** `use` returns how many lines there were. */
function eachChunk(bytes: Uint8Array, use: (blocks: readonly Block[]) => number): number {
  const splitter = new LineSplitter();
  let count = 0;
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    count += use(splitter.push(bytes.subarray(at, at + CHUNK_BYTES)));
  }
  return count;
}

function rateOf(run: () => number): number {
  const start = performance.now();
  const count = run();
  return count / (performance.now() - start) * 1000;
}
