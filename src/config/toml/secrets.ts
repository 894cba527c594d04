/** Hides secrets of a configuration before it is shown. */
import { isTable } from "./table.ts";

/** Replaces a secret. */
const HIDDEN = "***";

/** Keys whose values are secret: `incoming_password`, `API_TOKEN`. Names of files are not (`token-file`). */
const SECRET_NAME = /(pass(word|wd|phrase)?|secret|token)$/i;

/** Such a name before its value, in a word without its quotes. */
const SECRET_BEGINS = /(?:pass(?:word|wd|phrase)?|secret|token)=/i;

/**
 * A word of a line as a shell reads it: parts in quotes, closed or not, and characters, escaped or not. Within escaped
 * quotes, as TOML and JSON write them, blanks do not end it: rather too much is hidden than half of a secret shown.
 */
const WORD =
  /(?:'[^']*(?:'|$)|"(?:[^"\\]|\\[^])*\\?(?:"|$)|\\(["'])[^]*?(?:\\\1|$)|\\[^]|\\$|[^ \t\n'"\\])+/g;

/** The text with its secrets replaced. Empty values are kept: it can matter that they are empty. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(WORD, wordWithoutSecret);
}

function wordWithoutSecret(word: string): string {
  const characters = unquoted(word);
  const plain = characters.map(({ character }) => character).join("");
  const begin = SECRET_BEGINS.exec(plain);
  if (begin === null) return word;
  const end = begin.index + begin[0].length;
  const equals = characters[end - 1];
  if (equals === undefined || end === plain.length) return word;
  const isClosed = equals.quote !== "" && word.includes(equals.quote, equals.place + 1);
  return `${word.slice(0, equals.place + 1)}${HIDDEN}${isClosed ? equals.quote : ""}`;
}

/** A character (a UTF-16 unit) of a word. */
interface Unquoted {
  readonly character: string;
  /** Where it is in the word as written. */
  readonly place: number;
  /** The quote that it is in. */
  readonly quote: string;
}

/** The word without its quotes and backslashes. */
function unquoted(word: string): Unquoted[] {
  const characters: Unquoted[] = [];
  let quote = "";
  for (let place = 0; place < word.length; place++) {
    const character = word.charAt(place);
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (character === "\\" && quote !== "'") {
      place++;
      // A backslash at the end of a line joins it with the next.
      if (place < word.length && word.charAt(place) !== "\n") {
        characters.push({ character: word.charAt(place), place, quote });
      }
    } else characters.push({ character, place, quote });
  }
  return characters;
}

/** A value with the secrets anywhere in it replaced. */
export function valueWithoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(valueWithoutSecrets);
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_NAME.test(key) && typeof inner === "string" && inner !== ""
        ? HIDDEN
        : valueWithoutSecrets(inner),
    ]),
  );
}
