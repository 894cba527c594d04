import assert from "node:assert/strict";

const DROP_IN = "/run/systemd/system/a.service.d/drbdd.conf";

/** What a purge says where `active` is the only active unit, and whether the drop-in of a.service is left. */
async function purged(active: string): Promise<{ said: string; isLeft: boolean }> {
  const root = await Deno.makeTempDir();
  try {
    const text = await Deno.readTextFile(new URL("purge.sh", import.meta.url));
    // Only below `root`: the paths of this machine are not touched.
    const moved = text.replaceAll(/(?<=[\s"])\/(?=(run|etc|var)\/)/g, `${root}/`);
    assert.doesNotMatch(moved.replaceAll(root, "ROOT"), /(?<!ROOT)\/(run|etc|var)\//);
    await Deno.mkdir(`${root}/run/systemd/system/a.service.d`, { recursive: true });
    await Deno.writeTextFile(`${root}${DROP_IN}`, "");
    const systemctl =
      `systemctl() { for pattern; do case ${active} in $pattern) echo ${active};; esac; done; }`;
    const { code, stdout } = await new Deno.Command("sh", {
      args: ["-euc", `${systemctl}\n${moved}\npurge`],
    }).output();
    assert.equal(code, 0);
    const isLeft = await Deno.stat(`${root}${DROP_IN}`).then(() => true, () => false);
    return { said: new TextDecoder().decode(stdout), isLeft };
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const target of ["drbd-services@web.target", "drbd-services-secondary@web.target"]) {
  Deno.test(`a purge keeps the drop-ins of services that run, with ${target}`, async () => {
    const { said, isLeft } = await purged(target);
    assert.match(said, /services keep running; their drop-ins .* stay/);
    assert.equal(isLeft, true);
  });
}

Deno.test("a purge removes the drop-ins where none of its services runs", async () => {
  assert.deepEqual(await purged("other.target"), { said: "", isLeft: false });
});
