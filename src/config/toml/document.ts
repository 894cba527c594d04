/**
 * Parses the TOML of one file.
 *
 * An error in one line must not hide errors in others: an invalid line is removed and the rest is parsed again. The result is
 * then good for finding more errors, but never for running.
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
  /** What could be parsed; empty if the whole file is invalid. */
  readonly table: Table;
  readonly faults: readonly SyntaxFault[];
}

/** With more errors than this the file is probably something else. */
const MAX_FAULTS = 50;

/** Parses the TOML text of `file`. Invalid lines are blank in the document's text. Never throws. */
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
      if (faults.length + 1 < MAX_FAULTS && repairLine(lines, line - 1)) {
        faults.push({ line, column, message });
      } else {
        faults.push({
          line,
          column,
          message: `${message}; the rest of this file is checked once this is fixed`,
        });
        return { file, text, table: {}, faults };
      }
    }
  }
}

/**
 * U+FFFD stands where the file's bytes are not UTF-8. TOML requires UTF-8, and a command or path with such a character is not
 * the one that was meant. In comments it does no harm.
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

/** A whole table header, as far as it can be recognized in an invalid line. */
const HEADER = /^\s*(\[\[?)([^[\]#]*)/;
/** The key may be missing. */
const KEY_VALUE = /^\s*([^\s=#[][^=]*)?=/;
const BARE_WORDS = /^\s*[A-Za-z0-9_-]+(\s+[^\s=]+)*\s*$/;

/** Removes the invalid line, or part of it; returns whether that was possible without changing the meaning of others. */
function repairLine(lines: string[], index: number): boolean {
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

/** Whether the preceding lines end inside a list or string. */
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

/** Whether a line opens a list or string that ends in a later line. */
function opensMore(line: string): boolean {
  if (line.includes('"""') || line.includes("'''")) return true;
  const count = (character: string) => line.split(character).length;
  return count("[") !== count("]") || count("{") !== count("}");
}

/** Removes the keys below an invalid header: they would be taken for keys of the table before. */
function blankTable(lines: string[], index: number): void {
  lines[index] = "";
  for (let next = index + 1; next < lines.length && !/^\s*\[/.test(lines[next] ?? ""); next++) {
    lines[next] = "";
  }
}
