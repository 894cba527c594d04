import assert from "node:assert/strict";
import fc from "fast-check";
import { EventQueue } from "./queue.ts";

Deno.test("EventQueue lets things happen by time, and at one time in the order they were asked for", () => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 20 })), (times) => {
    const queue = new EventQueue();
    const happened: [number, number][] = [];
    times.forEach((atMs, place) =>
      queue.at(atMs, () => {
        assert.equal(queue.nowMs, atMs);
        happened.push([atMs, place]);
      })
    );
    queue.advance(20);
    const expected = times.map((atMs, place): [number, number] => [atMs, place]).sort((a, b) => a[0] - b[0]);
    assert.deepEqual(happened, expected);
  }));
});

Deno.test("EventQueue leaves what is later, and lets what is asked for meanwhile happen in the same advance", () => {
  const queue = new EventQueue();
  const happened: string[] = [];
  queue.at(30, () => happened.push("late"));
  queue.at(10, () => queue.at(15, () => happened.push("asked for meanwhile")));
  queue.advance(20);
  assert.deepEqual(happened, ["asked for meanwhile"]);
  assert.equal(queue.nowMs, 20);
  assert.equal(queue.nextMs(), 30);
});

Deno.test("EventQueue never goes back: what is asked for too late happens now", () => {
  const queue = new EventQueue();
  queue.advance(100);
  let atMs: number | undefined;
  queue.at(50, () => atMs = queue.nowMs);
  queue.advance(100);
  assert.equal(atMs, 100);
});
