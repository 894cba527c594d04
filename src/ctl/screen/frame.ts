/** Builds the output that updates a terminal from one frame to the next: only lines that differ, in one write. */

/**
 * Lines as they are shown, and the size they were made for. Each fills its whole line: to clear what is beyond would
 * clear the last column.
 */
export interface Frame {
  readonly columns: number;
  readonly lines: readonly string[];
}

/** Synchronized output: terminals that support it show what is between these at once; others ignore them. */
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";
const CLEAR = "\x1b[2J";

/** The alternate screen, without a cursor and without wrapping; and back. */
export const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[H\x1b[2J";
export const LEAVE = "\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

/** Empty if nothing differs. `before` is absent for an empty screen. */
export function transition(before: Frame | undefined, now: Frame): string {
  const isNew = before === undefined || before.columns !== now.columns ||
    before.lines.length !== now.lines.length;
  const changed = now.lines.flatMap((text, place) =>
    !isNew && before.lines[place] === text ? [] : [`\x1b[${place + 1};1H${text}`]
  );
  if (!isNew && changed.length === 0) return "";
  return `${BEGIN}${isNew ? CLEAR : ""}${changed.join("")}${END}`;
}
