import assert from "node:assert/strict";
import { observedUnit } from "./observed_unit.ts";

Deno.test("observedUnit() has when the state last changed, as systemctl prints it in UTC", () => {
  const since = (text: string) =>
    observedUnit("a.service", new Map([["StateChangeTimestamp", text]])).sinceMs;
  assert.equal(since("Mon 2026-11-30 12:33:43 UTC"), Date.UTC(2026, 10, 30, 12, 33, 43));
  assert.equal(since(""), undefined);
  assert.equal(since("Mon 2026-11-30 13:33:43 CET"), undefined);
});
