import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { GZIP } from "./gzip.ts";

function unzipped(parts: readonly string[]): string {
  return new TextDecoder().decode(gunzipSync(bytesOf(parts)));
}

function bytesOf(parts: readonly string[]): Uint8Array {
  return Uint8Array.from(GZIP.join(parts.map(GZIP.part)).flatMap((piece) => [...piece]));
}

Deno.test("GZIP makes one file of all parts", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary", maxLength: 500 })), (parts) => {
    assert.equal(unzipped(parts), parts.join(""));
  }));
});

Deno.test("GZIP makes a file of no parts", () => assert.equal(unzipped([]), ""));

Deno.test("GZIP makes a file that decoders of one member read to its end", async () => {
  const parts = ["a".repeat(100_000), "", "b".repeat(70_000)];
  const stream = new Blob([bytesOf(parts).slice()]).stream().pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(stream).text(), parts.join(""));
});

Deno.test("GZIP uses a part in any place, as often as wanted", () => {
  const [a, b] = [GZIP.part("one\n".repeat(50)), GZIP.part("two\n")];
  const join = (...parts: typeof a[]) =>
    gunzipSync(Uint8Array.from(GZIP.join(parts).flatMap((piece) => [...piece]))).toString();
  assert.equal(join(a, b, a), "one\n".repeat(50) + "two\n" + "one\n".repeat(50));
  assert.equal(join(b, b), "two\ntwo\n");
});

Deno.test("GZIP makes large texts small", () => {
  const text = Array.from({ length: 2000 }, (_, place) => `drbd_device_quorum{name="r${place}"} 1\n`).join(
    "",
  );
  assert.ok(bytesOf([text]).length < text.length / 5);
});
