import assert from "node:assert/strict";
import { SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { Debouncer } from "./debounce.ts";

Deno.test("Debouncer calls for the last of calls that follow each other closely, when it is quiet", async () => {
  const clock = new SimulatedClock();
  const debouncer = new Debouncer(clock, 1000);
  const used: string[] = [];
  debouncer.later("web", () => used.push("first"));
  await clock.advance(900);
  debouncer.later("web", () => used.push("second"));
  await clock.advance(999);
  assert.equal(used.length, 0);
  await clock.advance(1);
  assert.equal(used.join(), "second");
  debouncer.later("web", () => used.push("third"));
  await clock.advance(1000);
  assert.deepEqual(used, ["second", "third"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Debouncer keeps keys apart", async () => {
  const clock = new SimulatedClock();
  const debouncer = new Debouncer(clock, 1000);
  const used: string[] = [];
  debouncer.later("web", () => used.push("web"));
  debouncer.later("db", () => used.push("db"));
  await clock.advance(1000);
  assert.deepEqual(used, ["web", "db"]);
});

Deno.test("Debouncer forgets what is pending", async () => {
  const clock = new SimulatedClock();
  const debouncer = new Debouncer(clock, 1000);
  const used: string[] = [];
  debouncer.later("web", () => used.push("web"));
  debouncer.later("web", () => used.push("web again"));
  debouncer.later("db", () => used.push("db"));
  assert.equal(debouncer.clear(), 2);
  assert.equal(clock.pendingTimers, 0);
  await clock.advance(2000);
  assert.deepEqual(used, []);
});
