/** Blocks of lines as `LineSplitter` makes them, for tests. */
import type { Block } from "../../../src/drbd/events2/lines.ts";

/** The lines, each of which ends in a newline, as one block. */
export function blockOf(text: string): Block {
  return { text, bytes: new TextEncoder().encode(text) };
}

/** Lines without their newlines, as one block. */
export function blockOfLines(lines: readonly string[]): Block {
  return blockOf(lines.map((line) => `${line}\n`).join(""));
}
