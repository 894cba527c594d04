/** Writes a recording: what drbdsetup prints, as it comes. */
import { LineSplitter } from "../../drbd/events2/lines.ts";
import type { SourceListener } from "../../daemon/source/events2_source.ts";
import { ENDED, MARK, NODE, SHOWN, STARTED } from "./recording.ts";
import { localOffsetMinutes, stampOf } from "./stamp.ts";

/** What is written at the top. */
export interface Heading {
  readonly node: string;
  /** Further facts, as `name: value`. */
  readonly facts: readonly string[];
  /** What `drbdsetup show --json` said of each resource, as one line of JSON. */
  readonly shown: readonly string[];
}

export function headingText({ node, facts, shown }: Heading): string {
  const lines = [
    "Recording of drbdsetup events2, made by drbddctl record; drbddctl replay shows what drbdd makes of it",
    NODE + node,
    ...facts,
    ...shown.map((json) => SHOWN + json),
  ];
  return lines.map((line) => `${MARK}${line}\n`).join("");
}

/** Listens to drbdsetup. `write` takes whole lines; `wallMs` tells milliseconds since 1970. */
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
    // A time tells a group from the next one: it is used once, also if the clock was put back.
    this.#lastUs = Math.max(this.#lastUs + 1, this.wallMs() * 1000);
    const stamp = stampOf(this.#lastUs, localOffsetMinutes(this.#lastUs));
    this.write(lines.map((line) => `${stamp} ${line}\n`).join(""));
  }
}
