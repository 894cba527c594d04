import assert from "node:assert/strict";
import { failedSince, isRefusal, whyNotStarted } from "./start_outcome.ts";

const failed = (changedAt: string) =>
  new Map([["ActiveState", "failed"], ["StateChangeTimestampMonotonic", changedAt]]);
const promote = new Map([["InactiveExitTimestampMonotonic", "900"]]);
const result = (code: number | undefined, stderr = "") => ({ code, signal: undefined, stdout: "", stderr });

Deno.test("failedSince(): what failed before the promotion of this start began is no news", () => {
  assert.equal(failedSince(failed("899"), promote), false);
  assert.equal(failedSince(failed("901"), promote), true);
  assert.equal(failedSince(new Map([["ActiveState", "active"]]), promote), false);
  assert.equal(failedSince(undefined, promote), false);
});

Deno.test("whyNotStarted() names the units that failed and how to read their logs, otherwise what systemctl said", () => {
  assert.equal(
    whyNotStarted(["a.service", "b.service"], result(1, "a dependency job failed")),
    "a.service, b.service failed (journalctl -u a.service -u b.service)",
  );
  assert.equal(
    whyNotStarted([], result(5, "Unit x not found.\n")),
    "systemctl start: exit code 5: Unit x not found.",
  );
  assert.equal(whyNotStarted([], result(0)), "the target did not stay active");
});

for (
  const [stderr, want] of [
    ["A dependency job for drbd-services@web.target failed. See 'journalctl -xe' for details.\n", true],
    ["Job for drbd-services@web.target canceled.\n", true],
    ["Failed to start drbd-services@web.target: Unit x.service not found.\n", false],
    ["Failed to get D-Bus connection: Connection refused\n", false],
  ] as const
) {
  Deno.test(`isRefusal() is ${want} where systemctl says "${stderr.trim()}"`, () => {
    assert.equal(isRefusal(result(1, stderr)), want);
  });
}
