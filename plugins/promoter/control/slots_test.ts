import assert from "node:assert/strict";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import { Slots } from "./slots.ts";

Deno.test("Slots lets so many in, the others in order, and those that fail out as well", async () => {
  const slots = new Slots(2);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const all = ["a", "b", "c", "d"].map((name) => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end);
    return slots.use(() => {
      begun.push(name);
      return end.promise;
    });
  });
  await settle();
  assert.deepEqual(begun, ["a", "b"]);
  ends.get("b")?.reject(new Error("broken"));
  await assert.rejects(all[1] ?? Promise.resolve(), /broken/);
  await settle();
  assert.deepEqual(begun, ["a", "b", "c"]);
  for (const end of ends.values()) end.resolve();
  await Promise.allSettled(all);
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
});

Deno.test("Slots.begin() lets the next one in when one ends, or takes longer than it may", async () => {
  const clock = new SimulatedClock();
  const slots = new Slots(1);
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const all = ["a", "b", "c", "d"].map((name) => {
    const end = Promise.withResolvers<void>();
    ends.set(name, end);
    return slots.begin(clock, 1_000, () => {
      begun.push(name);
      return end.promise;
    });
  });
  await clock.advance(999);
  assert.deepEqual(begun, ["a"]);
  await clock.advance(1);
  assert.deepEqual(begun, ["a", "b"]);
  ends.get("b")?.resolve();
  await settle();
  assert.deepEqual(begun, ["a", "b", "c"]);
  // One that was given up does not make room a second time.
  ends.get("a")?.resolve();
  await settle();
  assert.deepEqual(begun, ["a", "b", "c"]);
  for (const end of ends.values()) end.resolve();
  await Promise.all(all);
  assert.equal(clock.pendingTimers, 0);
});
