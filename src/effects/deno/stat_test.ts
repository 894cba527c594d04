import assert from "node:assert/strict";
import { denoFiles } from "./files.ts";
import { statByProgram } from "./stat.ts";

for (const path of ["/dev/null", "/etc", "/etc/passwd", "/etc/mtab"]) {
  Deno.test(`statByProgram() says of ${path} what Deno says`, async () => {
    const [ours, theirs] = [await statByProgram(path), await denoFiles.stat(path)];
    // Those of processes change at any time.
    const seconds = (ms = 0) => path === "/etc/mtab" ? 0 : Math.floor(ms / 1000);
    assert.deepEqual(
      { ...ours, modifiedMs: seconds(ours?.modifiedMs) },
      { ...theirs, modifiedMs: seconds(theirs?.modifiedMs) },
    );
  });
}

for (const path of ["/dev/drbd-that-is-not-there", "/etc/passwd/x"]) {
  Deno.test(`statByProgram() finds nothing at ${path}`, async () => {
    assert.equal(await statByProgram(path), undefined);
  });
}
