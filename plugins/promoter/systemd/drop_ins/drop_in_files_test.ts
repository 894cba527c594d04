import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../../tests/support/simulated/simulated_systemd.ts";
import { DropInFiles } from "./drop_in_files.ts";

const TOP = "/run/systemd/system";
const A = `${TOP}/a.service.d/drbdd.conf`;
const B = `${TOP}/b.service.d/drbdd.conf`;

function world() {
  const effects = new SimulatedEffects();
  const dropIns = DropInFiles.of(effects);
  const write = (wanted: ReadonlyMap<string, string>) => dropIns.write(() => Promise.resolve(wanted));
  const systemd = new SimulatedSystemd(effects.processes, effects.files);
  // As when they have run, or another unit names them.
  systemd.load("a.service", "b.service", "drbd-services@one.target");
  return { effects, systemd, dropIns, write };
}

Deno.test("DropInFiles.write() writes all, then has systemd read them once", async () => {
  const { effects, systemd, write } = world();
  assert.deepEqual(await write(new Map([[A, "a"], [B, "b"]])), []);
  assert.deepEqual(effects.files.all(), { [A]: "a", [B]: "b" });
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
});

Deno.test("DropInFiles.write() lets nobody but root read parameters of agents, and removes them with the drop-ins", async () => {
  const { effects, write } = world();
  const secret = `${TOP}/a.service.d/drbdd-agent.env`;
  await write(new Map([[A, "a"], [secret, "b"]]));
  assert.deepEqual([A, secret].map((path) => effects.files.modes.get(path)), [0o644, 0o600]);
  await write(new Map());
  assert.deepEqual(effects.files.all(), {});
});

Deno.test("DropInFiles.write() does nothing when all is as wanted, and reloads when a text differs", async () => {
  const { effects, systemd, write } = world();
  await write(new Map([[A, "a"]]));
  systemd.called();
  await write(new Map([[A, "a"]]));
  assert.deepEqual(systemd.called(), []);
  await write(new Map([[A, "other"]]));
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
  assert.deepEqual(effects.files.all(), { [A]: "other" });
});

Deno.test("DropInFiles.write() reloads when an earlier drbdd wrote them and did not come to it, otherwise not", async () => {
  const { effects, systemd, write } = world();
  effects.files.put(A, "a");
  systemd.load("a.service");
  await write(new Map([[A, "a"]]));
  assert.deepEqual(systemd.called(), []);
  const another = world();
  another.effects.files.put(A, "a");
  await another.write(new Map([[A, "a"]]));
  assert.deepEqual(another.systemd.called(), ["daemon-reload"]);
});

Deno.test("DropInFiles.write() does not reload for units that systemd has not loaded: it reads them when it needs them", async () => {
  const { systemd, write } = world();
  await write(new Map([[`${TOP}/new.service.d/drbdd.conf`, "n"]]));
  assert.deepEqual(systemd.called(), []);
});

Deno.test("DropInFiles.write() of a drbdd that begins where services run: what follows from that goes before a reload", async () => {
  const { effects, systemd, dropIns, write } = world();
  const promote = `${TOP}/drbd-promote@web.service.d/drbdd.conf`;
  systemd.activate("drbd-promote@web.service");
  const written = write(new Map([[promote, "p"]]));
  await effects.clock.advance(5_000);
  assert.deepEqual(systemd.called(), []);
  dropIns.markObserved("drbd-promote@web.service");
  await effects.clock.advance(1_000);
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
  await written;
});

Deno.test("DropInFiles.check() puts back what vanished, for all who wait in one look, and reloads only if systemd knows otherwise", async () => {
  const { effects, systemd, dropIns, write } = world();
  await write(new Map([[A, "a"], [B, "b"]]));
  systemd.called();
  const before = effects.processes.started.length;
  await Promise.all([dropIns.check(new Map([[A, "a"]])), dropIns.check(new Map([[B, "b"]]))]);
  assert.deepEqual(systemd.called(), []);
  assert.equal(effects.processes.started.length, before + 1);
  await effects.files.remove(B);
  const states = await dropIns.check(new Map([[B, "b"]]));
  assert.deepEqual(effects.files.all(), { [A]: "a", [B]: "b" });
  assert.equal(states.get("b.service")?.get("LoadState"), "loaded");
  assert.deepEqual(systemd.called(), []);
  // "systemctl revert" removes the file, and has systemd read its units again.
  await effects.files.remove(B);
  systemd.load("b.service");
  await dropIns.check(new Map([[B, "b"]]));
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
});

