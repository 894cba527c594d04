import assert from "node:assert/strict";
import { SimulatedEffects } from "../../tests/support/simulated_effects.ts";
import { SimulatedSystemd } from "../../tests/support/simulated_systemd.ts";
import { DropInFiles } from "./drop_in_files.ts";

const TOP = "/run/systemd/system";
const A = `${TOP}/a.service.d/drbdd.conf`;
const B = `${TOP}/b.service.d/drbdd.conf`;

function world() {
  const effects = new SimulatedEffects();
  const dropIns = DropInFiles.of(effects);
  const write = (wanted: ReadonlyMap<string, string>) => dropIns.write(() => Promise.resolve(wanted));
  return { effects, systemd: new SimulatedSystemd(effects.processes), dropIns, write };
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

Deno.test("DropInFiles.write() reloads when an earlier drbdd wrote them: it may not have come to it", async () => {
  const { effects, systemd, write } = world();
  effects.files.put(A, "a");
  await write(new Map([[A, "a"]]));
  assert.deepEqual(systemd.called(), ["daemon-reload"]);
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
  await assert.rejects(write(new Map([[A, "a"]])), new RegExp(`Cannot read "${A}"`));
});

Deno.test("DropInFiles: two promoters take turns, and neither goes on before systemd has read everything", async () => {
  const { effects, systemd, write } = world();
  const wanted = new Map([[A, "a"], [B, "b"]]);
  const order: string[] = [];
  systemd.verbs.set("daemon-reload", (role) => {
    order.push("reload");
    role.exit(0);
  });
  await Promise.all([
    write(wanted).then(() => order.push("first")),
    DropInFiles.of(effects).write(() => Promise.resolve(wanted)).then(() => order.push("second")),
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

Deno.test("DropInFiles.letShutdownPass() removes what orders drbdd after the target, and reloads once", async () => {
  const { effects, systemd, dropIns, write } = world();
  const [one, two] = ["one", "two"].map((name) => `drbd-services@${name}.target`) as [string, string];
  const before = `${TOP}/${one}.d/drbdd-50-before.conf`;
  await write(new Map([[before, "x"], [`${TOP}/${one}.d/drbdd.conf`, "y"]]));
  systemd.called();
  await dropIns.letShutdownPass([one, two]);
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
