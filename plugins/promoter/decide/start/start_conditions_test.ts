/** What known options are good for, and which changes have them asked for again. */
import assert from "node:assert/strict";
import { SECONDARY } from "../../../../tests/support/trials/state_machine_course.ts";
import { becamePrimary, invalidatesAnswers, isProtected, mayLeadToStart } from "./start_conditions.ts";
import { INITIAL_STATE } from "../state.ts";
import type { View } from "../view.ts";

Deno.test("isProtected(): an answer counts for 60 s, and if it was asked for after the last change", () => {
  const asked = (nowMs: number, answersCountFromMs = 0) =>
    isProtected({ ...INITIAL_STATE, protection: "fencing", protectionAskedMs: 0, answersCountFromMs }, {
      nowMs,
    });
  assert.deepEqual([asked(60_000), asked(60_001), asked(10, 1)], [true, false, false]);
  assert.equal(
    isProtected({ ...INITIAL_STATE, protection: "none", protectionAskedMs: 0 }, { nowMs: 0 }),
    false,
  );
  assert.equal(isProtected({ ...INITIAL_STATE, protectionAskedMs: 0 }, { nowMs: 0 }), false);
});

for (
  const { what, change, isOld, mayStart } of [
    { what: "nothing", change: {}, isOld: false, mayStart: false },
    { what: "the disk", change: { disks: ["Outdated"] }, isOld: false, mayStart: false },
    { what: "quorum", change: { quorum: false }, isOld: true, mayStart: true },
    { what: "who is connected", change: { connected: ["beta", "delta"] }, isOld: true, mayStart: true },
    { what: "how many are connected", change: { connected: ["beta"] }, isOld: true, mayStart: true },
    { what: "who is not connected", change: { disconnected: ["gamma"] }, isOld: true, mayStart: true },
    { what: "may_promote", change: { mayPromote: true }, isOld: false, mayStart: true },
    { what: "the role", change: { role: "Primary" }, isOld: false, mayStart: true },
    { what: "the Primary", change: { primaryPeer: "beta" }, isOld: false, mayStart: true },
  ] satisfies readonly { what: string; change: Partial<View>; isOld: boolean; mayStart: boolean }[]
) {
  Deno.test(`invalidatesAnswers(), mayLeadToStart(): ${what} changed`, () => {
    const now = { ...SECONDARY, ...change };
    assert.deepEqual([invalidatesAnswers(SECONDARY, now), mayLeadToStart(SECONDARY, now)], [isOld, mayStart]);
  });
}

Deno.test("invalidatesAnswers(), mayLeadToStart(): a resource that comes", () => {
  assert.deepEqual(
    [invalidatesAnswers(undefined, SECONDARY), mayLeadToStart(undefined, SECONDARY)],
    [true, true],
  );
});

Deno.test("becamePrimary(): only where it was not before", () => {
  const primary = { ...SECONDARY, role: "Primary" as const };
  assert.equal(becamePrimary(SECONDARY, primary), true);
  assert.equal(becamePrimary(undefined, primary), true);
  assert.equal(becamePrimary(primary, primary), false);
  assert.equal(becamePrimary(primary, SECONDARY), false);
  assert.equal(becamePrimary(primary, undefined), false);
});