Deno.test("DropInFiles.check() leaves it at a file of the same name in /etc, which goes before ours", async () => {
  const { systemd, dropIns } = world();
  systemd.set("a.service", {
    DropInPaths: "/etc/systemd/system/a.service.d/drbdd.conf",
    NeedDaemonReload: "no",
  });
  await dropIns.check(new Map([[A, "a"]]));
  assert.deepEqual(systemd.called(), []);
});

Deno.test("DropInFiles.write() without anything to write needs no systemd", async () => {
  const { effects, write } = world();
  effects.processes.install("systemctl", undefined);
  assert.deepEqual(await write(new Map()), []);
});

Deno.test("DropInFiles.write() removes drop-ins that nobody wants, with their directories, and nobody else's", async () => {
  const { effects, systemd, write } = world();
  const other = `${TOP}/b.service.d/local.conf`;
  for (const path of [A, B, other, `${TOP}/x.mount.d/drbdd-50-mount.conf`]) effects.files.put(path, "old");
  effects.files.put(`${TOP}/drbd-services@gone.target.d/drbdd-50-before.conf`, "old");
  effects.files.put(`${TOP}/c.service`, "a unit");
  await write(new Map());
  assert.deepEqual(effects.files.all(), { [other]: "old", [`${TOP}/c.service`]: "a unit" });
  assert.deepEqual(await effects.files.list(TOP), ["b.service.d", "c.service"]);
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
});

Deno.test("DropInFiles.write() of changes looks only at what is wanted otherwise than before", async () => {
  const { effects, systemd, dropIns, write } = world();
  await write(new Map([[A, "a"], [B, "b"]]));
  systemd.called();
  const before = effects.processes.started.length;
  const changes = (wanted: ReadonlyMap<string, string>) =>
    dropIns.write(() => Promise.resolve(wanted), false);
  await changes(new Map([[A, "a"], [B, "b"]]));
  assert.equal(effects.processes.started.length, before);
  await changes(new Map([[A, "a"], [B, "other"]]));
  assert.deepEqual(effects.processes.started.slice(before).map(({ argv }) => argv.at(-1)), [
    "b.service",
    "daemon-reload",
  ]);
  await changes(new Map([[A, "a"]]));
  assert.deepEqual(effects.files.all(), { [A]: "a" });
});

Deno.test("DropInFiles.write() of changes removes what was left of an earlier life when its unit is stopped", async () => {
  const { effects, systemd, dropIns, write } = world();
  effects.files.put(B, "b");
  systemd.activate("b.service");
  assert.deepEqual(await write(new Map([[A, "a"]])), ["b.service"]);
  systemd.set("b.service", { ActiveState: "inactive" });
  assert.deepEqual(await dropIns.write(() => Promise.resolve(new Map([[A, "a"]])), false), []);
  assert.deepEqual(effects.files.all(), { [A]: "a" });
});

Deno.test("DropInFiles.write() keeps what ties a running unit to its resource until the unit is stopped", async () => {
  const { effects, systemd, write } = world();
  const promote = `${TOP}/drbd-promote@web.service.d/drbdd.conf`;
  const escalate = `${TOP}/drbd-demote-or-escalate@web.service.d/drbdd.conf`;
  for (const path of [A, B, promote, escalate]) effects.files.put(path, "old");
  systemd.activate("a.service", "drbd-promote@web.service");
  assert.deepEqual(await write(new Map()), [
    "a.service",
    "drbd-promote@web.service",
    "drbd-demote-or-escalate@web.service",
  ]);
  assert.deepEqual(Object.keys(effects.files.all()), [A, escalate, promote]);
  for (const unit of ["a.service", "drbd-promote@web.service"]) {
    systemd.set(unit, { ActiveState: "inactive" });
  }
  assert.deepEqual(await write(new Map()), []);
  assert.deepEqual(effects.files.all(), {});
});

