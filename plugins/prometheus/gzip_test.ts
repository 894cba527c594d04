import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { gzipped } from "./gzip.ts";

const bytesOf = (texts: readonly string[]) => texts.map((text) => new TextEncoder().encode(text));

Deno.test("gzipped() makes one file of all pieces, whatever was compressed before", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary", maxLength: 500 })), (texts) => {
    assert.equal(gunzipSync(gzipped(bytesOf(texts))).toString(), texts.join(""));
  }));
});

Deno.test("gzipped() makes a file that decoders of one member read to its end", async () => {
  const texts = ["a".repeat(100_000), "", "b".repeat(70_000)];
  const stream = new Blob([gzipped(bytesOf(texts)).slice()]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(stream).text(), texts.join(""));
});

Deno.test("gzipped() makes large texts small", () => {
  const lines = Array.from({ length: 2000 }, (_, place) => `drbd_device_quorum{name="r${place}"} 1\n`);
  assert.ok(gzipped(bytesOf(lines)).length < lines.join("").length / 5);
});
