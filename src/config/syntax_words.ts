/** What is wrong with a line that is no TOML, in words for somebody who does not know TOML's grammar. */
import type { TomlError } from "smol-toml";
import { quoted } from "./wording.ts";

interface Spot {
  /** The line up to the mistake. */
  readonly before: string;
  /** The line from the mistake on. Empty at its end. */
  readonly rest: string;
  /** The same, as a message shows it. */
  readonly found: string;
  /** Whether the line begins like the header of a table. */
  readonly isHeader: boolean;
}

/** By the beginning of what the reader says. */
const SENTENCES: readonly (readonly [string, (spot: Spot) => string])[] = [
  ["invalid value", ({ found, rest }) => `found ${found}, expected ${expectedValue(rest)}`],
  ["trying to redefine", () => "found a second definition, expected each key and each table once"],
  ["each key-value declaration must", expectedEnd],
  ["illegal character in key", expectedKey],
  ["unexpected end of key", expectedKey],
  ["illegal empty bare key", expectedKey],
  ["incomplete key-value", expectedKey],
  ["expected end of table array", ({ found }) => `found ${found}, expected "]]" after the name of the table`],
  ["expected comma", ({ found }) => `found ${found}, expected a comma, or the end of the list or table`],
  ["unfinished array", () => 'found the end of the file within a list, expected "]"'],
  ["unfinished table", () => 'found the end of the file within a table, expected "}"'],
  ["unfinished string", () => "found the end of the file within a string, expected closing quotes"],
  [
    "control characters are not allowed in strings",
    ({ rest }) =>
      rest === ""
        ? "found the end of the line within a string, expected a closing quote"
        : "found a control character within a string, expected an escape like \\t or \\u0001",
  ],
  ["unrecognised escape", expectedEscape],
  ["invalid escape", expectedEscape],
  ["invalid unicode escape", expectedEscape],
  ["invalid non-hex character", expectedEscape],
  ["illegal character in numeric", expectedNumber],
  ["illegal leading zero", expectedNumber],
  ["illegal underscore", expectedNumber],
  ["unfinished numeric", expectedNumber],
];

/** Says what was found in `line`, and what is expected instead. */
export function explainSyntax(error: TomlError, line: string): string {
  const words = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
  const rest = line.slice(error.column - 1).trim();
  const found = rest === "" ? "the end of the line" : quoted(rest);
  const sentence = SENTENCES.find(([beginning]) => words.startsWith(beginning))?.[1];
  const spot = {
    before: line.slice(0, error.column - 1),
    rest,
    found,
    isHeader: line.trimStart().startsWith("["),
  };
  return `Not valid TOML: ${sentence?.(spot) ?? `found ${found}, expected otherwise (${words})`}`;
}

/** A word like info begins with a whole value: inf. */
function expectedEnd({ before, rest, found }: Spot): string {
  const begun = /[=\s]([A-Za-z]+)$/.exec(before)?.[1];
  if (begun !== undefined && /^\w/.test(rest)) {
    const word = begun + rest;
    return `found ${quoted(word)}, expected ${expectedValue(word)}`;
  }
  return `found ${found} after the value, expected the end of the line`;
}

function expectedKey({ found, isHeader }: Spot): string {
  return `found ${found}, expected ${isHeader ? '"]" after the name of the table' : '"key = value"'}`;
}

function expectedEscape({ rest }: Spot): string {
  return `found \\${rest.slice(0, 1)}, expected \\\\ for a backslash, or single quotes around the string`;
}

function expectedNumber({ found }: Spot): string {
  return `found ${found}, expected a number, or quotes around a string`;
}

function expectedValue(rest: string): string {
  const word = /^[A-Za-z_/][\w./:@-]*/.exec(rest)?.[0];
  if (word === undefined) return "a value";
  const lower = word.toLowerCase();
  return lower === "true" || lower === "false"
    ? "true and false in small letters"
    : `a value (strings need quotes: ${quoted(word)})`;
}
