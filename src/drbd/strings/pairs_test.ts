import assert from "node:assert/strict";
import { eachPair } from "./pairs.ts";

const ROWS: { name: string; text: string; want: [string, string][] }[] = [
  { name: "parts pairs at blanks", text: "a:1 b:2", want: [["a", "1"], ["b", "2"]] },
  {
    name: "parts a pair at its first colon",
    text: "local:ipv4:1.2.3.4:5",
    want: [["local", "ipv4:1.2.3.4:5"]],
  },
  { name: "gives an empty value", text: "conn-name: a:1", want: [["conn-name", ""], ["a", "1"]] },
  { name: "gives an empty value at the end", text: "a:1 b:", want: [["a", "1"], ["b", ""]] },
  { name: "gives a key again that comes twice", text: "a:1 a:2", want: [["a", "1"], ["a", "2"]] },
  {
    name: "puts words without colon to a backing device before them",
    text: "backing_dev:/dev/a b  c disk:Failed",
    want: [["backing_dev", "/dev/a b  c"], ["disk", "Failed"]],
  },
  {
    name: "puts a word that begins with a colon to a backing device before it",
    text: "backing_dev:/dev/a :b",
    want: [["backing_dev", "/dev/a :b"]],
  },
  {
    name: "passes over words without colon after another key",
    text: "a:1 word b:2",
    want: [["a", "1"], ["b", "2"]],
  },
  { name: "passes over words without colon at the beginning", text: "word a:1", want: [["a", "1"]] },
  { name: "passes over empty keys", text: ":1 a:2", want: [["a", "2"]] },
  { name: "passes over blanks", text: "  a:1  b:2 ", want: [["a", "1"], ["b", "2"]] },
  { name: "gives nothing of nothing", text: "", want: [] },
  { name: "gives nothing of words", text: "exists - now", want: [] },
];

for (const { name, text, want } of ROWS) {
  Deno.test(`eachPair() ${name}`, () => {
    const pairs: [string, string][] = [];
    eachPair(text, (key, value) => pairs.push([key, value]));
    assert.deepEqual(pairs, want);
  });
}

Deno.test("eachPair() reads a long text of words without colon in one go", () => {
  const words = "a ".repeat(1_000_000);
  let pairs = 0;
  eachPair(`backing_dev:${words}`, (key, value) => {
    pairs++;
    assert.deepEqual([key, value.length], ["backing_dev", words.length]);
  });
  assert.equal(pairs, 1);
});
