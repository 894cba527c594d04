import assert from "node:assert/strict";
import fc from "fast-check";
import { EventStream } from "../../src/drbd/state/stream.ts";
import { DUMP_END, line } from "../../tests/support/core/events2_text.ts";
import { take } from "../../tests/support/core/take_lines.ts";
import { rowsOf, sizeOf } from "./minor_row.ts";

const ROWS: { kib: number | bigint; size: number; units: number }[] = [
  { kib: 0, size: 0, units: 1024 },
  { kib: 2 ** 32 - 1, size: 2 ** 32 - 1, units: 1024 },
  { kib: 2 ** 32, size: 2 ** 22, units: 1024 ** 2 },
  { kib: 2n ** 63n - 1n, size: 2 ** 32 - 1, units: 1024 ** 3 },
];

for (const { kib, size, units } of ROWS) {
  Deno.test(`sizeOf() makes ${kib} KiB ${size} times ${units} bytes`, () => {
    assert.deepEqual(sizeOf(kib), { size, units });
  });
}

Deno.test("sizeOf() is never more than the size, nor less by more than a unit", () => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }), (kib) => {
    const { size, units } = sizeOf(kib);
    const rest = kib * 1024n - BigInt(size) * BigInt(units);
    assert.ok(rest >= 0n && rest < BigInt(units) && size < 2 ** 32);
  }));
});

Deno.test("rowsOf() has each minor once, by number, and what has none not at all", () => {
  const stream = new EventStream();
  take(
    stream,
    ...["b", "a", "c"].flatMap((name) => [
      line("exists", "resource", { name }),
      line("exists", "connection", { name }),
    ]),
    line("exists", "device", { name: "b", minor: 7 }),
    line("exists", "device", { name: "b", volume: 1, minor: undefined }),
    line("exists", "device", { name: "a", minor: 10 }),
    line("exists", "device", { name: "c", minor: 7 }),
    line("exists", "peer-device", { name: "c" }),
    DUMP_END,
  );
  const rows = rowsOf(stream.cluster());
  assert.deepEqual(rows.map(({ minor, resource }) => `${minor} ${resource.name}`), ["7 c", "10 a"]);
  assert.deepEqual(rows.map(({ peers }) => peers.length), [1, 0]);
});
