/** Every recorded stream of drbdsetup through the core, against a second, naive reading. */
import assert from "node:assert/strict";
import { recordings } from "./support/core/fixtures.ts";
import { naiveReading } from "./support/second_reading/naive_reading.ts";
import { printedForm } from "./support/second_reading/printed_form.ts";
import { read } from "./support/core/read_chunks.ts";
import { say } from "./support/print_line.ts";

/** Sizes of chunks that fit to nothing. */
const ODD_SIZES = [7, 251, 4099];

/** What recordings hold on purpose that drbdd does not know: states of a number that has no name. */
const ON_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  "events2/connection-states.txt": ["connection:?", "connection:?", "role:?"],
  "events2/modes/timestamps/connection-states.txt": ["connection:?", "connection:?", "role:?"],
};

const RECORDINGS = recordings();

for (const { name, bytes, text } of RECORDINGS) {
  Deno.test(`the core reads ${name} without rest, to the same state as the naive reading`, () => {
    for (const size of [Infinity, ...ODD_SIZES]) {
      const { stream, rejected, orphans, unknownParts } = read(bytes, size);
      const where = `in chunks of ${size} bytes`;
      assert.deepEqual(rejected, [], where);
      assert.deepEqual(orphans, [], where);
      assert.deepEqual(
        unknownParts.map(({ key, value }) => `${key}:${value}`),
        ON_PURPOSE[name] ?? [],
        where,
      );
      assert.ok(stream.live, where);
      assert.deepEqual(printedForm(stream.cluster()), naiveReading(text), where);
    }
  });
}

Deno.test("the recordings are all there", () => {
  const lines = RECORDINGS.reduce((sum, { text }) => sum + text.split("\n").length - 1, 0);
  const resources = RECORDINGS.reduce((sum, { text }) => sum + Object.keys(naiveReading(text)).length, 0);
  const real = RECORDINGS.filter(({ name }) => name.startsWith("real-drbd/")).length;
  say(
    `${RECORDINGS.length} recordings (${real} of a real cluster), ${lines} lines, ${resources} resources at their ends`,
  );
  for (const name of Object.keys(ON_PURPOSE)) {
    assert.ok(RECORDINGS.some((recording) => recording.name === name));
  }
  assert.ok(real >= 26 && RECORDINGS.length >= 150 && lines >= 6000, "Some recordings are missing");
});
