import assert from "node:assert/strict";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { SimulatedClock } from "../../../../tests/support/simulated/simulated_clock.ts";
import { warnWhenSlow } from "./slow_operation_warning.ts";

Deno.test("patiently() says after 10 s and then each minute what is being waited for, and nothing afterwards", async () => {
  const clock = new SimulatedClock();
  const log = new LogRecorder();
  const { promise, resolve } = Promise.withResolvers<number>();
  let awaited = "";
  const waiting = warnWhenSlow(clock, log, "web", "stop", promise, () => awaited || undefined);
  await clock.advance(9_999);
  assert.deepEqual(log.lines, []);
  await clock.advance(1);
  awaited = "db.service (deactivating)";
  await clock.advance(110_000);
  assert.deepEqual(log.lines, [
    "info: web: stop is still going on after 10 s",
    "warn: web: stop is still going on after 60 s, waiting for db.service (deactivating)",
    "warn: web: stop is still going on after 120 s, waiting for db.service (deactivating)",
  ]);
  resolve(5);
  assert.equal(await waiting, 5);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("patiently() ends with the failure of what it waits for", async () => {
  const clock = new SimulatedClock();
  const failure = Promise.reject(new Error("no"));
  await assert.rejects(warnWhenSlow(clock, new LogRecorder(), "web", "stop", failure), /no/);
  assert.equal(clock.pendingTimers, 0);
});
