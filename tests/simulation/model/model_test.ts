/** What commands and faults do, as an administrator sees it. */
import assert from "node:assert/strict";
import { type ClusterConfig, nodesNamed, type ResourceOptions } from "./config.ts";
import { Model } from "./model.ts";

function cluster(options: Partial<ResourceOptions> = {}, diskless: readonly string[] = []): ClusterConfig {
  const volumes = [{ volume: 0, minor: 7, sizeKib: 102_400, backingDev: "/dev/vg/web" }];
  const nodes = nodesNamed("alpha", "beta", "gamma");
  return { nodes, resources: [{ name: "web", port: 7000, volumes, options, diskless }] };
}

function settled(options: Partial<ResourceOptions> = {}, diskless: readonly string[] = []): Model {
  const model = new Model(cluster(options, diskless), 1);
  model.settle();
  return model;
}

function wait(model: Model, ms = 20_000): void {
  model.advance(model.nowMs + ms);
}

/** The first line of a dump: the resource's. */
function resourceLine(model: Model, node: string): string {
  return model.dump(node)[0] ?? "";
}

function admin(model: Model, node: string, ...args: readonly string[]) {
  return model.runNow(node, "drbdadm", ...args);
}

Deno.test("a Primary that loses quorum fails writes, stays Primary, and may be demoted", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  const device = model.open("alpha", "web", 0, "mount");
  assert.equal(device?.write(4), "written");
  model.partition([["alpha"], ["beta", "gamma"]]);
  wait(model);
  assert.equal(device?.write(4), "io-error");
  assert.match(
    resourceLine(model, "alpha"),
    /role:Primary suspended:no .* may_promote:no promotion_score:0$/,
  );
  assert.match(resourceLine(model, "beta"), /role:Secondary .* may_promote:yes promotion_score:10102$/);
  device?.close();
  assert.equal(admin(model, "alpha", "secondary", "web").code, 0);
});

Deno.test("with suspend-io writes wait while quorum is lost, and go on when it is back", () => {
  const model = settled({ onNoQuorum: "suspend-io" });
  admin(model, "alpha", "primary", "web");
  const device = model.open("alpha", "web", 0, "mount");
  model.partition([["alpha"], ["beta", "gamma"]]);
  wait(model);
  assert.equal(device?.write(4), "suspended");
  assert.match(resourceLine(model, "alpha"), /role:Primary suspended:quorum /);
  const listener = model.listen("alpha");
  listener.take();
  model.heal();
  wait(model);
  assert.equal(device?.write(4), "written");
  const suspended = listener.take().flat().filter((line) => line.startsWith("change resource"))
    .map((line) => `${/suspended:\S+/.exec(line)} ${/promotion_score:\S+/.exec(line)}`);
  assert.equal(suspended[0], "suspended:quorum promotion_score:10102");
  assert.equal(suspended[1], "suspended:no promotion_score:10102");
});

Deno.test("a suspended Primary that meets another one is demoted by force", () => {
  const model = settled({ onNoQuorum: "suspend-io" });
  admin(model, "alpha", "primary", "web");
  const device = model.open("alpha", "web", 0, "mount");
  model.partition([["alpha"], ["beta", "gamma"]]);
  wait(model);
  assert.equal(admin(model, "beta", "primary", "web").code, 0);
  const other = model.open("beta", "web", 0, "mount");
  assert.equal(other?.write(1_000), "written");
  model.heal();
  wait(model);
  assert.match(resourceLine(model, "alpha"), /role:Secondary .*force-io-failures:yes .*promotion_score:0$/);
  assert.equal(device?.write(4), "io-error");
  device?.close();
  assert.match(resourceLine(model, "alpha"), /force-io-failures:no .*promotion_score:10103$/);
});

Deno.test("with io-error an old Primary stays unconnected until it is demoted", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  model.partition([["alpha"], ["beta", "gamma"]]);
  wait(model);
  admin(model, "beta", "primary", "web");
  model.heal();
  wait(model);
  const connections = () => model.resource("alpha", "web")?.connections ?? [];
  assert.deepEqual(connections().map(({ is }) => is.connection), ["Connecting", "Connecting"]);
  assert.deepEqual(connections().map(({ paths }) => paths[0]?.established), [true, true]);
  assert.equal(admin(model, "alpha", "secondary", "web").code, 0);
  wait(model);
  assert.deepEqual(connections().map(({ is }) => is.connection), ["Connected", "Connected"]);
});

