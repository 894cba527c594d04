import assert from "node:assert/strict";
import { PendingTimers } from "./pending_timers.ts";

function nothing() {}

Deno.test("PendingTimers gives the earliest first, and of several at one time the one that was set first", () => {
  const timers = new PendingTimers();
  const fired: string[] = [];
  for (const [atMs, name] of [[20, "c"], [10, "a"], [30, "d"], [10, "b"]] as const) {
    timers.set(atMs, () => fired.push(name));
  }
  for (let timer = timers.take(20); timer !== undefined; timer = timers.take(20)) timer.fire();
  assert.deepEqual(fired, ["a", "b", "c"]);
  assert.deepEqual([timers.count, timers.nextMs], [1, 30]);
});

Deno.test("PendingTimers forgets a timer that is cancelled", () => {
  const timers = new PendingTimers();
  timers.set(10, nothing).cancel();
  assert.deepEqual([timers.count, timers.nextMs, timers.take(100)], [0, undefined, undefined]);
});
