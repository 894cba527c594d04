import assert from "node:assert/strict";
import fc from "fast-check";
import { splitShellWords } from "./shell_words.ts";

const CASES: readonly { name: string; line: string; want: readonly string[] | undefined }[] = [
  { name: "splits at blanks, tabs and newlines", line: " a b\tc\nd  e ", want: ["a", "b", "c", "d", "e"] },
  { name: "finds no words in blanks", line: " \t\n", want: [] },
  { name: "keeps blanks in single quotes", line: "a='b  c'd", want: ["a=b  cd"] },
  { name: "keeps backslashes in single quotes", line: String.raw`'a\b\'`, want: [String.raw`a\b\ `.trim()] },
  { name: "keeps blanks in double quotes", line: 'a="b  c"d', want: ["a=b  cd"] },
  { name: "reads escapes in double quotes", line: String.raw`"a\"b\\c\$d"`, want: [String.raw`a"b\c$d`] },
  {
    name: "keeps other backslashes in double quotes",
    line: String.raw`"a\nb\ "`,
    want: [String.raw`a\nb\ `],
  },
  { name: "reads escapes outside of quotes", line: String.raw`a\ b \'c\"`, want: ["a b", `'c"`] },
  { name: "joins lines at a backslash", line: 'a\\\nb "c\\\nd"', want: ["ab", "cd"] },
  { name: "keeps empty words in quotes", line: `'' a "" b''`, want: ["", "a", "", "b"] },
  { name: "leaves out comments", line: "a #b c\nd", want: ["a", "d"] },
  { name: "knows no comment within a word", line: "a#b 'c'#d", want: ["a#b", "c#d"] },
  { name: "expands nothing", line: "$HOME ~ *.c {a,b} `x`", want: ["$HOME", "~", "*.c", "{a,b}", "`x`"] },
  { name: "keeps characters beyond ASCII", line: "größe='ä ö'", want: ["größe=ä ö"] },
  { name: "refuses an open single quote", line: "a 'b", want: undefined },
  { name: "refuses an open double quote", line: 'a "b', want: undefined },
  { name: "refuses a double quote closed by an escape only", line: String.raw`"b\"`, want: undefined },
  { name: "refuses a backslash at the end", line: "a\\", want: undefined },
];
for (const { name, line, want } of CASES) {
  Deno.test(`splitShellWords() ${name}`, () => assert.deepEqual(splitShellWords(line), want));
}

Deno.test("splitShellWords() gives back words that were put in single quotes", () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(fc.property(fc.array(fc.string()), (words) => {
    assert.deepEqual(splitShellWords(words.map(quote).join(" ")), words);
  }));
});
