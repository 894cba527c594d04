import assert from "node:assert/strict";
import { runtimePath } from "../daemon/status/config_status.ts";
import { ownFolders, temporaryFolder } from "./own_folders.ts";
import { isWithin } from "./permissions.ts";

for (const runtime of [undefined, "", "/run/drbdd", "/run/a:/run/b"]) {
  for (const temporary of [undefined, "", "/var/tmp"]) {
    const name = `RUNTIME_DIRECTORY=${runtime ?? "(none)"} TMPDIR=${temporary ?? "(none)"}`;
    Deno.test(`the daemon keeps the folder of the monitor's sockets: ${name}`, () => {
      const variables = new Map([["RUNTIME_DIRECTORY", runtime], ["TMPDIR", temporary]]);
      const environment = (name: string) => variables.get(name);
      const folder = runtimePath({ environment }, "monitor") ?? temporaryFolder(environment);
      const kept = ownFolders(environment, true);
      assert.ok(kept.every((each) => each.startsWith("/")), kept.join(" "));
      assert.ok(kept.some((each) => isWithin(folder, each)), `${folder} is not in ${kept.join(" ")}`);
    });
  }
}

Deno.test("without network no temporary folder is kept", () => {
  assert.deepEqual(ownFolders(() => undefined, false), ["/run/drbdd"]);
});
