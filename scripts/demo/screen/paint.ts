/** Colours, if they are wanted. */

export interface Paint {
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  /** Draws the eye. */
  strong(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
}

function colour(code: string): (text: string) => string {
  return (text) => `\x1b[${code}m${text}\x1b[0m`;
}

const COLOURS: Paint = {
  good: colour("32"),
  warn: colour("33"),
  bad: colour("31"),
  strong: colour("1;36"),
  bold: colour("1"),
  dim: colour("2"),
};

const plain = (text: string) => text;
const PLAIN: Paint = { good: plain, warn: plain, bad: plain, strong: plain, bold: plain, dim: plain };

/** Colours for a terminal, unless the variable NO_COLOR is set to anything. */
export function paintFor(isTerminal: boolean, noColor: string | undefined): Paint {
  return isTerminal && (noColor ?? "") === "" ? COLOURS : PLAIN;
}

const COLOUR_CODES = new RegExp("\u001b\\[[0-9;]*m", "g");

/** The text without its colours. */
export function withoutColours(text: string): string {
  return text.replaceAll(COLOUR_CODES, "");
}
