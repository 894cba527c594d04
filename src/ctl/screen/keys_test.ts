import assert from "node:assert/strict";
import { type Key, keysOf } from "./keys.ts";

const CASES: readonly (readonly [string, string, readonly Key[]])[] = [
  ["arrows of both modes", "\x1b[A\x1bOB", ["up", "down"]],
  ["pages, home and end of all terminals", "\x1b[5~\x1b[6~\x1b[H\x1bOF\x1b[1~\x1b[4~", [
    "page-up",
    "page-down",
    "home",
    "end",
    "home",
    "end",
  ]],
  ["an escape that nothing follows", "\x1b", ["escape"]],
  ["an escape before another one", "\x1b\x1b[A", ["escape", "up"]],
  ["characters, also beyond ASCII", "aß😀", [{ character: "a" }, { character: "ß" }, { character: "😀" }]],
  ["enter, backspace, Ctrl-C, Ctrl-W, Ctrl-U", "\r\x7f\b\x03\x17\x15", [
    "enter",
    "backspace",
    "backspace",
    "interrupt",
    "delete-word",
    "delete-line",
  ]],
  ["nothing of sequences it does not know", "\x1b[200~x\x1b[1;5C\x1b[I", [{ character: "x" }]],
  ["nothing of other control characters", "\x00\x01", []],
];

for (const [what, text, keys] of CASES) {
  Deno.test(`keysOf() reads ${what}`, () => assert.deepEqual(keysOf(text), keys));
}
