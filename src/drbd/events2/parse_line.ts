/**
 * Parses blocks of whole lines of `drbdsetup events2` into events. Pure: the same block gives the same events.
 *
 * Texts from the exact parser are slices of their block and keep it in memory. Other lines (helpers, renames, unknown or
 * rejected ones) are copied first, as they are rare and may be kept for long.
 */
import { copyText } from "../strings/copy_text.ts";
import type { ParsedLine, UnknownPart } from "./event.ts";
import { formatAt } from "./exact_parser.ts";
import { readTokens } from "./tolerant_parser.ts";

/** Called with every unknown key and word. */
export type NoteUnknown = (unknown: UnknownPart) => void;

/** One line without its newline. */
export function parseLine(line: string, note?: NoteUnknown): ParsedLine {
  const [parsed] = parseBlocks([line + "\n"], note);
  return parsed ?? { object: "rejected", reason: "it is empty", line };
}

/** All lines of `blocks`, in order; a block begins and ends with a line. Empty lines are ignored. */
export function parseBlocks(blocks: readonly string[], note?: NoteUnknown): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  for (const block of blocks) {
    const reader = new BlockReader(block, note);
    while (!reader.isAtEnd) {
      const line = reader.next();
      if (line !== undefined) parsed.push(line);
    }
  }
  return parsed;
}

/** Reads a block line by line. */
export class BlockReader {
  /** Where the next line begins. A caller that has used that line may set it to the one after. */
  at = 0;

  constructor(readonly block: string, readonly note: NoteUnknown = () => {}) {}

  get isAtEnd(): boolean {
    return this.at >= this.block.length;
  }

  /** The next line; undefined if it is empty. */
  next(): ParsedLine | undefined {
    const { block, at } = this;
    const { exact, object } = formatAt(block, at);
    exact.lastIndex = at;
    const match = exact.exec(block);
    if (match === null) return this.#nextTolerantly();
    this.at = exact.lastIndex;
    return {
      object,
      verb: verbAt(block, at),
      identity: match[1] as string,
      state: match[2] as string,
      isWhole: true,
      statistics: match[3] ?? "",
      blocked: match[4],
    };
  }

  #nextTolerantly(): ParsedLine | undefined {
    const { block, at } = this;
    const newline = block.indexOf("\n", at);
    const end = newline < 0 ? block.length : newline;
    this.at = end + 1;
    return end === at ? undefined : readTokens(copyText(block.slice(at, end)), this.note);
  }
}

const [E, R] = [..."er"].map((letter) => letter.charCodeAt(0));

/** The verb of a line that a pattern matched. */
function verbAt(block: string, at: number): "exists" | "create" | "change" {
  if (block.charCodeAt(at) === E) return "exists";
  return block.charCodeAt(at + 1) === R ? "create" : "change";
}
