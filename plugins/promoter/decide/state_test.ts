import assert from "node:assert/strict";
import { INITIAL_STATE } from "./state.ts";

Deno.test("INITIAL_STATE: nothing has happened yet, and nothing is held back", () => {
  for (const [key, value] of Object.entries(INITIAL_STATE)) {
    if (typeof value === "boolean") assert.equal(value, false, key);
    if (typeof value !== "number") continue;
    // When a better node is looked for is the only time that is to come; durations and counts are none.
    const isTime = /Ms$/.test(key) && key !== "backoffMs";
    assert.equal(value, key === "checkBetterPeersMs" ? Infinity : isTime ? -Infinity : 0, key);
  }
});
