/**
 * Blocks of whole lines of `drbdsetup events2` to events. Pure: the same block gives the same events.
 *
 * Texts of lines that go the exact way are cut from their block, and keep it in memory as long as they are kept. Other
 * lines (helpers, renames, what is unknown or rejected) are copied out of it first: they are rare, and it is they that
 * are kept as they are.
 */
import { detach } from "./detach.ts";
import type { Curiosity, ParsedLine, StateObject } from "./event.ts";
import { CONNECTION_LINE, DEVICE_LINE, PATH_LINE, PEER_DEVICE_LINE, RESOURCE_LINE } from "./patterns.ts";
import { readTokens } from "./tokens.ts";

/** Told of unknown keys and words, as often as they come. */
export type NoteCuriosity = (curiosity: Curiosity) => void;

/** One line without its newline. */
export function parseLine(line: string, note: NoteCuriosity = () => {}): ParsedLine {
  const [parsed] = parseBlocks([line + "\n"], note);
  return parsed ?? { object: "rejected", reason: "it is empty", line };
}

/** All lines of `blocks`, in order; a block begins and ends with a line. Empty lines are passed over. */
export function parseBlocks(blocks: readonly string[], note: NoteCuriosity = () => {}): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  for (const block of blocks) parseBlock(block, note, parsed);
  return parsed;
}

function parseBlock(block: string, note: NoteCuriosity, parsed: ParsedLine[]): void {
  for (let at = 0; at < block.length;) {
    const { pattern, object } = formAt(block, at);
    pattern.lastIndex = at;
    const match = pattern.exec(block);
    if (match !== null) {
      parsed.push({
        object,
        verb: verbAt(block, at),
        identity: match[1] as string,
        state: match[2] as string,
        isWhole: true,
        statistics: match[3] ?? "",
        blocked: match[4],
      });
      at = pattern.lastIndex;
    } else {
      const newline = block.indexOf("\n", at);
      const end = newline < 0 ? block.length : newline;
      if (end > at) parsed.push(readTokens(detach(block.slice(at, end)), note));
      at = end + 1;
    }
  }
}

interface Form {
  readonly object: StateObject;
  readonly pattern: RegExp;
}

const RESOURCE: Form = { object: "resource", pattern: RESOURCE_LINE };
const DEVICE: Form = { object: "device", pattern: DEVICE_LINE };
const CONNECTION: Form = { object: "connection", pattern: CONNECTION_LINE };
const PEER_DEVICE: Form = { object: "peer-device", pattern: PEER_DEVICE_LINE };
const PATH: Form = { object: "path", pattern: PATH_LINE };

const OBJECT_AT = "change ".length;
const [A, C, D, E, R] = [..."acder"].map((letter) => letter.charCodeAt(0));

/** The form a line can have, told by the first letters of the object's word. */
function formAt(block: string, at: number): Form {
  switch (block.charCodeAt(at + OBJECT_AT)) {
    case D:
      return DEVICE;
    case R:
      return RESOURCE;
    case C:
      return CONNECTION;
    default:
      return block.charCodeAt(at + OBJECT_AT + 1) === A ? PATH : PEER_DEVICE;
  }
}

/** The verb of a line that a pattern matched. */
function verbAt(block: string, at: number): "exists" | "create" | "change" {
  if (block.charCodeAt(at) === E) return "exists";
  return block.charCodeAt(at + 1) === R ? "create" : "change";
}
