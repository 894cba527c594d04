import assert from "node:assert/strict";
import { licenseComplaints } from "./allowed.ts";

const complaints = (license: string, text: string | undefined = "text") =>
  licenseComplaints([{ name: "x", version: "1.0.0", integrity: "", needs: [], license, text }]);

Deno.test("licences on the list are taken, all of several and one to choose", () => {
  for (const license of ["MIT", "BSD-3-Clause", "MIT AND Apache-2.0", "GPL-3.0-only OR MIT"]) {
    assert.deepEqual(complaints(license), [], license);
  }
});

for (
  const license of ["GPL-3.0-only", "", "MIT AND GPL-3.0-only", "UNLICENSED", "(MIT OR GPL-2.0) AND ISC"]
) {
  Deno.test(`a licence that is not on the list is a complaint that names the package: "${license}"`, () => {
    const [complaint = ""] = complaints(license);
    assert.match(complaint, /^npm:x@1\.0\.0: the licence of a dependency is on the list: it /);
    assert.ok(complaint.includes(license === "" ? "it names none" : `it is ${license}`), complaint);
  });
}

Deno.test("a package without the text of its licence is a complaint", () => {
  const none = licenseComplaints([
    { name: "x", version: "1.0.0", integrity: "", needs: [], license: "MIT", text: undefined },
  ]);
  assert.deepEqual(none, ["npm:x@1.0.0: a dependency comes with the text of its licence"]);
});
