import assert from "node:assert/strict";
import { withoutWideTables } from "./man_tables.ts";

/** Wider than a page. */
const LONG = "so long that it does not fit beside the others in the eighty columns of a terminal";

const CASES: readonly { name: string; markdown: readonly string[]; expected: readonly string[] }[] = [
  {
    name: "leaves a table that fits",
    markdown: ["| a | b |", "| - | - |", "| 1 | 2 |"],
    expected: ["| a | b |", "| - | - |", "| 1 | 2 |"],
  },
  {
    name: "defines the first of two columns",
    markdown: [
      "before",
      "",
      "| you see | do |",
      "| - | - |",
      `| 401 | ${LONG} |`,
      "| 503 | wait! |",
      "",
      "after",
    ],
    expected: ["before", "", "401", "", `:   ${LONG}.`, "", "503", "", ":   wait!", "", "after"],
  },
  {
    name: "explains first, then says what the other columns are",
    markdown: [
      "| key | value | default | |",
      "| - | - | - | - |",
      `| \`a\` | number | 3 | ${LONG} |`,
      "| `b` | | | |",
    ],
    expected: ["`a`", "", `:   ${LONG}. Value: number. Default: 3.`, "", "`b`", "", ":   \\ "],
  },
  {
    name: "makes groups where the first cell holds on",
    markdown: ["| kind | field | value |", "| - | - | - |", `| x | \`a\` | ${LONG} |`, "| | `b` | two |"],
    expected: ["**x**", "", "`a`", "", `:   ${LONG}.`, "", "`b`", "", ":   two."],
  },
  {
    name: "keeps bars within cells",
    markdown: ["| a | b |", "| - | - |", `| \`x \\| y\` | ${LONG} |`],
    expected: ["`x | y`", "", `:   ${LONG}.`],
  },
  {
    name: "leaves code alone",
    markdown: ["```", `| a | ${LONG} |`, "```", `| a | ${LONG} |`, "| - | - |", "| 1 | 2 |"],
    expected: ["```", `| a | ${LONG} |`, "```", "1", "", ":   2."],
  },
];

for (const { name, markdown, expected } of CASES) {
  Deno.test(`withoutWideTables() ${name}`, () =>
    assert.deepEqual(withoutWideTables(markdown.join("\n")).split("\n"), expected));
}
