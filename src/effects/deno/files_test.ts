import assert from "node:assert/strict";
import { denoFiles } from "./files.ts";
import { FileError, NotFoundError } from "../effects.ts";

function inFolder(name: string, test: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await test(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

inFolder("writeTextAtomic() replaces a file in one step and leaves nothing else", async (folder) => {
  await denoFiles.writeTextAtomic(`${folder}/a`, "one", 0o600);
  await denoFiles.writeTextAtomic(`${folder}/a`, "two");
  assert.equal(await denoFiles.readText(`${folder}/a`), "two");
  assert.deepEqual(await denoFiles.list(folder), ["a"]);
});

inFolder("writeTextAtomic() that fails leaves the old file and no other", async (folder) => {
  await denoFiles.makeDirectory(`${folder}/a/b`);
  await assert.rejects(denoFiles.writeTextAtomic(`${folder}/a`, "x"), FileError);
  assert.deepEqual(await denoFiles.list(folder), ["a"]);
});

inFolder("writeTextAtomic() keeps the group of the file whose place it takes", async (folder) => {
  await denoFiles.writeTextAtomic(`${folder}/a`, "one");
  const group = Deno.uid() === 0 ? 4_711 : Deno.gid();
  await Deno.chown(`${folder}/a`, null, group);
  await denoFiles.writeTextAtomic(`${folder}/a`, "two");
  assert.equal((await Deno.stat(`${folder}/a`)).gid, group);
});

inFolder(
  "list() is sorted, stat() returns the type of a path, remove() and rename() do what they say",
  async (folder) => {
    for (const name of ["c", "a", "b"]) await denoFiles.writeTextAtomic(`${folder}/${name}`, name);
    assert.deepEqual(await denoFiles.list(folder), ["a", "b", "c"]);
    const info = await denoFiles.stat(`${folder}/a`);
    assert.deepEqual([info?.isFile, info?.isDirectory, info?.isBlockDevice, info?.sizeBytes], [
      true,
      false,
      false,
      1,
    ]);
    assert.ok(Math.abs((info?.modifiedMs ?? 0) - Date.now()) < 60_000);
    await denoFiles.rename(`${folder}/a`, `${folder}/d`);
    await denoFiles.remove(`${folder}/b`);
    await denoFiles.remove(`${folder}/b`);
    assert.deepEqual(await denoFiles.list(folder), ["c", "d"]);
    assert.equal(await denoFiles.stat(`${folder}/none`), undefined);
  },
);

inFolder(
  "what is not there is a NotFoundError that names the path, with the system's words",
  async (folder) => {
    for (
      const attempt of [
        () => denoFiles.readText(`${folder}/none`),
        () => denoFiles.list(`${folder}/none`),
        () => denoFiles.rename(`${folder}/none`, `${folder}/x`),
        () => denoFiles.writeTextAtomic(`${folder}/none/x`, ""),
      ]
    ) {
      await assert.rejects(attempt, (error: unknown) => {
        assert.ok(error instanceof NotFoundError);
        assert.match(error.message, /^Cannot [a-z]+ "\/.*none.*": No such file or directory$/);
        return true;
      });
    }
  },
);

inFolder("readText() of the daemon reads no FIFO, no device and nothing huge", async (folder) => {
  await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
  using huge = await Deno.open(`${folder}/huge`, { write: true, create: true });
  await huge.truncate(1024 ** 3);
  const readings = [`${folder}/fifo`, "/dev/zero", `${folder}/huge`].map(async (path) =>
    await denoFiles.readText(path).catch((error: Error) => error.message)
  );
  assert.deepEqual(await Promise.all(readings), [
    `Cannot read "${folder}/fifo": it is not a regular file`,
    'Cannot read "/dev/zero": it is not a regular file',
    `Cannot read "${folder}/huge": it has 1073741824 bytes, expected at most 16777216`,
  ]);
});
