import assert from "node:assert/strict";
import { changed } from "./changed_tree.ts";
import { SOURCE_SABOTAGES } from "./source_sabotages.ts";

for (const { name, change } of SOURCE_SABOTAGES) {
  Deno.test(`source sabotage "${name}" finds its text in ${change.file}, once`, () => {
    const text = Deno.readTextFileSync(new URL(`../../../${change.file}`, import.meta.url));
    assert.notEqual(changed(text, change), text);
  });
}

Deno.test("changed() refuses a text that does not occur exactly once", () => {
  const change = { file: "x.ts", find: "a", replacement: "b" };
  assert.equal(changed("cat", change), "cbt");
  assert.throws(() => changed("dog", change), /Cannot change x.ts: expected once, found 0 times/);
  assert.throws(() => changed("banana", change), /found 3 times/);
});
