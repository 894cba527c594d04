import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CONNECTION_LINE,
  DEVICE_LINE,
  PATH_LINE,
  PEER_DEVICE_LINE,
  RESOURCE_LINE,
} from "../../src/drbd/events2/patterns.ts";
import { EventStream } from "../../src/drbd/state/stream.ts";
import { Random } from "../../tests/simulation/model/random.ts";
import { SENTINEL, streamLines, type StreamOptions } from "./stream_lines.ts";
import { blockOfLines } from "../../tests/support/core/blocks.ts";

const PATTERNS = [RESOURCE_LINE, DEVICE_LINE, CONNECTION_LINE, PEER_DEVICE_LINE, PATH_LINE];

const OPTIONS: StreamOptions = {
  resources: 10,
  peers: 2,
  volumes: 2,
  changes: 2_000,
  seed: 42,
  stateFraction: 0.3,
  sentinel: true,
};

function linesOf(options: Partial<StreamOptions> = {}): string[] {
  const all = { ...OPTIONS, ...options };
  return [...streamLines(all, new Random(all.seed))];
}

function isFast(line: string): boolean {
  return PATTERNS.some(({ exact }) => {
    exact.lastIndex = 0;
    return exact.exec(`${line}\n`) !== null && exact.lastIndex === line.length + 1;
  });
}

Deno.test("every line of a generated stream is read on the fast path, without rejects or unknownParts", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(),
        resources: fc.integer({ min: 1, max: 20 }),
        peers: fc.integer({ min: 1, max: 7 }),
        volumes: fc.integer({ min: 1, max: 8 }),
        stateFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      (options) => {
        const lines = linesOf({ ...options, changes: 500 });
        const slow = lines.filter((line) => line !== "exists -" && !isFast(line));
        assert.deepEqual(slow, []);
        const unknownParts: unknown[] = [];
        const stream = new EventStream();
        const { rejected, orphans } = stream.take(
          [blockOfLines(lines)],
          (found) => unknownParts.push(found),
        );
        assert.deepEqual({ rejected, orphans, unknownParts }, {
          rejected: [],
          orphans: [],
          unknownParts: [],
        });
        assert.equal(stream.cluster().size, options.resources + 1);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a generated stream has as many changes as asked for, after a complete dump, and ends with the sentinel", () => {
  const lines = linesOf();
  const dumpLines = OPTIONS.resources * (1 + 2 + 2 + 2 * (2 + 1));
  assert.equal(lines.indexOf("exists -"), dumpLines);
  assert.equal(lines.length, dumpLines + 1 + OPTIONS.changes + 1);
  assert.equal(lines.at(-1), SENTINEL);
  assert.notEqual(linesOf({ sentinel: false }).at(-1), SENTINEL);
});

Deno.test("the seed decides the stream", () => {
  assert.deepEqual(linesOf(), linesOf());
  assert.notDeepEqual(linesOf(), linesOf({ seed: 43 }));
});

Deno.test("without state changes only counters, write ordering and suspension move", () => {
  const stream = new EventStream();
  stream.take([blockOfLines(linesOf({ stateFraction: 0, sentinel: false }))]);
  for (const resource of stream.cluster()) {
    assert.ok(resource.devices.every(({ diskState, quorum }) => diskState === "UpToDate" && quorum));
    assert.ok(resource.connections.every(({ connectionState }) => connectionState === "Connected"));
  }
});
