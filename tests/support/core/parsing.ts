/** Both ways of reading a line, for tests: they must agree. */
import assert from "node:assert/strict";
import type { ParsedLine, UnknownPart } from "../../../src/drbd/events2/event.ts";
import { parseLine } from "../../../src/drbd/events2/parse_line.ts";
import {
  CONNECTION_LINE,
  DEVICE_LINE,
  PATH_LINE,
  PEER_DEVICE_LINE,
  RESOURCE_LINE,
} from "../../../src/drbd/events2/patterns.ts";
import { readTokens } from "../../../src/drbd/events2/tolerant_parser.ts";

/** Whether one of the exact patterns takes the line. */
export function isExact(text: string): boolean {
  return [RESOURCE_LINE, DEVICE_LINE, CONNECTION_LINE, PEER_DEVICE_LINE, PATH_LINE].some(({ exact }) => {
    exact.lastIndex = 0;
    return exact.test(text + "\n");
  });
}

/** What both ways of reading make of a line; they must agree. */
export function parsed(text: string): { line: ParsedLine; unknownParts: UnknownPart[] } {
  const unknownParts: UnknownPart[] = [];
  const slow = readTokens(text, (unknown) => unknownParts.push(unknown));
  assert.deepEqual(withoutIsWhole(parseLine(text)), slow);
  return { line: slow, unknownParts };
}

/** Only lines read the exact way are known to say all; what they say is the same. */
export function withoutIsWhole(line: ParsedLine): ParsedLine {
  if (!("isWhole" in line)) return line;
  const { isWhole: _, ...rest } = line;
  return rest;
}
