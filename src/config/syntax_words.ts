/** What is wrong with a line that is no TOML, in words for somebody who does not know TOML's grammar. */
import type { TomlError } from "smol-toml";
import { quoted } from "./wording.ts";

/** Says what was found in `line`, and what is expected instead. */
export function explainSyntax(error: TomlError, line: string): string {
  const words = (error.message.split("\n")[0] ?? "").replace("Invalid TOML document: ", "");
  const rest = line.slice(error.column - 1).trim();
  const found = rest === "" ? "the end of the line" : quoted(rest);
  const isHeader = line.trimStart().startsWith("[");
  return `Not valid TOML: ${sentence(words, found, rest, isHeader)}`;
}

function sentence(words: string, found: string, rest: string, isHeader: boolean): string {
  switch (words) {
    case "invalid value":
      return `found ${found}, expected ${expectedValue(rest)}`;
    case "trying to redefine an already defined table or value":
      return "found a second definition, expected each key and each table once";
    case "each key-value declaration must be followed by an end-of-line":
      return `found ${found} after the value, expected the end of the line`;
    case "illegal character in key":
    case "unexpected end of key":
      return `found ${found}, expected ${isHeader ? '"]" after the name of the table' : '"key = value"'}`;
    case "expected end of table array declaration":
      return `found ${found}, expected "]]" after the name of the table`;
    case "control characters are not allowed in strings":
      return rest === ""
        ? "found the end of the line within a string, expected a closing quote"
        : "found a control character within a string, expected an escape like \\t or \\u0001";
    case "unfinished string":
      return "found the end of the file within a string, expected closing quotes";
    default:
      return `found ${found}, expected otherwise (${words})`;
  }
}

function expectedValue(rest: string): string {
  const word = /^[A-Za-z_/][\w./:@-]*/.exec(rest)?.[0];
  if (word === undefined) return "a value";
  const lower = word.toLowerCase();
  return lower === "true" || lower === "false"
    ? `true and false in small letters`
    : `a value (strings need quotes: ${quoted(word)})`;
}