Deno.test("a tiebreaker without a disk lets one of two keep quorum, but not if it is lost as well", () => {
  const model = settled({}, ["gamma"]);
  assert.match(model.dump("gamma").join("\n"), /device name:web .* disk:Diskless client:yes .* quorum:yes/);
  admin(model, "alpha", "primary", "web");
  model.crash("beta");
  wait(model);
  assert.match(resourceLine(model, "alpha"), /promotion_score:10101$/);
  const alone = settled({}, ["gamma"]);
  alone.partition([["alpha"], ["beta", "gamma"]]);
  wait(alone);
  assert.match(resourceLine(alone, "alpha"), /promotion_score:0$/);
  assert.match(resourceLine(alone, "beta"), /may_promote:yes promotion_score:10101$/);
});

Deno.test("a lost disk leaves the Primary with its peers' data, and comes back with a resync of what was written", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  const device = model.open("alpha", "web", 0, "mount");
  model.failDisk("alpha", "web", 0);
  wait(model);
  assert.match(resourceLine(model, "alpha"), /role:Primary .* promotion_score:2$/);
  assert.equal(device?.write(512), "written");
  assert.equal(admin(model, "alpha", "attach", "web/0").code, 10);
  model.repairDisk("alpha", "web", 0);
  const listener = model.listen("alpha");
  assert.equal(admin(model, "alpha", "attach", "web/0").code, 0);
  wait(model);
  assert.match(listener.take().flat().join("\n"), /replication:SyncTarget .* out-of-sync:512 /);
  assert.match(resourceLine(model, "alpha"), /promotion_score:10103$/);
});

Deno.test("a resync takes the time its size needs, reports its progress, and goes on where it was cut off", () => {
  const model = settled();
  admin(model, "alpha", "primary", "web");
  model.cutConnection("web", "alpha", "beta");
  model.cutConnection("web", "beta", "gamma");
  wait(model);
  model.open("alpha", "web", 0, "mount")?.write(80 * 1024);
  model.slowness = 10;
  const listener = model.listen("beta");
  model.heal();
  const peers = () =>
    model.resource("beta", "web")?.connections.flatMap(({ peerDevices }) => peerDevices) ?? [];
  model.advanceUntil(() => peers().some(({ is }) => is.replication === "SyncTarget"));
  wait(model, 5_000);
  listener.take();
  model.requestStatistics("beta", listener);
  assert.match(listener.take().flat().join("\n"), /done:2[0-9]\.\d\d .* dbdt1:4\.00 eta:1[0-9]$/m);
  model.cutConnection("web", "alpha", "beta");
  model.cutConnection("web", "beta", "gamma");
  wait(model, 10_000);
  const left = Math.min(...peers().map(({ device, nodeId }) => device.disk?.differsFrom(nodeId) ?? 0));
  assert.ok(left > 10 * 1024 && left < 64 * 1024, `${left} KiB`);
  model.slowness = 1;
  model.heal();
  wait(model, 30_000);
  assert.match(resourceLine(model, "beta"), /promotion_score:10103$/);
});

Deno.test("fencing suspends a Primary that lost a peer until the peer is back, or surely out", () => {
  const model = settled({ fencing: "resource-and-stonith", quorum: "off" });
  // The handler never ends.
  model.helperAnswer = (_, helper) => helper === "fence-peer" ? undefined : 0;
  admin(model, "alpha", "primary", "web");
  model.crash("beta");
  wait(model);
  assert.match(resourceLine(model, "alpha"), /suspended:fencing /);
  model.boot("beta");
  wait(model, 90_000);
  admin(model, "beta", "up", "web");
  wait(model);
  assert.match(resourceLine(model, "alpha"), /suspended:no .*promotion_score:10103$/);
  // It says that the peer was shot.
  model.helperAnswer = (_, helper) => helper === "fence-peer" ? 7 : 0;
  model.crash("beta");
  wait(model);
  assert.match(resourceLine(model, "alpha"), /suspended:no .*promotion_score:10102$/);
  assert.match(model.dump("alpha").join("\n"), /conn-name:beta .* replication:Off peer-disk:Outdated /);
});

Deno.test("two sides that both wrote without the other end StandAlone", () => {
  const model = settled({ quorum: "off" });
  model.partition([["alpha"], ["beta", "gamma"]]);
  wait(model);
  for (const node of ["alpha", "beta"]) {
    assert.equal(admin(model, node, "primary", "web").code, 0);
    const device = model.open(node, "web", 0, "mount");
    assert.equal(device?.write(100), "written");
    device?.close();
    admin(model, node, "secondary", "web");
  }
  const listener = model.listen("alpha");
  model.heal();
  wait(model);
  const states = model.resource("alpha", "web")?.connections.map(({ is }) => is.connection);
  assert.deepEqual(states, ["StandAlone", "StandAlone"]);
  assert.match(listener.take().flat().join("\n"), /^call helper name:web .* helper:split-brain$/m);
});
