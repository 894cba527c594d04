/** Explains TOML syntax errors to people who do not know TOML's grammar. */
import type { TomlError } from "smol-toml";
import { quoted } from "./wording.ts";

interface Spot {
  /** The line before the error. */
  readonly before: string;
  /** The line from the error on. */
  readonly rest: string;
  /** The same, as a message shows it. */
  readonly found: string;
  /** Whether the line begins like a table header. */
  readonly isHeader: boolean;
  /** Where the same key or table was defined first, as `LINE:COLUMN`. */
  readonly first: string | undefined;
}

/** By the beginning of the parser's message. */
const SENTENCES: readonly (readonly [string, (spot: Spot) => string])[] = [
  ["invalid value", ({ found, rest }) => `found ${found}, expected ${expectedValue(rest)}`],
  ["trying to redefine", redefined],
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

/** What was found in the line of the error, and what is expected instead. */
export function explainSyntax(error: TomlError, lines: readonly string[]): string {
  const line = lines[error.line - 1] ?? "";
  const words = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
  const rest = line.slice(error.column - 1).trim();
  const found = rest === "" ? "the end of the line" : quoted(rest);
  const sentence = SENTENCES.find(([beginning]) => words.startsWith(beginning))?.[1];
  const spot = {
    before: line.slice(0, error.column - 1),
    rest,
    found,
    isHeader: line.trimStart().startsWith("["),
    first: firstDefinition(lines, error.line - 1),
  };
  return `Not valid TOML: ${sentence?.(spot) ?? `found ${found}, expected otherwise (${words})`}`;
}

/** The key or header that a line begins with. A header keeps its brackets: `[a]` and `[[a]]` differ. */
function definedBy(line: string): string | undefined {
  const [, header, key] = /^\s*(?:(\[\[?[^[\]#]*\]\]?)|([^\s=#[][^=#]*?)\s*=)/.exec(line) ?? [];
  return header?.replaceAll(/\s/g, "") ?? key;
}

/** The nearest earlier line with the same key in the same table, or with the same header. */
function firstDefinition(lines: readonly string[], index: number): string | undefined {
  const wanted = definedBy(lines[index] ?? "");
  if (wanted === undefined) return undefined;
  for (let before = index - 1; before >= 0; before--) {
    const line = lines[before] ?? "";
    const defined = definedBy(line);
    // "a.b = 1" defines the table "a".
    if (defined === wanted || !wanted.startsWith("[") && defined?.startsWith(`${wanted}.`) === true) {
      const indent = line.length - line.trimStart().length;
      return `${before + 1}:${indent + (wanted.match(/^\[*/)?.[0].length ?? 0) + 1}`;
    }
    // A key belongs to the header above it.
    if (!wanted.startsWith("[") && /^\s*\[/.test(line)) return undefined;
  }
  return undefined;
}

function redefined({ before, rest, isHeader, first }: Spot): string {
  const what = definedBy(before + rest)?.replaceAll(/^\[+|\]+$/g, "") ?? rest;
  const where = first === undefined ? "" : `, first at ${first}`;
  return `found ${quoted(what)} a second time${where}, expected each ${isHeader ? "table" : "key"} once`;
}

/** A number followed by the letters of a unit. */
function withUnit({ before, rest }: Spot): string | undefined {
  const [number] = /[\d_]*\d$/.exec(before) ?? [];
  const [unit] = /^(ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\b/i.exec(rest) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return `found "${number}${unit}", expected a number without a unit (times are in seconds)`;
}

/** A word like "info" begins with a valid value: inf. */
function expectedEnd(spot: Spot): string {
  const { before, rest, found } = spot;
  const number = withUnit(spot);
  if (number !== undefined) return number;
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

function expectedNumber(spot: Spot): string {
  return withUnit(spot) ?? `found ${spot.found}, expected a number, or quotes around a string`;
}

/** What other formats and shells take for true and false. */
const BOOLEANS = ["yes", "no", "on", "off"];

function expectedValue(rest: string): string {
  if (/^[\u2018-\u201f\u00ab\u00bb]/.test(rest)) return 'a value in straight quotes: "..."';
  const word = /^[A-Za-z_/][\w./:@-]*/.exec(rest)?.[0];
  if (word === undefined) return "a value";
  const lower = word.toLowerCase();
  return lower === "true" || lower === "false"
    ? "true and false in small letters"
    : BOOLEANS.includes(lower)
    ? "true or false, or quotes around a string"
    : `a value (strings need quotes: ${quoted(word)})`;
}
