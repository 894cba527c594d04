import assert from "node:assert/strict";
import { type Circumstances, remarks } from "./remarks.ts";

const TEXTS = { apache: "", of: () => "" };
const made = (arch: string, deno: string, ...known: readonly boolean[]) => ({
  arch,
  licenses: {
    packages: [],
    texts: TEXTS,
    runtime: {
      deno,
      v8: "1.2.3.4",
      crates: known.map((isKnown, place) => ({
        name: `crate${place}`,
        version: "1.0.0",
        ...(isKnown && { license: { license: "MIT", texts: [], source: "x" } }),
      })),
    },
  },
});
const FINE: Circumstances = {
  version: "1.2.3",
  changelog: "# Changelog\n\n## 1.2.3 (2026-12-01)\n",
  here: "x86_64",
  deno: "2.9.6",
  made: [made("x86_64", "2.9.6", true)],
  notMade: [],
};
const SIGNATURE = /^Nothing is signed/;

Deno.test("a release that has everything lacks nothing but its signature", () => {
  const [only = "", ...others] = remarks(FINE);
  assert.match(only, SIGNATURE);
  assert.deepEqual(others, []);
});

Deno.test("what a release lacks is named, each with its reason", () => {
  const found = remarks({
    ...FINE,
    changelog: "## 1.2.3 (unreleased)\n",
    made: [made("aarch64", "2.4.2", true, false, false)],
    notMade: [{ arch: "x86_64", why: "The runtime cannot be downloaded\nEither\n" }],
  });
  assert.deepEqual(found.slice(0, -1), [
    "x86_64: not made: The runtime cannot be downloaded",
    "aarch64: the program was not started: this machine is x86_64",
    "aarch64: the runtime is Deno 2.4.2, this is 2.9.6: publish with the current one",
    'aarch64: the licences of 2 of 3 crates of the runtime are not known: crate1 1.0.0, crate2 1.0.0; add them with "deno task crates"',
    "CHANGELOG.md still calls 1.2.3 unreleased",
  ]);
  assert.deepEqual(remarks({ ...FINE, changelog: "## 1.2.2\n" })[0], "CHANGELOG.md has no section for 1.2.3");
});

Deno.test("of many crates whose licences are not known, some are named and the others counted", () => {
  const [remark = ""] = remarks({
    ...FINE,
    made: [made("x86_64", "2.9.6", ...Array<boolean>(7).fill(false))],
  });
  assert.match(remark, /: crate0 1\.0\.0, .*crate4 1\.0\.0 and 2 more; add them with/);
});
