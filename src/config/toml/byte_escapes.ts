/**
 * Finds escapes like `\x2d` in double quotes. TOML 1.1 reads them as characters, TOML 1.0 refuses them; who writes one has mostly copied
 * the name of a unit, in which systemd means the backslash.
 */
import { type AST, parseTOML } from "toml-eslint-parser";
import type { Position } from "./diagnostic.ts";

export interface SyntaxRemark extends Position {
  readonly message: string;
}

const ESCAPE = /(?<!\\)(?:\\\\)*\\x([0-9a-f]{2})/i;

/** A remark for each string with such an escape. Nothing is found in what is no valid TOML. */
export function byteEscapes(text: string): SyntaxRemark[] {
  if (!text.includes("\\x")) return [];
  let tokens: readonly AST.Token[];
  try {
    tokens = parseTOML(text, { tomlVersion: "latest" }).tokens;
  } catch {
    return [];
  }
  return tokens.flatMap(({ type, range: [begin, end], loc: { start } }) => {
    if (type !== "BasicString" && type !== "MultiLineBasicString") return [];
    const [, digits] = ESCAPE.exec(text.slice(begin, end)) ?? [];
    if (digits === undefined) return [];
    const character = JSON.stringify(String.fromCodePoint(parseInt(digits, 16)));
    const message = `Escape in double quotes: found \\x${digits}, which is ${character} here, ` +
      "expected single quotes around a name with a backslash of systemd, or the character itself";
    return [{ line: start.line, column: start.column + 1, message }];
  });
}
