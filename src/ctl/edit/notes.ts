/** Notes to whoever edits a file: lines that begin with `#|`, which are taken out afterwards. */
import type { Diagnostic } from "../../config/toml/diagnostic.ts";

const MARK = "#|";

const HEADER = [
  "Lines that begin with #| are taken out. When you leave the editor, the file is checked: with errors nothing is",
  "changed, and you can edit it again. Without changes, or if it is empty, nothing is changed either.",
];

/** What is wrong with a file, by the lines of its text. `others` are about other places, or about none. */
export interface Wrong {
  readonly here: readonly Pick<Diagnostic, "line" | "message" | "severity">[];
  readonly others: readonly string[];
}

export const NOTHING_WRONG: Wrong = { here: [], others: [] };

/** The text with notes: what to do at its top, and what is wrong below the lines that it is about. */
export function withNotes(text: string, { here, others }: Wrong): string {
  const note = (words: string) => `${MARK} ${words}`;
  const about = (line: number) =>
    here.filter((each) => each.line === line).map(({ severity, message }) =>
      note(`^ ${severity}: ${message}`)
    );
  const top = [...HEADER, ...others.map((each) => `error: ${each}`)].map(note);
  const whole = here.filter(({ line }) => line === 0).map(({ severity, message }) =>
    note(`${severity}: ${message}`)
  );
  const lines = text.split("\n").flatMap((line, place) => [line, ...about(place + 1)]);
  // What is said of the end of the text.
  const count = text.split("\n").length;
  const after = here.filter(({ line }) => line > count).flatMap(({ line }) => about(line));
  return [...top, ...whole, ...lines, ...after].join("\n");
}

/** The text as it was written, with one newline at its end. */
export function withoutNotes(text: string): string {
  const kept = text.split("\n").filter((line) => !line.startsWith(MARK)).join("\n");
  return kept.trim() === "" ? "" : `${kept.trimEnd()}\n`;
}
