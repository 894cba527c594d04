import assert from "node:assert/strict";
import { EVERYTHING } from "./interest.ts";

Deno.test("EVERYTHING wants all names, for ever", () => {
  assert.ok(EVERYTHING.wants("web") && EVERYTHING.wants(""));
  assert.equal(EVERYTHING.version, EVERYTHING.version);
});
