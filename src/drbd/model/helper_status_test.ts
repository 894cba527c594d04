import assert from "node:assert/strict";
import { type HelperOutcome, helperOutcome } from "./helper_status.ts";

const ROWS: { status: number; want: HelperOutcome }[] = [
  { status: 0, want: { kind: "exited", exitCode: 0 } },
  { status: 256, want: { kind: "exited", exitCode: 1 } },
  { status: 1792, want: { kind: "exited", exitCode: 7 } },
  { status: 32512, want: { kind: "exited", exitCode: 127 } },
  { status: 65280, want: { kind: "exited", exitCode: 255 } },
  { status: 1, want: { kind: "killed", signal: 1 } },
  { status: 9, want: { kind: "killed", signal: 9 } },
  { status: 0x80 + 11, want: { kind: "killed", signal: 11 } },
  { status: 4294967294, want: { kind: "failed", errno: 2 } },
  { status: 4294967295, want: { kind: "failed", errno: 1 } },
  { status: 2 ** 32 - 4095, want: { kind: "failed", errno: 4095 } },
];

for (const { status, want } of ROWS) {
  Deno.test(`helperOutcome() reads ${status} as ${Object.values(want).join(" ")}`, () => {
    assert.deepEqual(helperOutcome(status), want);
  });
}

Deno.test("helperOutcome() takes what is no errno of the kernel for a wait status", () => {
  assert.notEqual(helperOutcome(2 ** 32 - 4096).kind, "failed");
  assert.notEqual(helperOutcome(2 ** 32).kind, "failed");
  assert.notEqual(helperOutcome(2n ** 64n - 2n).kind, "failed");
});
