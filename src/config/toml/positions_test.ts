import assert from "node:assert/strict";
import type { Path } from "./table.ts";
import { Positions } from "./positions.ts";

const TEXT = `top = 1
"quoted key" = [ 10, { x = 1 } ]

[a.b]
c = "d"
dotted.e.f = true
inline = { g = 1, h.i = 2 }

[[list]]
j = 1

[[list]]
k = 2
[list.under]
l = 3
[[list.inner]]
m = 4
`;

const CASES: readonly { path: Path; key: string; value: string }[] = [
  { path: ["top"], key: "1:1", value: "1:7" },
  { path: ["quoted key"], key: "2:1", value: "2:16" },
  { path: ["quoted key", 0], key: "2:18", value: "2:18" },
  { path: ["quoted key", 1, "x"], key: "2:24", value: "2:28" },
  { path: ["a"], key: "4:2", value: "4:2" },
  { path: ["a", "b"], key: "4:4", value: "4:4" },
  { path: ["a", "b", "c"], key: "5:1", value: "5:5" },
  { path: ["a", "b", "dotted", "e"], key: "6:8", value: "6:8" },
  { path: ["a", "b", "dotted", "e", "f"], key: "6:10", value: "6:14" },
  { path: ["a", "b", "inline", "h", "i"], key: "7:21", value: "7:25" },
  { path: ["list", 0], key: "9:3", value: "9:3" },
  { path: ["list", 1], key: "12:3", value: "12:3" },
  { path: ["list", 1, "k"], key: "13:1", value: "13:5" },
  { path: ["list", 1, "under"], key: "14:7", value: "14:7" },
  { path: ["list", 1, "under", "l"], key: "15:1", value: "15:5" },
  { path: ["list", 1, "inner", 0, "m"], key: "17:1", value: "17:5" },
];

for (const { path, key, value } of CASES) {
  Deno.test(`Positions finds ${JSON.stringify(path)}`, () => {
    const positions = new Positions(TEXT);
    const written = (at: "key" | "value") => {
      const { line, column } = positions.find(path, at);
      return `${line}:${column}`;
    };
    assert.deepEqual({ key: written("key"), value: written("value") }, { key, value });
  });
}

Deno.test("Positions points at what is around something that is not there", () => {
  const positions = new Positions(TEXT);
  assert.deepEqual(positions.find(["a", "b", "missing"], "value"), { line: 4, column: 4 });
  assert.deepEqual(positions.find(["top", "missing"], "value"), { line: 1, column: 1 });
  assert.deepEqual(positions.find(["a", "b", "c", "missing"], "value"), { line: 5, column: 1 });
  assert.deepEqual(positions.find(["nothing"], "key"), { line: 1, column: 1 });
});

Deno.test("Positions reads tables of several lines, as TOML 1.1 has them", () => {
  assert.deepEqual(new Positions("a = {\n  b = 1,\n}\n").find(["a", "b"], "value"), { line: 2, column: 7 });
});

Deno.test("Positions points at the top of a text that it cannot read", () => {
  assert.deepEqual(new Positions("a = = b").find(["a"], "key"), { line: 1, column: 1 });
});
