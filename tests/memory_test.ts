/** Nothing that is kept of a stream keeps the blocks of lines it came in. Measured in a process of its own. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { say } from "./support/print_line.ts";

/** Each case lets more than 100 MiB of blocks go by; the store may hold on to 4 Mi characters of them. */
const MOST_MIB = 40;

Deno.test({
  name: "the core, snapshots and updates keep no blocks of lines alive",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const probe = fileURLToPath(new URL("support/processes/heap_probe.ts", import.meta.url));
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--v8-flags=--expose-gc", probe],
      stdin: "null",
    });
    const { success, stdout, stderr } = await command.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const found: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok(Object.keys(found).length >= 8);
    for (const [name, mib] of Object.entries(found)) say(`${mib} MiB kept of ${name}`);
    for (const [name, mib] of Object.entries(found)) {
      assert.ok(mib < MOST_MIB, `${mib} MiB are kept of ${name}`);
    }
  },
});