Deno.test("DropInFiles.write() keeps the drop-ins of a whole resource while a unit of it runs", async () => {
  const { effects, systemd, write } = world();
  const target = `${TOP}/drbd-services@web.target.d/drbdd.conf`;
  effects.files.put(target, "[Unit]\nRequires = a.service\n");
  effects.files.put(A, "[Unit]\nBindsTo=drbd-promote@web.service\nAfter = b.service\n");
  effects.files.put(B, "[Unit]\nBindsTo=drbd-promote@web.service\n");
  effects.files.put(`${TOP}/other.service.d/drbdd.conf`, "[Unit]\nBindsTo=drbd-promote@web.service\n");
  systemd.activate("drbd-services@web.target");
  // Started again, the target would start a.service before the promotion.
  assert.deepEqual(await write(new Map()), ["drbd-services@web.target"]);
  assert.deepEqual(Object.keys(effects.files.all()), [A, B, target]);
  systemd.set("drbd-services@web.target", { ActiveState: "inactive" });
  await write(new Map());
  assert.deepEqual(effects.files.all(), {});
});

Deno.test("DropInFiles.write() keeps what holds back a unit whose start waits for its promotion", async () => {
  const { effects, systemd, write } = world();
  for (const path of [A, B]) effects.files.put(path, "old");
  systemd.set("a.service", { ActiveState: "inactive", Job: "12" });
  assert.deepEqual(await write(new Map()), ["a.service"]);
  assert.deepEqual(Object.keys(effects.files.all()), [A]);
});

Deno.test("DropInFiles.write() that failed to reload is made good by the next one", async () => {
  const { systemd, write } = world();
  systemd.verbs.set("daemon-reload", (role) => role.exit(1));
  await assert.rejects(write(new Map([[A, "a"]])), /"systemctl daemon-reload" failed: exit code 1/);
  systemd.verbs.clear();
  await write(new Map([[A, "a"]]));
  assert.deepEqual(systemd.called(), ["daemon-reload", "daemon-reload"]);
});

Deno.test("DropInFiles.write() says which file cannot be written", async () => {
  const { effects, write } = world();
  effects.files.failing.set(A, "Read-only file system");
  await assert.rejects(write(new Map([[A, "a"]])), new RegExp(`Cannot write "${A}"`));
});

Deno.test("DropInFiles: two promoters take turns, and neither goes on before systemd has read everything", async () => {
  const { effects, systemd, write } = world();
  const wanted = new Map([[A, "a"], [B, "b"]]);
  const order: string[] = [];
  systemd.verbs.set("daemon-reload", (role) => {
    order.push("reload");
    systemd.obey(role, "daemon-reload", []);
  });
  await Promise.all([
    write(wanted).then(() => order.push("first")),
    DropInFiles.of(effects).check(wanted).then(() => order.push("second")),
  ]);
  assert.deepEqual(order, ["reload", "first", "second"]);
});

Deno.test("DropInFiles.write(): who waited for his turn writes what is wanted then, not what was", async () => {
  const { effects, dropIns } = world();
  let wanted = new Map([[A, "before the reload"]]);
  const want = () => Promise.resolve(wanted);
  const first = dropIns.write(want);
  const second = dropIns.write(want);
  wanted = new Map([[B, "after it"]]);
  await Promise.all([first, second]);
  assert.deepEqual(effects.files.all(), { [B]: "after it" });
});

Deno.test("DropInFiles.releaseForShutdown() removes what orders drbdd after the target, and reloads once", async () => {
  const { effects, systemd, dropIns, write } = world();
  const [one, two] = ["one", "two"].map((name) => `drbd-services@${name}.target`) as [string, string];
  const before = `${TOP}/${one}.d/drbdd-50-before.conf`;
  await write(new Map([[before, "x"], [`${TOP}/${one}.d/drbdd.conf`, "y"]]));
  systemd.called();
  await dropIns.releaseForShutdown([one, two]);
  assert.deepEqual(Object.keys(effects.files.all()), [`${TOP}/${one}.d/drbdd.conf`]);
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
});

Deno.test("DropInFiles.add() leaves the other files alone", async () => {
  const { effects, systemd, dropIns, write } = world();
  await write(new Map([[A, "a"]]));
  systemd.called();
  await dropIns.add(new Map([[B, "b"]]));
  assert.deepEqual(effects.files.all(), { [A]: "a", [B]: "b" });
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
});
