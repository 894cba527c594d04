import assert from "node:assert/strict";
import { SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { endsWithin, within } from "./within.ts";

Deno.test("within() returns what comes in time, and leaves no timer", async () => {
  const clock = new SimulatedClock();
  assert.equal(await within(clock, 100, Promise.resolve(7)), 7);
  await clock.advance(0);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("within() rejects when there is no answer in time", async () => {
  const clock = new SimulatedClock();
  const late = within(clock, 5_000, new Promise(() => {})).catch((error: Error) => error.message);
  await clock.advance(5_000);
  assert.equal(await late, "no answer within 5 s");
});

Deno.test("endsWithin() returns whether the action ended in time, and leaves no timer", async () => {
  const clock = new SimulatedClock();
  assert.equal(await endsWithin(clock, 100, Promise.resolve()), true);
  const late = endsWithin(clock, 100, new Promise(() => {}));
  await clock.advance(100);
  assert.equal(await late, false);
  await assert.rejects(endsWithin(clock, 100, Promise.reject(new Error("no such file"))), /no such file/);
  await clock.advance(0);
  assert.equal(clock.pendingTimers, 0);
});
