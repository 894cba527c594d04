import assert from "node:assert/strict";
import { groupsOf, takenOf } from "./spdx.ts";

const CASES: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ["MIT", [["MIT"]]],
  ["MIT OR Apache-2.0", [["MIT", "Apache-2.0"]]],
  ["MIT AND Apache-2.0 OR ISC", [["MIT", "ISC"], ["Apache-2.0", "ISC"]]],
  ["ISC AND (Apache-2.0 OR ISC)", [["ISC"], ["Apache-2.0", "ISC"]]],
  ["(MIT OR Apache-2.0) AND BSD-3-Clause", [["MIT", "Apache-2.0"], ["BSD-3-Clause"]]],
  ["Apache-2.0 WITH LLVM-exception OR MIT", [["Apache-2.0 WITH LLVM-exception", "MIT"]]],
];

for (const [expression, groups] of CASES) {
  Deno.test(`groupsOf() has one licence to keep to in each group: "${expression}"`, () => {
    assert.deepEqual(groupsOf(expression), groups);
  });
}

for (const wrong of ["", "MIT OR", "MIT/Apache-2.0", "(MIT", "MIT Apache-2.0", "OR MIT", "MIT)"]) {
  Deno.test(`groupsOf() refuses what is no expression: "${wrong}"`, () => {
    assert.throws(() => groupsOf(wrong), SyntaxError);
  });
}

Deno.test("takenOf() takes one of each group, and nothing twice", () => {
  assert.deepEqual(takenOf("Unlicense OR MIT"), ["MIT"]);
  assert.deepEqual(takenOf("(Apache-2.0 OR MIT) AND BSD-3-Clause"), ["MIT", "BSD-3-Clause"]);
  assert.deepEqual(takenOf("Apache-2.0 AND (Apache-2.0 OR LGPL-2.1)"), ["Apache-2.0"]);
  assert.deepEqual(takenOf("MPL-2.0"), ["MPL-2.0"]);
});
