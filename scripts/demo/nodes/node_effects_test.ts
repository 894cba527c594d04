import assert from "node:assert/strict";
import { MemoryFiles } from "../../../tests/support/simulated/memory_files.ts";
import { filesBelow } from "./node_effects.ts";

Deno.test("what a machine has for itself is below its root, other paths are as they are", async () => {
  const files = new MemoryFiles();
  const alpha = filesBelow("/demo/alpha", files);
  await alpha.makeDirectory("/run/drbdd/promoted");
  await alpha.writeTextAtomic("/run/drbdd/promoted/web", "x");
  await alpha.makeDirectory("/demo/alpha/etc");
  await alpha.writeTextAtomic("/demo/alpha/etc/drbdd.toml", "y");
  assert.deepEqual(Object.keys(files.all()).sort(), [
    "/demo/alpha/etc/drbdd.toml",
    "/demo/alpha/run/drbdd/promoted/web",
  ]);
  assert.deepEqual(await alpha.list("/run/drbdd/promoted"), ["web"]);
  assert.equal(await filesBelow("/demo/beta", files).stat("/run/drbdd/promoted/web"), undefined);
  await alpha.remove("/run/drbdd/promoted/web");
  assert.equal(await alpha.stat("/run/drbdd/promoted/web"), undefined);
});

Deno.test("devices of a machine are block devices", async () => {
  const files = new MemoryFiles();
  files.put("/demo/alpha/dev/vg/web", "");
  const info = await filesBelow("/demo/alpha", files).stat("/dev/vg/web");
  assert.deepEqual([info?.isFile, info?.isBlockDevice], [false, true]);
});
