/** Lines without a subscriber are parsed when the state is read: that must make no difference to anybody. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Interest } from "../src/drbd/state/interest.ts";
import type { Resource } from "../src/drbd/model/model.ts";
import { EventStream } from "../src/drbd/state/stream.ts";
import type { Unplaced } from "../src/drbd/model/update.ts";
import { arbitraryRun } from "./support/second_reading/arbitrary_stream.ts";
import { DUMP_END, dumpOf, line } from "./support/core/events2_text.ts";
import { blockOfLines } from "./support/core/blocks.ts";

/** Of changing names. */
class Wanted implements Interest {
  version = 0;
  #names = new Set<string>();

  become(names: readonly string[]): void {
    this.#names = new Set(names);
    this.version++;
  }

  wants(name: string): boolean {
    return this.#names.has(name);
  }
}

const NAMES = ["a", "b", "a:b=€", "long-enough-to-be-cut"];
/** What is wanted from a chunk on, and whether somebody looks at its end. */
const chunk = fc.record({
  lines: fc.integer({ min: 1, max: 8 }),
  names: fc.option(fc.subarray(NAMES), { nil: undefined }),
  isLookedAt: fc.boolean(),
  caughtUp: fc.integer({ min: 0, max: 5 }),
});

function byName(resources: Iterable<Resource>): Map<string, Resource> {
  return new Map(Array.from(resources, (resource) => [resource.name, resource]));
}

Deno.test("no subscriber can tell whether others subscribe to the same resources", () => {
  let passedOver = 0;
  fc.assert(
    fc.property(arbitraryRun, fc.array(chunk, { maxLength: 40 }), (lines, chunks) => {
      const wanted = new Wanted();
      const all = new EventStream();
      const some = new EventStream(wanted);
      let seen: Map<string, Resource> | undefined = new Map<string, Resource>();
      let at = 0;
      for (
        const { lines: count, names, isLookedAt, caughtUp } of [...chunks, {
          lines: lines.length,
          names: undefined,
          isLookedAt: true,
          caughtUp: 0,
        }]
      ) {
        if (names !== undefined) wanted.become(names);
        const blocks = [blockOfLines(lines.slice(at, at + count))];
        at += count;
        const want = all.take(blocks);
        const got = some.take(blocks);
        const isTold = (update: Unplaced) => update.type !== "change" || wanted.wants(update.name);
        assert.deepEqual(got.updates.all().filter(isTold), want.updates.all().filter(isTold));
        if (want.updates.length > 0) assert.ok(!got.updates.isEmpty);
        passedOver += want.updates.length - got.updates.length;
        const before = seen;
        seen = undefined;
        if (caughtUp > 0) some.catchUp(caughtUp);
        if (!isLookedAt) continue;
        const touched = new Set(got.touched());
        const mayBeTouched = new Set(want.touched());
        assert.deepEqual(byName(some.cluster()), byName(all.cluster()));
        if (before !== undefined) {
          assert.deepEqual([...touched].filter((name) => !mayBeTouched.has(name)), []);
        }
        const now = byName(some.cluster());
        for (const name of before === undefined ? [] : new Set([...before.keys(), ...now.keys()])) {
          if (before?.get(name) !== now.get(name)) assert.ok(touched.has(name), name);
        }
        seen = now;
      }
      assert.deepEqual(some.summary(), all.summary());
    }),
    { numRuns: 500 },
  );
  assert.ok(passedOver > 0);
});

Deno.test("a line that does not say all leaves the rest as it was, wanted or not", () => {
  const stream = new EventStream({ version: 0, wants: () => false });
  const take = (...lines: string[]) => stream.take([blockOfLines(lines)]);
  take(...dumpOf("web"), DUMP_END);
  take(line("change", "device", { disk: "Failed" }));
  take("change device name:web volume:0 minor:1000 quorum:no");
  take("change resource name:web role:Primary");
  const web = stream.resource("web");
  const { diskState, quorum } = web?.devices[0] ?? {};
  assert.deepEqual([diskState, quorum, web?.role, web?.promotionScore], ["Failed", false, "Primary", 10102]);
});
