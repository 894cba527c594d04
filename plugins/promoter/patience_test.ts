import assert from "node:assert/strict";
import { LogRecorder } from "../../tests/support/log_recorder.ts";
import { SimulatedClock } from "../../tests/support/simulated_clock.ts";
import { patiently } from "./patience.ts";

Deno.test("patiently() says once a minute what is being waited for, and nothing afterwards", async () => {
  const clock = new SimulatedClock();
  const log = new LogRecorder();
  const { promise, resolve } = Promise.withResolvers<number>();
  const waiting = patiently(clock, log, "web", "stop", promise);
  await clock.advance(59_999);
  assert.deepEqual(log.lines, []);
  await clock.advance(60_001);
  assert.deepEqual(log.lines, [
    "warn: web: stop still goes on after 60 s",
    "warn: web: stop still goes on after 120 s",
  ]);
  resolve(5);
  assert.equal(await waiting, 5);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("patiently() ends with the failure of what it waits for", async () => {
  const clock = new SimulatedClock();
  const failure = Promise.reject(new Error("no"));
  await assert.rejects(patiently(clock, new LogRecorder(), "web", "stop", failure), /no/);
  assert.equal(clock.pendingTimers, 0);
});
