import assert from "node:assert/strict";
import { withStableNames } from "./stable_names.ts";

/** A bundle as it is made in a place, with the digests it gets there. */
function bundle(way: string, [a = "", b = "", m = ""]: readonly string[]): Map<string, string> {
  const cache = `${way}.cache/deno/npm/registry.npmjs.org/`;
  return new Map([
    ["main.js", `import "./chunk-${a}.js";\nawait import("./mod-${m}.js");\nlet x = "./chunk-other.js";\n`],
    [`chunk-${a}.js`, `// ${cache}hono/1.0.0/a.js\nlet a;\n`],
    [`chunk-${b}.js`, `// src/b.ts\nlet b;\n`],
    [`mod-${m}.js`, `import "./chunk-${b}.js";\nvar x = ({\n  "${cache}leven/4.1.0/index.js"(exports) {\n`],
  ]);
}

const HERE = bundle("../../root/", ["AAAAAAAA", "ZZZZZZZZ", "MMMMMMMM"]);

Deno.test("withStableNames() makes the same of a bundle made elsewhere", () => {
  const there = bundle("../../../home/somebody/", ["Z0000000", "A0000000", "B1111111"]);
  const sorted = (files: Map<string, string>) => [...withStableNames(files)].sort();
  assert.deepEqual(sorted(there), sorted(HERE));
});

Deno.test("withStableNames() keeps what belongs together, and says where packages come from", () => {
  const files = withStableNames(HERE);
  assert.deepEqual([...files.keys()], ["main.js", "chunk-000.js", "chunk-001.js", "mod-003.js"]);
  assert.equal(
    files.get("main.js"),
    'import "./chunk-000.js";\nawait import("./mod-003.js");\nlet x = "./chunk-other.js";\n',
  );
  assert.equal(files.get("chunk-000.js"), "// npm:hono/1.0.0/a.js\nlet a;\n");
  assert.equal(
    files.get("mod-003.js"),
    'import "./chunk-001.js";\nvar x = ({\n  "npm:leven/4.1.0/index.js"(exports) {\n',
  );
});
