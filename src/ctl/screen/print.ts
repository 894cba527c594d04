/** Lines to an output. */
import type { Output } from "./output.ts";
import type { Line } from "./line.ts";
import { asText, inColours, type Paint, withoutColours } from "./paint.ts";
import { type Symbols, symbolsFor } from "./symbols.ts";

/** How lines look on an output. */
export function paintFor({ isTerminal, style }: Output): Paint {
  if (style.ability.isColoured) return inColours;
  return isTerminal ? withoutColours : asText;
}

export function symbolsOf({ style }: Output): Symbols {
  return symbolsFor(style.ability);
}

export function printLines(out: Output, lines: readonly Line[]): void {
  const paint = paintFor(out);
  for (const line of lines) out.line(paint(line));
}
