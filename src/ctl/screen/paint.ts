/** Lines as text for a terminal: tones become colours, or nothing. */
import { type Line, textOf, type Tone } from "./line.ts";

/** Renders a line for the current terminal. */
export type Paint = (line: Line) => string;

const RESET = "\x1b[0m";
const MARKS = { selected: "\x1b[7m", heading: "\x1b[1;4m" } as const;
const CODES: Readonly<Record<Tone, string>> = {
  plain: "",
  dim: "\x1b[2m",
  strong: "\x1b[1m",
  good: "\x1b[32m",
  warning: "\x1b[33m",
  bad: "\x1b[1;31m",
  busy: "\x1b[36m",
  title: "\x1b[1m",
};

/** With colours; a marked line is shown as a whole, as colours within it would be spots. */
export const inColours: Paint = (line) => {
  if (line.mark !== undefined) return `${MARKS[line.mark]}${textOf(line)}${RESET}`;
  return line.spans.map(({ text, tone }) => CODES[tone] === "" ? text : `${CODES[tone]}${text}${RESET}`).join(
    "",
  );
};

/** For a terminal without colours (no-color.org); marks are not colours. */
export const withoutColours: Paint = (line) =>
  line.mark === undefined ? textOf(line) : `${MARKS[line.mark]}${textOf(line)}${RESET}`;

/** For output that is not a terminal. */
export const asText: Paint = textOf;
