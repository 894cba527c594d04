/**
 * One file's TOML as values.
 *
 * A mistake in one line must not hide the mistakes in others: a line that is wrong in itself is taken out, and
 * the rest is read again. What is left is good for finding more mistakes, never for running.
 */
import { parse, TomlError } from "smol-toml";
import type { Position } from "./diagnostic.ts";
import type { SourceText } from "./finding.ts";
import { explainSyntax } from "./syntax_words.ts";
import type { Table } from "./table.ts";

export interface SyntaxFault extends Position {
  readonly message: string;
}

export interface Document extends SourceText {
  /** What could be read. Empty if a fault made the whole unreadable. */
  readonly table: Table;
  readonly faults: readonly SyntaxFault[];
}

/** Beyond this many mistakes a file is no configuration. */
const MAX_FAULTS = 50;

/** Reads the TOML text of `file`. Lines with faults are blank in the document's text. Never throws. */
export function readDocument(file: string, original: string): Document {
  const lines = original.replace(/^\uFEFF/, "").split("\n");
  const faults = bytesThatAreNoText(lines);
  for (;;) {
    const text = lines.join("\n");
    try {
      return { file, text, table: parseToml(text), faults };
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const { line, column } = error;
      const message = explainSyntax(error, lines);
      if (faults.length + 1 < MAX_FAULTS && mend(lines, line - 1)) {
        faults.push({ line, column, message });
      } else {
        faults.push({
          line,
          column,
          message: `${message}; the rest of this file is checked once this is mended`,
        });
        return { file, text, table: {}, faults };
      }
    }
  }
}

/**
 * Whoever decoded the file has put U+FFFD where its bytes are no UTF-8. TOML allows UTF-8 only, and a command or
 * a path with another character in it is not the one that was meant. Comments harm nobody, whatever an editor did to them.
 */
function bytesThatAreNoText(lines: readonly string[]): SyntaxFault[] {
  const message = "Not valid TOML: found bytes that are not UTF-8 (or U+FFFD), expected text in UTF-8";
  return lines
    .map((line, index) => ({ line: index + 1, column: line.indexOf("\uFFFD") + 1, message }))
    .filter(({ line, column }) => column > 0 && !lines[line - 1]?.trimStart().startsWith("#"))
    .slice(0, MAX_FAULTS);
}

function parseToml(text: string): Table {
  return parse(text, { integersAsBigInt: "asNeeded" });
}

/** A whole table header, as far as it can be told from a broken one. */
const HEADER = /^\s*(\[\[?)([^[\]#]*)/;
/** The key may be missing. */
const KEY_VALUE = /^\s*([^\s=#[][^=]*)?=/;
const BARE_WORDS = /^\s*[A-Za-z0-9_-]+(\s+[^\s=]+)*\s*$/;

/** Takes the fault out of a line, and says whether that was possible without touching the meaning of others. */
function mend(lines: string[], index: number): boolean {
  const line = lines[index];
  if (line === undefined || line.trim() === "" || isInsideOfValue(lines, index)) return false;
  const header = HEADER.exec(line);
  if (header !== null) {
    const [, bracket = "", name = ""] = header;
    const whole = `${bracket}${name.trim()}${bracket === "[[" ? "]]" : "]"}`;
    if (whole !== line.trim() && isReadable([...lines.slice(0, index), whole])) lines[index] = whole;
    else blankTable(lines, index);
    return true;
  }
  if (!(KEY_VALUE.test(line) || BARE_WORDS.test(line)) || opensMore(line)) return false;
  lines[index] = "";
  return true;
}

/** Whether the lines before end within a list or string. */
function isInsideOfValue(lines: readonly string[], index: number): boolean {
  return !isReadable(lines.slice(0, index));
}

function isReadable(lines: readonly string[]): boolean {
  try {
    parseToml(lines.join("\n"));
    return true;
  } catch {
    return false;
  }
}

/** Whether a line begins what later lines end. */
function opensMore(line: string): boolean {
  if (line.includes('"""') || line.includes("'''")) return true;
  const count = (character: string) => line.split(character).length;
  return count("[") !== count("]") || count("{") !== count("}");
}

/** What belongs to a header that nobody can read would be taken for part of another table. */
function blankTable(lines: string[], index: number): void {
  lines[index] = "";
  for (let next = index + 1; next < lines.length && !/^\s*\[/.test(lines[next] ?? ""); next++) {
    lines[next] = "";
  }
}
