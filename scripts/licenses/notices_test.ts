import assert from "node:assert/strict";
import { debianCopyright, notices } from "./notices.ts";
import { runtimeIn } from "./runtime.ts";
import { sbom } from "./sbom.ts";
import { TARGETS } from "../build/target.ts";

/** As a program has them: in texts of panics, between others. */
const PROGRAM = new TextEncoder().encode(
  "\0/home/x/.cargo/registry/src/index.crates.io-19af/anyhow-1.0.98/src/lib.rs/home/x/.cargo/registry/src/" +
    "index.crates.io-19af/unheard_of-0.25.0-alpha.4/src/a.rs\0index.crates.io-19af/ash-0.38.0+1.3.281/b.rs\0" +
    "xDeno/2.4.2\0x 13.7.152.14-rusty\0/rust/deps/gimli-0.31.1/src/read/abbrev.rs",
);
const MIT_A = "Copyright A\n\nPermission is hereby granted";
const LOCKED = { version: "1.0.0", integrity: "sha512-AAEC", needs: [], license: "MIT" };
const PACKAGES = [
  { ...LOCKED, name: "@a/one", text: MIT_A, needs: ["two@1.0.0"] },
  { ...LOCKED, name: "two", text: MIT_A },
  {
    ...LOCKED,
    name: "three",
    license: "Apache-2.0",
    text: "Apache License\nVersion 2.0, January 2004\nlong",
  },
];
const TEXTS = {
  apache: "Apache License\nVersion 2.0, January 2004\nof the project",
  of: (file: string) => `text of ${file}`,
};

Deno.test("runtimeIn() finds versions and crates, each once, with licences that are known", () => {
  const { deno, v8, crates } = runtimeIn(PROGRAM);
  assert.deepEqual([deno, v8], ["2.4.2", "13.7.152.14"]);
  assert.deepEqual(
    crates.map(({ name, version, license }) => [name, version, license?.license]),
    [
      ["anyhow", "1.0.98", "MIT OR Apache-2.0"],
      ["ash", "0.38.0", "MIT OR Apache-2.0"],
      ["gimli", "0.31.1", "MIT OR Apache-2.0"],
      ["unheard_of", "0.25.0-alpha.4", undefined],
    ],
  );
});

Deno.test("notices() names everything with its licence, and has every text once", () => {
  const text = notices(PACKAGES, runtimeIn(PROGRAM), TEXTS);
  for (
    const part of ["@a/one 1.0.0", "three 1.0.0", "Deno 2.4.2", "V8 13.7.152.14", "unheard_of 0.25.0-alpha.4"]
  ) {
    assert.ok(text.includes(part), part);
  }
  assert.equal(text.split(MIT_A).length - 1, 1);
  assert.match(text, /@a\/one@1\.0\.0\ntwo@1\.0\.0\n-+\n\nCopyright A/);
  assert.match(text, /could not be fetched[\s\S]*\n {2}unheard_of 0\.25\.0-alpha\.4\n/);
  assert.match(text, /anyhow, MIT OR Apache-2\.0 \(text: anyhow .*\)\n {2}Copyright .* David Tolnay/);
  assert.doesNotMatch(text, /No notice of copyright/);
  assert.match(text, /\nash, [\s\S]*\ntext of crate-ash\.txt\n/);
  assert.match(text, /text of v8\.txt/);
  assert.doesNotMatch(text, /undefined/);
});

Deno.test("notices() says so where a crate has neither a notice of copyright nor an author", () => {
  const runtime = runtimeIn(PROGRAM);
  const crates = [{
    name: "x",
    version: "1.0.0",
    license: { license: "MIT", texts: ["mit.txt"], source: "y" },
  }];
  assert.match(
    notices([], { ...runtime, crates }, TEXTS),
    /\nx, MIT \(text: y\)\n {2}No notice of copyright was found\n/,
  );
});

Deno.test("notices() says nothing of licences that could not be fetched where all are known", () => {
  const runtime = runtimeIn(PROGRAM);
  const crates = runtime.crates.filter(({ license }) => license !== undefined);
  assert.doesNotMatch(notices(PACKAGES, { ...runtime, crates }, TEXTS), /could not be fetched/);
});

Deno.test("debianCopyright() refers to the Apache License where Debian has it", () => {
  const text = debianCopyright(PACKAGES, runtimeIn(PROGRAM), TEXTS, {
    source: "https://x.example",
    year: 2026,
  });
  assert.match(text, /^Copyright: 2026 drbdd founders$/m);
  assert.match(text, /\/usr\/share\/common-licenses\/Apache-2\.0/);
  assert.doesNotMatch(text, /Version 2\.0, January 2004/);
  assert.match(text, /Copyright A/);
});

Deno.test("sbom() has every part with its version, and what needs what", () => {
  const [target] = TARGETS;
  const of = { version: "0.1.0", target, sha256: "ab".repeat(32), epoch: 1767225600 };
  const licenses = { packages: PACKAGES, runtime: runtimeIn(PROGRAM), texts: TEXTS };
  const bill = JSON.parse(sbom({ ...of, licenses }));
  const component = (name: string) => bill.components.find((one: { name: string }) => one.name === name);
  assert.equal(bill.metadata.timestamp, "2026-01-01T00:00:00.000Z");
  assert.deepEqual(component("@a/one"), {
    type: "library",
    "bom-ref": "pkg:npm/%40a/one@1.0.0",
    name: "@a/one",
    version: "1.0.0",
    purl: "pkg:npm/%40a/one@1.0.0",
    hashes: [{ alg: "SHA-512", content: "000102" }],
    licenses: [{ license: { id: "MIT" } }],
  });
  assert.equal(component("V8").version, "13.7.152.14");
  assert.deepEqual(component("gimli").licenses, [{ expression: "MIT OR Apache-2.0" }]);
  assert.equal(component("unheard_of").licenses, undefined);
  const refs = new Set(["drbdd", ...bill.components.map((one: { "bom-ref": string }) => one["bom-ref"])]);
  assert.equal(refs.size, bill.components.length + 1);
  for (const { ref, dependsOn } of bill.dependencies) {
    for (const name of [ref, ...dependsOn]) assert.ok(refs.has(name), name);
  }
  const needs = bill.dependencies.find(({ ref }: { ref: string }) => ref === "pkg:npm/%40a/one@1.0.0");
  assert.deepEqual(needs.dependsOn, ["pkg:npm/two@1.0.0"]);
});
