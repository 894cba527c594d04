/** A stream that takes lines, for tests. */
import type { EventStream, Step } from "../../../src/drbd/state/stream.ts";
import { blockOfLines } from "./blocks.ts";

/** Gives lines to `stream` as one chunk. */
export function take(stream: EventStream, ...lines: readonly string[]): Step {
  return stream.take([blockOfLines(lines)]);
}
