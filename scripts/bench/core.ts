/** Parsing alone, and parsing with keeping the state, in this process: what the daemon cannot be faster than. */
import { parseBlocks } from "../../src/drbd/events2.ts";
import { LineSplitter } from "../../src/drbd/lines.ts";
import { EventStream } from "../../src/drbd/stream.ts";

/** As much as a pipe gives at once. */
const CHUNK_BYTES = 65_536;
const RUNS = 3;

export interface CoreRates {
  /** Lines a second, the best of a few runs. */
  readonly parse: number;
  readonly reduce: number;
}

export async function measureCore(stream: string): Promise<CoreRates> {
  const bytes = await Deno.readFile(stream);
  const best = (run: () => number) => Math.max(...Array.from({ length: RUNS }, () => rateOf(run)));
  return {
    parse: best(() => eachChunk(bytes, () => {})),
    reduce: best(() => {
      const state = new EventStream();
      return eachChunk(bytes, (lines, length) => state.take(lines, length));
    }),
  };
}

function eachChunk(
  bytes: Uint8Array,
  use: (lines: ReturnType<typeof parseBlocks>, length: number) => void,
): number {
  const splitter = new LineSplitter();
  let count = 0;
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    const lines = parseBlocks(splitter.push(chunk));
    count += lines.length;
    use(lines, chunk.length);
  }
  return count;
}

function rateOf(run: () => number): number {
  const start = performance.now();
  const count = run();
  return count / (performance.now() - start) * 1000;
}
