import assert from "node:assert/strict";
import { denoClock } from "./clock.ts";

Deno.test("nextTurn() lets timers and files have their turn, however often it is asked for", async () => {
  let [hasFired, hasRead] = [false, false];
  setTimeout(() => hasFired = true, 0);
  void Deno.readTextFile("/proc/self/stat").then(() => hasRead = true);
  const endMs = denoClock.nowMs() + 10_000;
  while (!(hasFired && hasRead)) {
    assert.ok(denoClock.nowMs() < endMs);
    await denoClock.nextTurn();
  }
});
