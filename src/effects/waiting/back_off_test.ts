import assert from "node:assert/strict";
import { BackOff } from "./back_off.ts";

Deno.test("BackOff doubles the delay, up to the longest", () => {
  const backOff = new BackOff({ firstMs: 200, longestMs: 1_000 });
  assert.deepEqual(Array.from({ length: 5 }, () => backOff.next()), [200, 400, 800, 1_000, 1_000]);
});

Deno.test("BackOff starts over after a success", () => {
  const backOff = new BackOff({ firstMs: 200, longestMs: 1_000 });
  backOff.next();
  backOff.next();
  backOff.reset();
  assert.deepEqual([backOff.next(), backOff.next()], [200, 400]);
});
