import assert from "node:assert/strict";
import { blockOf, blockOfLines } from "../../../tests/support/core/blocks.ts";
import { line, type Values } from "../../../tests/support/core/events2_text.ts";
import { LineBuffer } from "./line_buffer.ts";
import type { StateEvent } from "./event.ts";
import { parseLine } from "./parse_line.ts";

const device = (values: Values = {}) => line("change", "device", values);

/** A backlog in which lines of the same objects can wait. */
function backlogFor(...lines: string[]): LineBuffer {
  const backlog = new LineBuffer();
  for (const text of lines) backlog.learn(parseLine(text) as StateEvent);
  return backlog;
}

/** Offers each line of a block, and returns those that have to be read. */
function offer(backlog: LineBuffer, ...lines: string[]): string[] {
  assert.ok(backlog.open(blockOfLines(lines)));
  let at = 0;
  return lines.filter((text) => {
    const next = backlog.defer(at);
    at += text.length + 1;
    assert.ok(next === 0 || next === at);
    return next === 0;
  });
}

Deno.test("LineBuffer keeps the newest line of each object it has learned, to the letter", () => {
  const path = line("change", "path", { established: "no" });
  const backlog = backlogFor(device(), line("change", "resource"), path);
  const role = line("change", "resource", { role: "Primary" });
  assert.equal(backlog.hasLines, false);
  assert.deepEqual(offer(backlog, device({ read: 1 }), role, device({ read: 2 }), path), []);
  assert.equal(backlog.hasLines, true);
  assert.deepEqual(backlog.take().toSorted(), [device({ read: 2 }), path, role]);
  assert.equal(backlog.hasLines, false);
  assert.deepEqual(backlog.take(), []);
});

Deno.test("LineBuffer lets wait what it knows to the letter only", () => {
  const backlog = backlogFor(device());
  const refused = [
    device({ name: "db" }),
    device({ volume: 1 }),
    line("create", "device"),
    line("exists", "device"),
    "destroy device name:web volume:0",
    device({ blocked: "no" }),
    device({ disk: "Gone" }),
    `${device()} new:key`,
    "change device name:web volume:0",
    line("change", "connection"),
    "exists -",
    "",
    "c",
  ];
  assert.deepEqual(offer(backlog, ...refused), refused);
  assert.equal(backlog.hasLines, false);
});

Deno.test("LineBuffer gives the line back that waits when it refuses a newer one of its object", () => {
  const backlog = backlogFor(device(), device({ volume: 1 }));
  offer(backlog, device({ read: 1 }), device({ volume: 1, read: 7 }));
  assert.equal(backlog.recall(), undefined);
  offer(backlog, device({ blocked: "upper" }));
  assert.equal(backlog.recall(), device({ read: 1 }));
  assert.equal(backlog.recall(), undefined);
  assert.deepEqual(backlog.take(), [device({ volume: 1, read: 7 })]);
});

Deno.test("LineBuffer refuses a line that has become too long until it has learned that", () => {
  const backlog = backlogFor(device());
  const long = device({ backing_dev: `/dev/${"x".repeat(100)}` });
  assert.deepEqual(offer(backlog, long), [long]);
  backlog.learn(parseLine(long) as StateEvent);
  assert.deepEqual(offer(backlog, long), []);
  assert.deepEqual(backlog.take(), [long]);
});

Deno.test("LineBuffer opens no block that is empty of what it knows, not ASCII, or very long", () => {
  assert.equal(new LineBuffer().open(blockOf(`${device()}\n`)), false);
  const backlog = backlogFor(device());
  assert.equal(backlog.open(blockOf("größe\n")), false);
  assert.equal(backlog.open(blockOf(`${"x".repeat(300_000)}\n`)), false);
  assert.equal(backlog.open(blockOf(`${device()}\n`)), true);
});

Deno.test("LineBuffer does not learn names that are not ASCII", () => {
  const backlog = backlogFor(device({ name: "größe" }), device());
  assert.deepEqual(offer(backlog, device()), []);
});

Deno.test("LineBuffer forgets what it has learned, but never a line", () => {
  const backlog = backlogFor(device());
  offer(backlog, device());
  assert.throws(() => backlog.forget(), /would be lost/);
  backlog.take();
  backlog.forget();
  assert.equal(backlog.open(blockOf(`${device()}\n`)), false);
});

Deno.test("LineBuffer starts over when identities have changed for ever", () => {
  const backlog = new LineBuffer();
  const long = "y".repeat(100_000);
  for (let count = 0; count < 2_000; count++) {
    const event = parseLine(device({ name: `r${count}` })) as StateEvent;
    backlog.learn({ ...event, state: long });
  }
  assert.deepEqual(offer(backlog, device({ name: "r1999" }), device({ name: "r0" })), [
    device({ name: "r0" }),
  ]);
});

Deno.test("LineBuffer gives so many lines at the most, and the others later", () => {
  const lines = [1, 2, 3].map((volume) => device({ volume }));
  const backlog = backlogFor(...lines);
  offer(backlog, ...lines);
  const some = backlog.take(2);
  assert.equal(some.length, 2);
  assert.equal(backlog.hasLines, true);
  offer(backlog, ...some);
  assert.deepEqual([...backlog.take(1), ...backlog.take(5)].toSorted(), lines);
});
