import assert from "node:assert/strict";
import { type Format, missingTools } from "./tools.ts";

/** On a machine with these programs. */
const on = (formats: readonly Format[], ...programs: readonly string[]) =>
  missingTools(formats, (program) => Promise.resolve(programs.includes(program)));

Deno.test("all missing tools are named at once, with the command that installs them", async () => {
  assert.equal(
    await on(["deb", "rpm"], "apt-get", "gzip"),
    `Cannot make .deb and .rpm packages: not installed: dpkg-deb, rpmbuild, pandoc
Install with: apt-get install dpkg rpm pandoc`,
  );
  assert.equal(
    await on(["deb", "rpm"], "dnf", "dpkg-deb", "gzip"),
    `Cannot make .deb and .rpm packages: not installed: rpmbuild, pandoc
Install with: dnf install rpm-build pandoc`,
  );
  assert.match(await on(["deb"]) ?? "", /^Install with: apt-get install dpkg pandoc gzip$/m);
});

Deno.test("one format does not need the tool of the other", async () => {
  assert.equal(await on(["deb"], "apt-get", "dpkg-deb", "pandoc", "gzip"), undefined);
  assert.match(await on(["rpm"], "zypper", "pandoc", "gzip") ?? "", /not installed: rpmbuild\n/);
  assert.equal(await on(["rpm"], "rpmbuild", "pandoc", "gzip"), undefined);
});
