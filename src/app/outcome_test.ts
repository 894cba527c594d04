import assert from "node:assert/strict";
import { outcomeIn, RELOAD_HAS_ERRORS, RELOAD_NEEDS_RESTART, RELOADED } from "./outcome.ts";

Deno.test("outcomeIn() finds how a reload ended in a line of the log", () => {
  assert.deepEqual(outcomeIn(`drbdd: ${RELOADED}`), { kind: "taken" });
  assert.deepEqual(outcomeIn(RELOAD_HAS_ERRORS), { kind: "errors" });
  assert.deepEqual(outcomeIn(`x: ${RELOAD_NEEDS_RESTART.replace("{missing}", 'run sh, read "/a"')}`), {
    kind: "needsRestart",
    missing: 'run sh, read "/a"',
  });
});

Deno.test("outcomeIn() finds nothing in other lines", () => {
  assert.equal(outcomeIn("web: start: done"), undefined);
  assert.equal(outcomeIn(""), undefined);
});
