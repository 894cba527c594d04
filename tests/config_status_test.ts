/** A refused reload stays visible until one succeeds: in the status, in metrics, in a file for drbddctl. */
import assert from "node:assert/strict";
import { PLUGINS } from "../plugins/mod.ts";
import { readConfigStatus } from "../src/daemon/status/config_status.ts";
import { AppWorld } from "./support/trials/app_world.ts";

const GOOD = "[[debugger]]\n";
const BAD = 'statistics-poll-interval = "often"\n';
const UMH = '[[umh]]\n[[umh.resource]]\ncommand = "true"\n';

/** Runs a daemon under systemd with a good configuration, while `meanwhile` runs. */
async function withDaemon(meanwhile: (world: AppWorld) => Promise<void>): Promise<void> {
  const world = new AppWorld(PLUGINS);
  world.effects.variables.set("RUNTIME_DIRECTORY", "/run/drbdd");
  await world.effects.files.makeDirectory("/run/drbdd");
  await world.run(GOOD, async () => {
    await world.effects.clock.advance(1_000);
    await meanwhile(world);
  });
}

async function reload(world: AppWorld, config: string): Promise<void> {
  await world.write(config);
  await world.app.reload();
  await world.effects.clock.advance(0);
}

const lastStatus = ({ effects }: AppWorld) =>
  effects.notified.findLast((message) => message.includes("STATUS=")) ?? "";

Deno.test("a configuration that was loaded is noted as such, and the status says nothing of it", async () => {
  await withDaemon(async (world) => {
    const status = await readConfigStatus(world.effects);
    assert.deepEqual([status?.result, status?.errors], ["loaded", []]);
    assert.doesNotMatch(lastStatus(world), /NOT RELOADED/);
  });
});

Deno.test("a reload with errors stays visible until one succeeds, and says since when the one before holds", async () => {
  await withDaemon(async (world) => {
    const first = await readConfigStatus(world.effects);
    await world.effects.clock.advance(5_000);
    await reload(world, BAD);
    const status = await readConfigStatus(world.effects);
    assert.equal(status?.result, "errors");
    assert.equal(status.loadedMs, first?.loadedMs);
    assert.ok(status.beganMs >= (first?.endedMs ?? 0) + 5_000);
    assert.match(status.errors.join(), /^\/etc\/drbdd\.toml:1:\d+: .*statistics-poll-interval/);
    assert.match(lastStatus(world), /CONFIGURATION NOT RELOADED \(1 error\), using that of 20\d\d-/);
    await reload(world, GOOD);
    assert.equal((await readConfigStatus(world.effects))?.result, "loaded");
    assert.doesNotMatch(lastStatus(world), /NOT RELOADED/);
  });
});

Deno.test("a reload that takes a restart stays visible, with what is missing", async () => {
  await withDaemon(async (world) => {
    const kept = { run: [], read: ["/"], write: ["/"], net: false };
    world.permissions.kept = kept;
    await reload(world, UMH);
    const status = await readConfigStatus(world.effects);
    assert.deepEqual([status?.result, status?.errors], ["needsRestart", ["run setsid", "run sh"]]);
    assert.match(lastStatus(world), /CONFIGURATION NOT RELOADED \(it needs a restart\)/);
  });
});

Deno.test("no reload waits for a file system that does not take the note", async () => {
  await withDaemon(async (world) => {
    world.effects.files.writeTextAtomic = () => new Promise(() => {});
    await world.effects.files.makeDirectory("/etc");
    world.effects.files.put("/etc/drbdd.toml", BAD);
    await world.app.reload();
    assert.match(world.said, /Configuration not reloaded/);
  });
});

Deno.test("a reload that removes a resource warns that nothing manages it any more", async () => {
  await withDaemon(async (world) => {
    const promoter = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';
    await reload(world, promoter);
    assert.match(world.said, /promoter: web: managed from now on: a reload found it in the configuration\n/);
    await reload(world, GOOD);
    assert.match(
      world.said,
      /warn promoter: web: no longer managed: the reloaded configuration does not have/,
    );
  });
});
