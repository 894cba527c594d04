/** Words of a line, as a POSIX shell splits it. Nothing is expanded: `$`, `*` and `~` stay as they are. */

/** Escapes of these characters work within double quotes; a backslash before another one is itself. */
const ESCAPABLE_IN_DOUBLE_QUOTES = '$`"\\\n';

/**
 * Splits `line` at blanks, with single quotes, double quotes, backslashes and comments as in the shell.
 * Undefined if a quote is not closed, or a backslash is the last character.
 */
export function splitShellWords(line: string): string[] | undefined {
  const words: string[] = [];
  /** Undefined between words: quotes can make a word of no characters. */
  let word: string | undefined;
  let place = 0;
  while (place < line.length) {
    const character = line.charAt(place++);
    if (character === " " || character === "\t" || character === "\n") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "#" && word === undefined) {
      const end = line.indexOf("\n", place);
      place = end < 0 ? line.length : end;
    } else if (character === "\\") {
      if (place === line.length) return undefined;
      const escaped = line.charAt(place++);
      // A backslash at the end of a line joins it with the next.
      if (escaped !== "\n") word = (word ?? "") + escaped;
    } else if (character === "'") {
      const end = line.indexOf("'", place);
      if (end < 0) return undefined;
      word = (word ?? "") + line.slice(place, end);
      place = end + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuotes(line, place);
      if (quoted === undefined) return undefined;
      word = (word ?? "") + quoted.text;
      place = quoted.end;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The text from `start` to the closing quote, and the place after it. */
function readDoubleQuotes(line: string, start: number): { text: string; end: number } | undefined {
  let text = "";
  for (let place = start; place < line.length; place++) {
    const character = line.charAt(place);
    if (character === '"') return { text, end: place + 1 };
    const next = line.charAt(place + 1);
    if (character === "\\" && next !== "" && ESCAPABLE_IN_DOUBLE_QUOTES.includes(next)) {
      if (next !== "\n") text += next;
      place++;
    } else {
      text += character;
    }
  }
  return undefined;
}
