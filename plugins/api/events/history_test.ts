import assert from "node:assert/strict";
import fc from "fast-check";
import type { Unplaced } from "../../../src/drbd/model/update.ts";
import { History } from "./history.ts";

const rename = (number: number): Unplaced => ({
  kind: "resource",
  type: "rename",
  name: `r${number}`,
  newName: `s${number}`,
});

function ringOf(count: number, capacity = 3): History {
  const ring = new History("life", capacity);
  for (let number = 0; number < count; number++) ring.push(rename(number), number);
  return ring;
}

Deno.test("Ring keeps the last updates under their numbers", () => {
  const ring = ringOf(5);
  assert.deepEqual([ring.begin, ring.end], [2, 5]);
  assert.equal(ring.at(2).update.name, "r2");
  assert.equal(ring.at(4).update.name, "r4");
  assert.throws(() => ring.at(1), RangeError);
  assert.throws(() => ring.at(5), RangeError);
});

Deno.test("Ring knows what comes after an id, as long as nothing is missing", () => {
  const ring = ringOf(5);
  for (let next = ring.begin; next <= ring.end; next++) assert.equal(ring.after(ring.idBefore(next)), next);
  assert.equal(ring.after("life-1"), undefined);
  assert.equal(ring.after("life-6"), undefined);
  assert.equal(ring.after("other-4"), undefined);
  assert.equal(new History("life").after("life-0"), 0);
  for (const id of ["", "life", "life-", "life--1", "life-1.5", "life-9999999999999999999", "-4"]) {
    assert.equal(ring.after(id), undefined, id);
  }
});

Deno.test("Ring does not go on across updates that were lost", () => {
  const ring = ringOf(2);
  ring.skip(10);
  assert.deepEqual([ring.begin, ring.end], [12, 12]);
  assert.equal(ring.after("life-2"), undefined);
  assert.equal(ring.after("life-12"), 12);
  ring.push(rename(12), 0);
  assert.equal(ring.at(12).update.name, "r12");
  assert.throws(() => ring.at(1), RangeError);
});

Deno.test("Ring gives its text once: time, words, and the update as JSON", () => {
  const entry = ringOf(1).at(0);
  assert.deepEqual(JSON.parse(entry.json), {
    time: "1970-01-01T00:00:00.000Z",
    text: "r0 renamed to s0",
    kind: "resource",
    type: "rename",
    name: "r0",
    "new-name": "s0",
  });
  assert.equal(entry.json, entry.json);
});

Deno.test("Ring holds what a list of all updates holds, whatever comes", () => {
  const step = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }));
  fc.assert(fc.property(fc.array(step), fc.integer({ min: 1, max: 7 }), (steps, capacity) => {
    const ring = new History("life", capacity);
    let all: (string | undefined)[] = [];
    for (const lost of steps) {
      if (lost > 0) {
        ring.skip(lost);
        all = Array.from({ length: all.length + lost }, () => undefined);
      } else {
        ring.push(rename(all.length), 0);
        all.push(`r${all.length}`);
      }
    }
    const kept = all.slice(-capacity).filter((name) => name !== undefined);
    assert.equal(ring.end, all.length);
    const held = Array.from(
      { length: ring.end - ring.begin },
      (_, place) => ring.at(ring.begin + place).update.name,
    );
    assert.deepEqual(held, kept);
  }));
});
