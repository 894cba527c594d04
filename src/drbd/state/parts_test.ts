import assert from "node:assert/strict";
import { type Parts, whole } from "./parts.ts";

Deno.test("whole does all parts, and gives what comes of them", () => {
  const done: number[] = [];
  function* work(): Parts<string> {
    for (let part = 0; part < 3; part++) {
      done.push(part);
      yield;
    }
    return "over";
  }
  assert.equal(whole(work()), "over");
  assert.deepEqual(done, [0, 1, 2]);
});
