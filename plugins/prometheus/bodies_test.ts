import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated_clock.ts";
import { Bodies } from "./bodies.ts";

const KIB = 1024;

/** Pieces of these sizes, each filled with the number of its place. */
function pieces(...sizes: number[]): Uint8Array[] {
  return sizes.map((size, place) => new Uint8Array(size).fill(place));
}

async function chunksOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  return await Array.fromAsync(stream);
}

Deno.test("Bodies sends all pieces in order, small ones put together", async () => {
  const bodies = new Bodies();
  const all = pieces(10, 20, 15 * KIB, 100, 200 * KIB, 1, 16 * KIB, 0, 5);
  const chunks = await chunksOf(bodies.stream(all));
  assert.deepEqual(chunks.map(({ length }) => length), [30 + 15 * KIB + 100, 200 * KIB, 1, 16 * KIB, 5]);
  assert.deepEqual(chunks.flatMap((chunk) => [...chunk]), all.flatMap((piece) => [...piece]));
  assert.equal(bodies.count, 0);
});

Deno.test("Bodies sends large pieces as they are, without a copy for each client", async () => {
  const all = pieces(100 * KIB);
  const chunks = await Promise.all([1, 2].map(() => chunksOf(new Bodies().stream(all))));
  for (const [chunk] of chunks) assert.equal(chunk, all[0]);
});

Deno.test("Bodies sends nothing where there is nothing", async () => {
  assert.deepEqual(await chunksOf(new Bodies().stream([])), []);
  assert.deepEqual(await chunksOf(new Bodies().stream(pieces(0, 0))), []);
});

Deno.test("Bodies reads no further than the client does", async () => {
  const bodies = new Bodies();
  const reader = bodies.stream(pieces(20 * KIB, 20 * KIB, 20 * KIB)).getReader();
  await reader.read();
  await settle();
  assert.equal(bodies.count, 1);
  await reader.cancel();
  assert.equal(bodies.count, 0);
});

Deno.test("Bodies ends the oldest when too many are under way, and no other", async () => {
  const bodies = new Bodies();
  const all = pieces(20 * KIB, 20 * KIB);
  const readers = Array.from({ length: 40 }, () => bodies.stream(all).getReader());
  assert.equal(bodies.count, 32);
  const ends = await Promise.all(readers.map(async (reader) => {
    try {
      for (;;) if ((await reader.read()).done) return "whole";
    } catch (error) {
      return (error as Error).message;
    }
  }));
  assert.deepEqual(ends.slice(0, 8), Array(8).fill("The client is too slow"));
  assert.deepEqual(ends.slice(8), Array(32).fill("whole"));
  assert.equal(bodies.count, 0);
});
