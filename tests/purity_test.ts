/** The core is pure: it reaches nothing but itself, so its tests need no permission, and time is a parameter. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../src/drbd/", import.meta.url);
const FILES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith("_test.ts"));
assert.ok(FILES.length > 30, `${FILES.length} files in ${FOLDER}`);

/** What would let a clock, chance or the world in. */
const BANNED = [
  ...["Deno", "Date", "performance", "Temporal", "crypto", "process", "globalThis", "console", "fetch"],
  ...["setTimeout", "setInterval", "queueMicrotask", "Promise", "async", "await", "WeakRef", "eval"],
  ...["Math\\.random", "import\\s*\\(", "import\\.meta", "Intl", "toLocale\\w+", "localeCompare"],
];

const code = (file: string) =>
  readFileSync(new URL(file, FOLDER), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g, "");

const importsOf = (file: string) =>
  Array.from(code(file).matchAll(/\b(?:import|export)\b[^;"]*?\bfrom\s*"([^"]+)"|\bimport\s*"([^"]+)"/g))
    .map(([, from, only]) => from ?? only ?? "");

/** Where an import of a file leads, as a path below src/drbd. */
function placeOf(name: string, file: string): string {
  assert.match(name, /^(\.|\.\.|\.\.\/\.\.)\/([a-z0-9_]+\/){0,2}[a-z0-9_]+\.ts$/);
  return new URL(name, new URL(file, FOLDER)).href.slice(FOLDER.href.length);
}

for (const file of FILES) {
  Deno.test(`src/drbd/${file} imports nothing from outside its folder`, () => {
    for (const name of importsOf(file)) {
      assert.ok(FILES.includes(placeOf(name, file)), name);
    }
    const keywords = code(file).match(/^\s*import\b/gm) ?? [];
    assert.ok(importsOf(file).length >= keywords.length, "An import that this test does not understand");
  });

  Deno.test(`src/drbd/${file} uses no clock, no chance and no I/O`, () => {
    for (const banned of BANNED) assert.doesNotMatch(code(file), new RegExp(`\\b${banned}`), banned);
  });
}

Deno.test("the files of src/drbd do not import one another in a circle", () => {
  const done = new Set<string>();
  const visit = (file: string, above: readonly string[]) => {
    assert.ok(!above.includes(file), `${[...above, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const name of importsOf(file)) visit(placeOf(name, file), [...above, file]);
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  assert.equal(done.size, FILES.length);
});

Deno.test("every file of src/drbd has its tests beside it, or in those named here", () => {
  const tested: Readonly<Record<string, string>> = {
    "events2/exact_parser.ts": "events2/patterns_test.ts",
    "strings/copy_text.ts": "../../tests/memory_test.ts",
    "text/dump_text.ts": "../../tests/properties_test.ts",
    "model/helper_event.ts": "events2/event_test.ts",
    "model/update.ts": "state/diff_test.ts",
    "text/update_fields.ts": "text/update_text_test.ts",
    "state/records/children.ts": "state/store_test.ts",
    "state/records/record_table.ts": "state/store_test.ts",
    "state/summary.ts": "state/store_test.ts",
  };
  for (const file of FILES) readFileSync(new URL(tested[file] ?? file.replace(".ts", "_test.ts"), FOLDER));
});
