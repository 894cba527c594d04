/** Writes a recording from drbdsetup's output. */
import { LineSplitter } from "../../drbd/events2/lines.ts";
import type { SourceListener } from "../../daemon/source/events2_source.ts";
import { ENDED, MARK, NODE, SHOWN, STARTED } from "./recording.ts";
import { localOffsetMinutes, stampOf } from "./stamp.ts";

/** The header. */
export interface Heading {
  readonly node: string;
  /** Further facts, as `name: value`. */
  readonly facts: readonly string[];
  /** Output of `drbdsetup show --json` for each resource, as one line of JSON. */
  readonly shown: readonly string[];
}

export function headingText({ node, facts, shown }: Heading): string {
  const lines = [
    "Recording of drbdsetup events2, made by drbddctl record; to view it: drbddctl replay",
    NODE + node,
    ...facts,
    ...shown.map((json) => SHOWN + json),
  ];
  return lines.map((line) => `${MARK}${line}\n`).join("");
}

/** Records the output of drbdsetup. `write` takes whole lines; `wallMs` returns milliseconds since 1970. */
export class RecordingWriter implements SourceListener {
  #splitter = new LineSplitter();
  #lastUs = -Infinity;
  /** Lines of drbdsetup so far. */
  lines = 0;

  constructor(readonly wallMs: () => number, readonly write: (text: string) => void) {}

  started(): void {
    this.#splitter = new LineSplitter();
    this.#put([MARK + STARTED]);
  }

  chunk(bytes: Uint8Array): void {
    const lines = this.#splitter.push(bytes).flatMap((block) => block.text.split("\n")).filter((line) =>
      line !== ""
    );
    this.lines += lines.length;
    this.#put(lines);
  }

  ended(reason: string): void {
    const rest = this.#splitter.end();
    const cut = rest === "" ? "" : `, in the middle of the line ${JSON.stringify(rest)}`;
    this.#put([`${MARK}${ENDED}${reason}${cut}`]);
  }

  #put(lines: readonly string[]): void {
    if (lines.length === 0) return;
    // The time separates groups, so each is used once, even if the clock was set back.
    this.#lastUs = Math.max(this.#lastUs + 1, this.wallMs() * 1000);
    const stamp = stampOf(this.#lastUs, localOffsetMinutes(this.#lastUs));
    this.write(lines.map((line) => `${stamp} ${line}\n`).join(""));
  }
}
