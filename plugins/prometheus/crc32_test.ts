import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { combinedCrc32 } from "./crc32.ts";

Deno.test("combinedCrc32() is the checksum of both texts together", () => {
  const bytes = fc.uint8Array({ maxLength: 3000 });
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    const both = Uint8Array.of(...a, ...b);
    assert.equal(combinedCrc32(crc32(a), crc32(b), b.length), crc32(both));
  }));
});

Deno.test("combinedCrc32() holds beyond 2^32 bytes", () => {
  // So many zero bytes in one step, and in two.
  const zeros = (checksum: number, count: number) => combinedCrc32(checksum, 0, count);
  const start = crc32("drbd");
  assert.equal(zeros(start, 2 ** 33 + 12345), zeros(zeros(start, 2 ** 33), 12345));
  assert.notEqual(zeros(start, 2 ** 33), zeros(start, 0));
});
