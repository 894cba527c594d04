import assert from "node:assert/strict";
import { idOf, lockedPackages, type LockFile, packagesFor } from "./lock.ts";

const LOCK: LockFile = {
  specifiers: { "npm:@a/a@1.0.0": "1.0.0_b@2.0.0", "npm:c@3.0.0": "3.0.0", "npm:d@4.0.0": "4.0.0" },
  npm: {
    "@a/a@1.0.0_b@2.0.0": { integrity: "sha512-AA==", dependencies: ["b@2.0.0"] },
    "b@1.0.0": { integrity: "sha512-AA==" },
    "b@2.0.0": { integrity: "sha512-AA==", dependencies: ["c"] },
    "c@3.0.0": { integrity: "sha512-AA==" },
    "d@4.0.0": { integrity: "sha512-AA==", dependencies: ["b@1.0.0"] },
  },
};
const ALIASES = { "@a/a": "npm:@a/a@1.0.0", c: "npm:c@3.0.0", d: "npm:d@4.0.0" };

Deno.test("lockedPackages() has name, version and needs of each", () => {
  assert.deepEqual(lockedPackages(LOCK).slice(0, 3).map((one) => [one.name, one.version, one.needs]), [
    ["@a/a", "1.0.0", ["b@2.0.0"]],
    ["b", "1.0.0", []],
    ["b", "2.0.0", ["c@3.0.0"]],
  ]);
});

Deno.test("packagesFor() finds what is imported, parts of packages too, and what that needs, and nothing else", () => {
  const found = (...imports: string[]) => packagesFor(imports, ALIASES, LOCK).map(idOf);
  assert.deepEqual(found("@a/a/part.js"), ["@a/a@1.0.0", "b@2.0.0", "c@3.0.0"]);
  assert.deepEqual(found("d", "node:fs"), ["b@1.0.0", "d@4.0.0"]);
  assert.deepEqual(found(), []);
});
