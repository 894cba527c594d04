import assert from "node:assert/strict";
import { SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { inTime } from "./in_time.ts";

Deno.test("what answers in time is the answer, and nothing is left", async () => {
  const clock = new SimulatedClock();
  assert.equal(await inTime(clock, Promise.resolve(7)), 7);
  await assert.rejects(inTime(clock, Promise.reject(new Error("no"))), /^Error: no$/);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("an action that takes too long is rejected with its time limit", async () => {
  const clock = new SimulatedClock();
  const asked = assert.rejects(inTime(clock, new Promise(() => {}), 3_000), /no answer within 3 s/);
  await clock.advance(3_000);
  await asked;
});
