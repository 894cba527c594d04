/** What holds for every stream: recorded on real machines, or made at random by drbdsetup's rules. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cluster } from "../src/drbd/model/cluster.ts";
import { EventStream } from "../src/drbd/state/stream.ts";
import { dumpText } from "../src/drbd/text/dump_text.ts";
import type { Update } from "../src/drbd/model/update.ts";
import { arbitraryRun } from "./support/second_reading/arbitrary_stream.ts";
import { recordings } from "./support/core/fixtures.ts";
import { Mirror, viewOf } from "./support/trials/mirror.ts";
import { naiveReading } from "./support/second_reading/naive_reading.ts";
import { printedForm } from "./support/second_reading/printed_form.ts";
import { read, readChunks } from "./support/core/read_chunks.ts";

const encoder = new TextEncoder();
const bytesOf = (lines: readonly string[]) => encoder.encode(lines.map((text) => text + "\n").join(""));

const RECORDED = recordings().map(({ text }) => text.split("\n").slice(0, -1));
/** The lines of one run. */
const stream = fc.oneof(arbitraryRun, fc.constantFrom(...RECORDED));

/** Where chunks end: few or many, in order. */
const cuts = fc.oneof(
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50, maxLength: 300 }),
);
const endsIn = (bytes: Uint8Array, cuts: readonly number[]) =>
  cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b);

/** The resource that comes with an update is that of the chunk's end. */
const withoutResource = ({ resource: _, ...rest }: Update) => rest;
const resources = (cluster: Cluster) => [...cluster];

function check<Inputs extends [unknown, ...unknown[]]>(
  name: string,
  property: fc.IPropertyWithHooks<Inputs>,
  numRuns: number,
): void {
  Deno.test(name, () => fc.assert(property, { numRuns }));
}

check(
  "any split of a stream gives the same state and the same updates",
  fc.property(stream, cuts, (lines, cuts) => {
    const bytes = bytesOf(lines);
    const whole = read(bytes);
    const split = readChunks(bytes, endsIn(bytes, cuts));
    assert.deepEqual(resources(split.stream.cluster()), resources(whole.stream.cluster()));
    assert.deepEqual(split.updates.map(withoutResource), whole.updates.map(withoutResource));
    assert.deepEqual(split.orphans, whole.orphans);
  }),
  500,
);

check(
  "what is known, printed as a dump, is read without rest to the same state",
  fc.property(stream, (lines) => {
    const { stream: known } = read(bytesOf(lines));
    const again = read(encoder.encode(dumpText(known.cluster())), 777);
    assert.deepEqual([again.rejected, again.orphans, again.unknownParts.filter(isNotOnPurpose)], [
      [],
      [],
      [],
    ]);
    assert.deepEqual(resources(again.stream.cluster()), resources(known.cluster()));
  }),
  300,
);

check(
  "a random stream is read without rest, to the same state as the naive reading",
  fc.property(arbitraryRun, (lines) => {
    const { stream, rejected, orphans, unknownParts } = read(bytesOf(lines), 777);
    assert.deepEqual([rejected, orphans, unknownParts], [[], [], []]);
    assert.deepEqual(printedForm(stream.cluster()), naiveReading(lines.join("\n")));
  }),
  500,
);

/** Lines that mean nothing: bytes of any kind, and what looks nearly like events2. */
const garbage = fc.oneof(
  fc.uint8Array({ maxLength: 80 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
  fc.constantFrom(
    ...[
      "exists",
      "exists -x",
      "exists - ",
      " exists -",
      "change",
      "change resource",
      "destroy resource name:",
    ],
    ...[
      "destroy device name:a",
      "rename resource name:a",
      "call helper name:a",
      "Usage: drbdsetup events2",
      "\0",
    ],
    ...[
      "destroy connection name:web peer-node-id:x",
      "exists resource name:\uFFFD role:Primary",
      "\uFEFFexists -",
    ],
  ).map((text) => encoder.encode(text)),
);

check(
  "garbage between lines never throws, and changes no other line's effect",
  fc.property(
    stream,
    fc.array(fc.tuple(fc.nat(), garbage), { maxLength: 20 }),
    cuts,
    (lines, garbage, cuts) => {
      const clean = read(bytesOf(lines));
      const mixed: Uint8Array[] = lines.map((text) => encoder.encode(text));
      for (const [place, bytes] of garbage) mixed.splice(place % (mixed.length + 1), 0, bytes);
      const bytes = concat(mixed.flatMap((bytes) => [bytes, Uint8Array.of(10)]));
      const dirty = readChunks(bytes, endsIn(bytes, cuts));
      assert.deepEqual(resources(dirty.stream.cluster()), resources(clean.stream.cluster()));
      assert.deepEqual(dirty.updates.map(withoutResource), clean.updates.map(withoutResource));
      assert.deepEqual([dirty.stream.known, dirty.stream.live], [clean.stream.known, clean.stream.live]);
    },
  ),
  500,
);

check(
  "a second dump of the same state publishes nothing, in a new run or in the same one",
  fc.property(stream, fc.boolean(), cuts, (lines, isNewRun, cuts) => {
    const { stream } = read(bytesOf(lines));
    const before = stream.cluster();
    if (isNewRun) stream.restart();
    const bytes = encoder.encode(dumpText(before));
    const { updates } = readChunks(bytes, endsIn(bytes, cuts), stream);
    assert.deepEqual(updates, []);
    assert.deepEqual(resources(stream.cluster()), resources(before));
    assert.ok(stream.live);
  }),
  300,
);

/** Runs one after the other; all but the last may be cut off anywhere, as by kill -9. */
const runs = fc.tuple(
  fc.array(fc.tuple(stream, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 3 }),
  stream,
);

check(
  "a mirror that applies updates only equals the state, over restarts and whatever was cut off",
  fc.property(runs, cuts, ([earlier, last], cuts) => {
    const stream = new EventStream();
    const mirror = new Mirror();
    for (const [lines, part] of [...earlier, [last, 1] as const]) {
      stream.restart();
      const whole = bytesOf(lines);
      const bytes = whole.subarray(0, Math.floor(whole.length * part));
      const { updates } = readChunks(bytes, endsIn(bytes, cuts), stream);
      for (const update of updates) mirror.apply(update);
      assert.deepEqual(mirror.view(), viewOf(stream.cluster()));
    }
    assert.deepEqual(resources(stream.cluster()), resources(read(bytesOf(last)).stream.cluster()));
  }),
  300,
);

check(
  "every update shows a resource of its chunk, under the name it has by then or as it last was",
  fc.property(stream, cuts, (lines, cuts) => {
    const bytes = bytesOf(lines);
    const stream = new EventStream();
    let begin = 0;
    for (const end of [...endsIn(bytes, cuts), bytes.length]) {
      const lineEnd = bytes.lastIndexOf(10, end - 1) + 1;
      if (lineEnd <= begin) continue;
      const { updates } = read(bytes.subarray(begin, lineEnd), Infinity, stream);
      begin = lineEnd;
      const alive = new Set(stream.cluster());
      const gone = new Set(
        updates.filter(({ kind, type }) => kind === "resource" && type === "destroy").map(({ resource }) =>
          resource
        ),
      );
      for (const { resource } of updates) assert.ok(alive.has(resource) !== gone.has(resource));
    }
  }),
  300,
);

function isNotOnPurpose({ value }: { value: string }): boolean {
  return value !== "?";
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}
