import assert from "node:assert/strict";
import { Memo } from "./memo.ts";

Deno.test("Memo reads each text once", () => {
  const read: string[] = [];
  const memo = new Memo((text) => {
    read.push(text);
    return { text };
  });
  const answer = memo.get("a");
  assert.deepEqual(answer, { text: "a" });
  assert.equal(memo.get("a"), answer);
  assert.deepEqual(memo.get("b"), { text: "b" });
  assert.deepEqual(read, ["a", "b"]);
});

Deno.test("Memo forgets before it remembers too much, and goes on answering right", () => {
  let reads = 0;
  const memo = new Memo((text) => {
    reads++;
    return `<${text}>`;
  });
  for (let text = 0; text < 10_000; text++) memo.get(String(text));
  assert.equal(memo.get("0"), "<0>");
  assert.equal(memo.get("9999"), "<9999>");
  assert.equal(reads, 10_001);
});

Deno.test("Memo answers for long texts, but does not keep them", () => {
  let reads = 0;
  const memo = new Memo((text) => {
    reads++;
    return text.length;
  });
  const long = "x".repeat(10_000);
  assert.deepEqual([memo.get(long), memo.get(long)], [10_000, 10_000]);
  assert.equal(reads, 2);
});
