/** Reads a recording, or other saved output of drbdsetup. */
import { guessGroups } from "./groups.ts";
import { ENDED, type Entry, MARK, NODE, type Recording, SHOWN, STARTED, type Timing } from "./recording.ts";
import { readStamp, STAMP_LENGTH } from "./stamp.ts";

/** The text of a file, and of the file of times beside it, if any. */
export interface Texts {
  readonly text: string;
  readonly times?: string | undefined;
}

/** Assumed time between groups without times. */
const GUESSED_PAUSE_US = 1_000_000;

/**
 * Reads a file of `drbddctl record`, output of `drbdsetup events2 --timestamps`, or output of `drbdsetup events2` with or
 * without a file of times beside it: epoch seconds, one per line.
 */
export function readRecording({ text, times }: Texts): Recording {
  const remarks: string[] = [];
  const lines = wholeLines(text, remarks);
  const draft = new Draft();
  let timing: Timing = "stamps";
  if (times !== undefined) {
    timing = "beside";
    readBeside(lines, wholeLines(times, []), draft, remarks);
  } else if (lines.some((line) => stampAt(line) !== undefined)) {
    readStamped(lines, draft, remarks);
  } else {
    timing = "none";
    const groups = guessGroups(lines.filter((line) => !draft.heading(line)));
    groups.forEach((group, place) => draft.lines(place * GUESSED_PAUSE_US, group));
  }
  if (draft.backwards > 0) {
    remarks.push(`the clock went back ${draft.backwards} times: later lines are assumed to follow at once`);
  }
  return { node: draft.node, timing, entries: draft.entries, shown: draft.shown, remarks };
}

/** A last line without a line end may be truncated. */
function wholeLines(text: string, remarks: string[]): string[] {
  const lines = text.split(/\r?\n/);
  const rest = lines.pop() ?? "";
  if (rest !== "") remarks.push("the last line is truncated and ignored");
  return lines.filter((line) => line !== "");
}

function stampAt(line: string): number | undefined {
  return line[STAMP_LENGTH] === " " ? readStamp(line.slice(0, STAMP_LENGTH)) : undefined;
}

function readStamped(lines: readonly string[], draft: Draft, remarks: string[]): void {
  let strange = 0;
  for (const line of lines) {
    const atUs = stampAt(line);
    if (atUs === undefined) {
      if (!draft.heading(line)) strange++;
      continue;
    }
    const content = line.slice(STAMP_LENGTH + 1);
    if (content.startsWith(MARK)) draft.mark(atUs, content.slice(MARK.length));
    else draft.line(atUs, content);
  }
  if (strange > 0) remarks.push(`${strange} lines without a time are ignored`);
}

function readBeside(
  lines: readonly string[],
  times: readonly string[],
  draft: Draft,
  remarks: string[],
): void {
  const timesUs = times.map((time) => Math.round(Number(time) * 1_000_000));
  if (timesUs.some((us) => !Number.isFinite(us))) {
    throw new RecordingError("the file of times has lines that are not numbers of seconds");
  }
  if (times.length !== lines.length) {
    remarks.push(
      `there are ${lines.length} lines and ${times.length} times: lines without a time are ignored`,
    );
  }
  for (const [place, line] of lines.entries()) {
    const atUs = timesUs[place];
    if (atUs !== undefined) draft.line(atUs, line);
  }
}

/** A file that cannot be used as a recording. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

class Draft {
  readonly entries: Entry[] = [];
  readonly shown = new Map<string, string>();
  node: string | undefined;
  /** How often a time was earlier than the previous one. */
  backwards = 0;
  #lastUs = -Infinity;
  /** The time as written in the file, to separate groups. */
  #written = NaN;
  #group: string[] = [];

  /** Reads a line of the header. */
  heading(line: string): boolean {
    if (!line.startsWith(MARK.trimEnd())) return false;
    const fact = line.slice(MARK.length);
    if (fact.startsWith(NODE)) this.node = fact.slice(NODE.length);
    if (fact.startsWith(SHOWN)) this.#show(fact.slice(SHOWN.length));
    return true;
  }

  line(atUs: number, line: string): void {
    if (atUs === this.#written && this.#group.length > 0) this.#group.push(line);
    else this.lines(atUs, [line]);
  }

  lines(atUs: number, lines: readonly string[]): void {
    this.#group = [...lines];
    this.entries.push({ kind: "lines", atUs: this.#at(atUs), lines: this.#group });
  }

  mark(atUs: number, text: string): void {
    this.#group = [];
    if (text === STARTED) this.entries.push({ kind: "started", atUs: this.#at(atUs) });
    else if (text.startsWith(ENDED)) {
      this.entries.push({ kind: "ended", atUs: this.#at(atUs), reason: text.slice(ENDED.length) });
    }
  }

  #at(atUs: number): number {
    this.#written = atUs;
    if (atUs < this.#lastUs) this.backwards++;
    this.#lastUs = Math.max(this.#lastUs, atUs);
    return this.#lastUs;
  }

  #show(json: string): void {
    try {
      const name: unknown = JSON.parse(json)?.resource;
      if (typeof name === "string") this.shown.set(name, json);
    } catch {
      // Options are not essential; the lines of drbdsetup are.
    }
  }
}
