/** Notes in an edited file: lines that begin with `#|`, which are removed afterwards. */
import type { Diagnostic } from "../../config/toml/diagnostic.ts";

const MARK = "#|";

const HEADER = [
  "Lines that begin with #| are removed. The file is checked when you leave the editor: if it has errors, you can edit",
  "it again or quit without changing anything. A file that is unchanged or empty is not saved.",
];

/** Problems of a file by line. `others` are about other files, or about no place. */
export interface Wrong {
  readonly here: readonly Pick<Diagnostic, "line" | "message" | "severity">[];
  readonly others: readonly string[];
}

export const NOTHING_WRONG: Wrong = { here: [], others: [] };

/** The text with notes: an explanation at its top, and problems below their lines. */
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
  // Problems at the end of the text.
  const count = text.split("\n").length;
  const after = here.filter(({ line }) => line > count).flatMap(({ line }) => about(line));
  return [...top, ...whole, ...lines, ...after].join("\n");
}

/** The text without notes, with one newline at its end. */
export function withoutNotes(text: string): string {
  const kept = text.split("\n").filter((line) => !line.startsWith(MARK)).join("\n");
  return kept.trim() === "" ? "" : `${kept.trimEnd()}\n`;
}
