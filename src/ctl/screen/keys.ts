/** Parses keys from the bytes of a terminal. */

/** A named key, or one character. */
export type Key =
  | "up"
  | "down"
  | "left"
  | "right"
  | "page-up"
  | "page-down"
  | "home"
  | "end"
  | "enter"
  | "escape"
  | "backspace"
  | "delete-word"
  | "delete-line"
  | "interrupt"
  | "redraw"
  | { readonly character: string };

/** Sequences of xterm, the Linux console, screen and tmux. */
const SEQUENCES: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["[A", "up"],
  ["[B", "down"],
  ["[C", "right"],
  ["[D", "left"],
  ["OA", "up"],
  ["OB", "down"],
  ["OC", "right"],
  ["OD", "left"],
  ["[5~", "page-up"],
  ["[6~", "page-down"],
  ["[H", "home"],
  ["[F", "end"],
  ["OH", "home"],
  ["OF", "end"],
  ["[1~", "home"],
  ["[4~", "end"],
  ["[7~", "home"],
  ["[8~", "end"],
]);

const CONTROLS: ReadonlyMap<string, Key> = new Map<string, Key>([
  ["\r", "enter"],
  ["\n", "enter"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
  ["\x03", "interrupt"],
  ["\x04", "interrupt"],
  ["\x17", "delete-word"],
  ["\x15", "delete-line"],
  ["\x0c", "redraw"],
  ["\x0e", "down"],
  ["\x10", "up"],
  ["\x06", "page-down"],
  ["\x02", "page-up"],
]);

/** CSI and SS3 sequences. Source: ECMA-48, 5.4. */
const SEQUENCE = /^(?:\[[0-?]*[ -/]*[@-~]|O[ -~])/;

/** The keys in one read. A terminal sends a sequence in one piece, so an escape character at the end is the key Esc. */
export function keysOf(text: string): Key[] {
  const keys: Key[] = [];
  for (let at = 0; at < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    if (character === "\x1b") {
      const [sequence] = SEQUENCE.exec(text.slice(at)) ?? [];
      at += sequence?.length ?? 0;
      const key = sequence === undefined ? "escape" : SEQUENCES.get(sequence);
      if (key !== undefined) keys.push(key);
      continue;
    }
    const control = CONTROLS.get(character);
    if (control !== undefined) keys.push(control);
    else if (!/\p{Cc}/u.test(character)) keys.push({ character });
  }
  return keys;
}
