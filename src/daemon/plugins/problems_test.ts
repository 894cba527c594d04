import assert from "node:assert/strict";
import { ProblemList } from "./problems.ts";

Deno.test("ProblemList shows the problems of all parts until they are over, or their part is", () => {
  let changes = 0;
  const list = new ProblemList(() => void changes++);
  const [first, second] = [new AbortController(), new AbortController()];
  const [a, b] = [list.of(first.signal), list.of(second.signal)];
  assert.equal(list.addTo("fine"), "fine");
  a.set("x", "a is broken");
  a.set("x", "a is broken");
  b.set("x", "b is broken");
  assert.equal(list.addTo("fine"), "fine; PROBLEM: a is broken; b is broken");
  b.set("y", "b is late");
  assert.equal(list.addTo("fine"), "fine; PROBLEM: a is broken; b is broken; and 1 more problem");
  b.set("y", undefined);
  first.abort();
  assert.equal(list.addTo("fine"), "fine; PROBLEM: b is broken");
  assert.equal(changes, 5);
  b.set("x", undefined);
  second.abort();
  assert.equal(list.addTo("fine"), "fine");
  assert.equal(changes, 6);
});
