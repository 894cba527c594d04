import assert from "node:assert/strict";
import { fileCallsFor } from "./file_calls.ts";

const MOST_IN_A_TURN = 400;

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Turns of the event loop while `action` goes on. */
async function turnsDuring(action: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const counting = (async () => {
    while (!isOver) {
      await new Promise((resolve) => void setImmediate(resolve));
      turns++;
    }
  })();
  await action.finally(() => isOver = true);
  await counting;
  return turns;
}

for (const isInMemory of [true, false]) {
  Deno.test(`fileCallsFor(): all calls do what Deno's do, in memory: ${isInMemory}`, async () => {
    await inFolder(async (folder) => {
      const calls = fileCallsFor(`${folder}/x`, isInMemory ? [folder] : []);
      await calls.mkdir(`${folder}/a/b`);
      await calls.mkdir(`${folder}/a/b`);
      await calls.writeTextFile(`${folder}/a/one`, "text", 0o600);
      assert.equal(((await calls.stat(`${folder}/a/one`)).mode ?? 0) & 0o777, 0o600);
      await Deno.writeTextFile(`${folder}/before`, "");
      if (Deno.uid() === 0) await Deno.chown(`${folder}/before`, null, 4_711);
      await calls.keepGroup(`${folder}/before`, `${folder}/a/one`);
      const { gid } = await calls.stat(`${folder}/a/one`);
      if (!isInMemory && Deno.uid() === 0) assert.equal(gid, 4_711);
      await calls.rename(`${folder}/a/one`, `${folder}/a/two`);
      assert.equal(await calls.readTextFile(`${folder}/a/two`), "text");
      assert.deepEqual((await calls.names(`${folder}/a`)).sort(), ["b", "two"]);
      await calls.remove(`${folder}/a/two`);
      await assert.rejects(calls.remove(`${folder}/a/two`), Deno.errors.NotFound);
      await assert.rejects(calls.stat(`${folder}/a/two`), Deno.errors.NotFound);
    });
  });
}

Deno.test("fileCallsFor(): hundreds of calls in memory take a turn of the event loop for each 400 of them", async () => {
  await inFolder(async (folder) => {
    const calls = fileCallsFor(`${folder}/x`, [folder]);
    const lookThrice = async () => {
      for (let round = 0; round < 3; round++) await calls.stat(folder);
    };
    const turns = await turnsDuring(Promise.all(Array.from({ length: MOST_IN_A_TURN }, lookThrice)));
    assert.ok(turns >= 2 && turns <= 5, `${turns} turns`);
  });
});

Deno.test("fileCallsFor(): systemd's drop-ins and drbdd's own files are in memory; a disk mounted in /run is not", () => {
  const [dropIn, own, disk, configuration] = [
    "/run/systemd/system/a.service.d/drbdd.conf",
    "/run/drbdd/promoted/web",
    "/run/media/disk/web.toml",
    "/etc/drbdd.toml",
  ].map((path) => fileCallsFor(path));
  assert.equal(dropIn, own);
  assert.notEqual(own, disk);
  assert.equal(disk, configuration);
});
