import assert from "node:assert/strict";
import { bar, symbolsFor } from "./symbols.ts";

Deno.test("where there is ASCII only, no sign is beyond it", () => {
  for (const sign of Object.values(symbolsFor({ isUnicode: false }))) assert.match(sign, /^[\x20-\x7e]+$/);
});

Deno.test("a bar is full when all is done, and not before", () => {
  const symbols = symbolsFor({ isUnicode: false });
  const bars = [0, 9.9, 50, 99.99, 100, 120, -3].map((percent) => bar(percent, 10, symbols));
  assert.deepEqual(bars, [
    "..........",
    "..........",
    "#####.....",
    "#########.",
    "##########",
    "##########",
    "..........",
  ]);
});
