/** What nodes know of one another when the network is not what it should be. */
import assert from "node:assert/strict";
import { nodesNamed } from "./config.ts";
import { Model } from "./model.ts";

function settled(): Model {
  const volumes = [{ volume: 0, minor: 7, sizeKib: 102_400, backingDev: "/dev/vg/web" }];
  const nodes = nodesNamed("alpha", "beta", "gamma");
  const model = new Model({ nodes, resources: [{ name: "web", port: 7000, volumes }] }, 1);
  model.settle();
  return model;
}

function wait(model: Model, ms = 20_000): void {
  model.advance(model.nowMs + ms);
}

function admin(model: Model, node: string, ...args: readonly string[]) {
  return model.runNow(node, "drbdadm", ...args);
}

/** The states of a peer's volume that a node reported, in order. */
function reported(lines: readonly string[], peer: string): string[] {
  return lines.filter((line) =>
    line.includes(` peer-device name:web `) && line.includes(` conn-name:${peer} `)
  )
    .map((line) => /replication:(\S+) peer-disk:(\S+)/.exec(line)?.slice(1).join(" ") ?? "");
}

Deno.test("a short interruption loses nothing: what was sent meanwhile arrives afterwards", () => {
  const model = settled();
  model.noticeDelay = () => 3_000;
  const listener = model.listen("alpha");
  listener.take();
  model.cutLink("alpha", "beta");
  model.failDisk("beta", "web", 0);
  wait(model, 1_000);
  assert.deepEqual(reported(listener.take().flat(), "beta"), []);
  model.repairLink("alpha", "beta");
  wait(model);
  assert.deepEqual(reported(listener.take().flat(), "beta"), ["Established Failed", "Established Diskless"]);
});

Deno.test("a Primary that is out of sight, but not out of reach, is a Primary", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  model.cutLink("alpha", "gamma");
  wait(model);
  assert.equal(model.resource("gamma", "web")?.devices[0]?.is.disk, "Outdated");
  const { code, stderr } = admin(model, "gamma", "primary", "web");
  assert.deepEqual([code, stderr.split("\n")[0]], [
    11,
    "web: State change failed: (-1) Multiple primaries not allowed by config",
  ]);
});

Deno.test("data that were resynchronised are not resynchronised again", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  model.cutLink("alpha", "beta");
  model.cutLink("beta", "gamma");
  wait(model);
  model.open("alpha", "web", 0, "mount")?.write(1_024);
  model.heal();
  wait(model);
  const listener = model.listen("beta");
  listener.take();
  model.cutLink("alpha", "beta");
  wait(model);
  model.heal();
  wait(model);
  const states = reported(listener.take().flat(), "alpha");
  assert.ok(states.includes("Off DUnknown"));
  assert.deepEqual(states.filter((state) => /Sync|WFBitMap/.test(state)), []);
});

Deno.test("a promotion waits as long as somebody is asked who does not answer", () => {
  const model = settled();
  model.noticeDelay = () => 3_000;
  model.crash("gamma");
  const startMs = model.nowMs;
  assert.equal(admin(model, "alpha", "primary", "web").code, 0);
  assert.ok(model.nowMs - startMs >= 3_000);
});

Deno.test("a peer that came back before it was missed is noticed at once", () => {
  const model = settled();
  model.noticeDelay = () => 200_000;
  model.crash("gamma");
  wait(model, 1_000);
  assert.equal(model.resource("alpha", "web")?.connectionTo(2)?.is.connection, "Connected");
  const listener = model.listen("alpha");
  listener.take();
  model.boot("gamma");
  model.advanceUntil(() => model.isPowered("gamma"));
  wait(model, 1_000);
  assert.match(listener.take().flat().join("\n"), /conn-name:gamma connection:BrokenPipe role:Unknown/);
});

Deno.test("a cut of one way only parts both, and a write waits until that is noticed", () => {
  const model = settled();
  model.noticeDelay = () => 3_000;
  admin(model, "alpha", "primary", "web");
  const device = model.open("alpha", "web", 0, "a test");
  model.cutWay("beta", "alpha");
  assert.equal(device?.write(64), "suspended");
  wait(model);
  assert.equal(device?.write(64), "written");
  const connection = model.resource("beta", "web")?.connectionTo(0);
  assert.equal(connection?.isConnected, false);
  model.heal();
  wait(model);
  assert.equal(connection?.isConnected, true);
});

Deno.test("a disk that is replaced has nothing, and gets all from a peer", () => {
  const model = settled();
  model.failDisk("beta", "web", 0);
  wait(model);
  model.replaceDisk("beta", "web", 0);
  admin(model, "beta", "adjust", "web");
  wait(model, 100);
  assert.equal(model.resource("beta", "web")?.devices[0]?.is.disk, "Inconsistent");
  wait(model, 60_000);
  assert.equal(model.resource("beta", "web")?.devices[0]?.is.disk, "UpToDate");
});
