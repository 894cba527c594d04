/** A stream that takes lines, for tests. */
import { parseLine } from "../../src/drbd/events2.ts";
import type { EventStream, Step } from "../../src/drbd/stream.ts";

/** Gives lines to `stream` as one chunk. */
export function take(stream: EventStream, ...lines: readonly string[]): Step {
  return stream.take(lines.map((text) => parseLine(text)), lines.join("\n").length + 1);
}
