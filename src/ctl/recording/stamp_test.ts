import assert from "node:assert/strict";
import fc from "fast-check";
import { localOffsetMinutes, readStamp, STAMP_LENGTH, stampOf } from "./stamp.ts";

const MOMENT_US = Date.UTC(2026, 0, 31, 12, 34, 56) * 1000 + 7;

for (
  const [offset, text] of [
    [0, "2026-01-31T12:34:56.000007+00:00"],
    [330, "2026-01-31T18:04:56.000007+05:30"],
    [-210, "2026-01-31T09:04:56.000007-03:30"],
  ] as const
) {
  Deno.test(`stampOf() writes ${text}, and readStamp() reads it`, () => {
    assert.equal(stampOf(MOMENT_US, offset), text);
    assert.equal(readStamp(text), MOMENT_US);
    assert.equal(text.length, STAMP_LENGTH);
  });
}

for (const text of ["", "2026-01-31T12:34:56+00:00", "2026-13-31T12:34:56.000007+00:00", "exists -"]) {
  Deno.test(`readStamp() refuses "${text}"`, () => assert.equal(readStamp(text), undefined));
}

Deno.test("every time is read as it was written", () => {
  const time = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) * 1000 });
  fc.assert(fc.property(time, fc.integer({ min: -720, max: 840 }), (us, offset) => {
    assert.equal(readStamp(stampOf(us, offset)), us);
  }));
});

Deno.test("the local distance to UTC is that of JavaScript's local time", () => {
  const date = new Date(MOMENT_US / 1000);
  const local = Date.UTC(
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
  );
  assert.equal(localOffsetMinutes(MOMENT_US), (local - Date.UTC(2026, 0, 31, 12, 34)) / 60_000);
});
