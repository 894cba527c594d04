/**
 * What is published for golden streams, update by update, wherever chunks end.
 *
 * After a wanted change rewrite the files with `deno test -A tests/golden_test.ts -- --update`, read the difference, and
 * commit it with the reason.
 */
import assert from "node:assert/strict";
import { EventStream } from "../src/drbd/state/stream.ts";
import { goldenLines, type GoldenStream, goldenStreams, RESTART } from "./support/golden.ts";
import { read } from "./support/core/read_chunks.ts";
import { updateText } from "./support/core/update_text.ts";

const ODD_SIZES = [1, 13, 97, 1009];

function published({ runs }: GoldenStream, size: number): string[] {
  const stream = new EventStream();
  return runs.flatMap((bytes, run) => {
    stream.restart();
    const texts = read(bytes, size, stream).updates.map(updateText);
    return run === 0 ? texts : [RESTART, ...texts];
  });
}

for (const golden of goldenStreams()) {
  Deno.test(`the updates of ${golden.name} are as in its file`, () => {
    const found = published(golden, Infinity);
    assert.deepEqual(found, goldenLines(golden.name, "updates", found));
    for (const size of ODD_SIZES) {
      assert.deepEqual(published(golden, size), found, `in chunks of ${size} bytes`);
    }
  });
}
