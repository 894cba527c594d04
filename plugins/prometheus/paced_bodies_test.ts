import assert from "node:assert/strict";
import { settle, SimulatedClock } from "../../tests/support/simulated/simulated_clock.ts";
import { PacedBodies } from "./paced_bodies.ts";

const KIB = 1024;

function bodiesForTest(clock = new SimulatedClock()): PacedBodies {
  return new PacedBodies(clock);
}

/** Pieces of these sizes, each filled with the number of its place. */
function pieces(...sizes: number[]): Uint8Array[] {
  return sizes.map((size, place) => new Uint8Array(size).fill(place));
}

async function chunksOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  return await Array.fromAsync(stream);
}

Deno.test("PacedBodies sends all pieces in order, small ones put together", async () => {
  const bodies = bodiesForTest();
  const all = pieces(10, 20, 15 * KIB, 100, 200 * KIB, 1, 16 * KIB, 0, 5);
  const chunks = await chunksOf(bodies.stream(all));
  assert.deepEqual(chunks.map(({ length }) => length), [30 + 15 * KIB + 100, 200 * KIB, 1, 16 * KIB, 5]);
  assert.deepEqual(chunks.flatMap((chunk) => [...chunk]), all.flatMap((piece) => [...piece]));
  assert.equal(bodies.count, 0);
});

Deno.test("PacedBodies sends large pieces as they are, without a copy for each client", async () => {
  const all = pieces(100 * KIB);
  const chunks = await Promise.all([1, 2].map(() => chunksOf(bodiesForTest().stream(all))));
  for (const [chunk] of chunks) assert.equal(chunk, all[0]);
});

Deno.test("PacedBodies sends nothing where there is nothing", async () => {
  assert.deepEqual(await chunksOf(bodiesForTest().stream([])), []);
  assert.deepEqual(await chunksOf(bodiesForTest().stream(pieces(0, 0))), []);
});

Deno.test("PacedBodies reads no further than the client does", async () => {
  const bodies = bodiesForTest();
  const reader = bodies.stream(pieces(20 * KIB, 20 * KIB, 20 * KIB)).getReader();
  await reader.read();
  await settle();
  assert.equal(bodies.count, 1);
  await reader.cancel();
  assert.equal(bodies.count, 0);
});

/** Reads to the end. Returns how that was. */
async function endOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  try {
    for (;;) if ((await reader.read()).done) return "whole";
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("PacedBodies ends those of which nothing is taken when too many are under way, and no others", async () => {
  const clock = new SimulatedClock();
  const bodies = bodiesForTest(clock);
  const begin = () => bodies.stream(pieces(20 * KIB, 20 * KIB, 20 * KIB)).getReader();
  const readers = Array.from({ length: 30 }, begin);
  await clock.advance(500);
  for (const reader of readers.slice(0, 10)) await reader.read();
  await clock.advance(600);
  readers.push(...Array.from({ length: 10 }, begin));
  // Of thirty, ten have read half a second ago; eight of the others had to go.
  assert.equal(bodies.count, 32);
  const ends = await Promise.all(readers.map(endOf));
  const many = (count: number, end: string) => Array(count).fill(end);
  assert.deepEqual(ends, [
    ...many(10, "whole"),
    ...many(8, "The client is too slow"),
    ...many(22, "whole"),
  ]);
  assert.equal(bodies.count, 0);
});

Deno.test("PacedBodies ends nothing of what is taken, however many are under way", async () => {
  const bodies = bodiesForTest();
  const readers = Array.from({ length: 60 }, () => bodies.stream(pieces(20 * KIB, 20 * KIB)).getReader());
  const ends = await Promise.all(readers.map(endOf));
  assert.deepEqual(new Set(ends), new Set(["whole"]));
});
