/** The licences of the program, as it is. */
import assert from "node:assert/strict";
import { bundle } from "../build/bundle.ts";
import { importsOf, licensedPackagesInProgram, packagesInProgram } from "./in_program.ts";
import { idOf } from "./lock.ts";
import CRATES from "../../licenses/crates.json" with { type: "json" };
import { type CrateLicense, RUNTIME_PARTS } from "./runtime.ts";
import { takenOf } from "./spdx.ts";
import { APACHE_TEXT, STANDARD_TEXTS } from "./standard_texts.ts";

Deno.test("importsOf() leaves out tests, scripts, relative imports and modules of Node", () => {
  const source = (path: string, text: string) => ({ path, text, lines: [], imports: [] });
  assert.deepEqual(
    importsOf([
      source("src/a.ts", 'import { a } from "a";\nimport b from "./b.ts";\nimport fs from "node:fs";\n'),
      source("plugins/x/late.ts", 'await import("c/part");\n'),
      source("src/a_test.ts", 'import { t } from "t";\n'),
      source("scripts/s.ts", 'import { s } from "s";\n'),
    ]),
    ["a", "c/part"],
  );
});

Deno.test("the packages whose licences are shipped are those of the bundle", async () => {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bundle-" });
  try {
    await bundle(Deno.execPath(), folder);
    const found = new Set<string>();
    for await (const { name } of Deno.readDir(folder)) {
      const text = await Deno.readTextFile(`${folder}/${name}`);
      for (
        const [, at = "", version] of text.matchAll(
          /\/npm\/[\w.-]+\/((?:@[\w.-]+\/)?[\w.-]+)\/(\d[\w.-]*)\//g,
        )
      ) {
        found.add(`${at}@${version}`);
      }
    }
    assert.ok(found.size > 10);
    assert.deepEqual((await packagesInProgram()).map(idOf).sort(), [...found].sort());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every package of the program has a licence with its text; smol-toml is BSD-3-Clause", async () => {
  const packages = await licensedPackagesInProgram();
  for (const one of packages) assert.match(one.text ?? "", /copyright|Apache License/i, one.name);
  const license = (name: string) => packages.find((one) => one.name === name)?.license;
  assert.equal(license("smol-toml"), "BSD-3-Clause");
  assert.equal(license("hono"), "MIT");
});

Deno.test("licenses/texts has each text that is named, and no other", async () => {
  const crates = Object.values(CRATES).flatMap(({ texts }) => texts);
  const named = new Set([
    ...RUNTIME_PARTS.map(({ text }) => text),
    ...crates,
    ...Object.values(STANDARD_TEXTS),
  ]);
  named.delete(APACHE_TEXT);
  const folder = new URL("../../licenses/texts/", import.meta.url);
  const there = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert.deepEqual(there.sort(), [...named].sort());
});

Deno.test("each crate has a licence that is an expression, with the text of one licence of each choice", () => {
  for (const [name, crate] of Object.entries<CrateLicense>(CRATES)) {
    const { license, texts, source } = crate;
    assert.ok(texts.length > 0 && source !== "", name);
    const own = texts.some((file) => file === `crate-${name}.txt`);
    for (const taken of takenOf(license)) {
      assert.ok(own || texts.includes(STANDARD_TEXTS[taken] ?? ""), `${name}: ${taken}`);
    }
  }
});
