/** How lines are grouped and ordered. */
import assert from "node:assert/strict";
import { nodesNamed } from "../config.ts";
import { Model } from "../model.ts";

const PEERS = { alpha: 0, beta: 1, gamma: 2 };

function newModel(): Model {
  const volumes = [0, 1].map((volume) => ({
    volume,
    minor: 10 + volume,
    sizeKib: 65_536,
    backingDev: `/dev/vg/web_${volume}`,
  }));
  const resources = ["web", "db"].map((name, place) => ({ name, port: 7000 + place, volumes }));
  const model = new Model({ nodes: nodesNamed(...Object.keys(PEERS)), resources }, 1);
  model.settle();
  return model;
}

/** Verb and object of a line, with what identifies the object within its resource. */
function gist(line: string): string {
  const [verb, object, ...pairs] = line.split(" ");
  const identity = pairs.filter((pair) => /^(name|conn-name|volume|helper):/.test(pair)).map((pair) =>
    pair.split(":")[1]
  );
  return [verb, object, ...identity].join(" ");
}

Deno.test("a dump has the resource, connections, devices, then for each peer peer-devices and paths", () => {
  const model = newModel();
  assert.deepEqual(model.dump("alpha", "web").map(gist), [
    "exists resource web",
    "exists connection web gamma",
    "exists connection web beta",
    "exists device web 1",
    "exists device web 0",
    "exists peer-device web gamma 1",
    "exists peer-device web gamma 0",
    "exists path web gamma",
    "exists peer-device web beta 1",
    "exists peer-device web beta 0",
    "exists path web beta",
    "exists -",
  ]);
  assert.equal(model.dump("alpha").filter((line) => line.startsWith("exists resource")).length, 2);
  assert.deepEqual(model.dump("alpha", "nosuch"), ["exists -"]);
});

Deno.test("the loss of a peer is one group, and what follows are groups of their own", () => {
  const model = newModel();
  const listener = model.listen("alpha", "web");
  listener.take();
  model.cutConnection("web", "alpha", "beta");
  model.advance(model.nowMs + 5_000);
  const groups = listener.take().map((group) => group.map(gist));
  const first = groups[0] ?? [];
  assert.deepEqual(first.slice(0, 2), ["change resource web", "change connection web beta"]);
  assert.deepEqual(first.slice(2).sort(), ["change peer-device web beta 0", "change peer-device web beta 1"]);
  assert.deepEqual(groups.slice(1), [
    ["change path web beta"],
    ["call helper web beta disconnected"],
    ["response helper web beta disconnected"],
    ["change connection web beta"],
    ["change connection web beta"],
  ]);
});

Deno.test("taking a resource down destroys paths, connections, devices, then the resource", () => {
  const model = newModel();
  const listener = model.listen("alpha", "web");
  listener.take();
  model.runNow("alpha", "drbdadm", "down", "web");
  const destroyed = listener.take().flat().filter((line) => line.startsWith("destroy")).map(gist);
  assert.deepEqual(destroyed, [
    "destroy path web beta",
    "destroy connection web beta",
    "destroy path web gamma",
    "destroy connection web gamma",
    "destroy device web 0",
    "destroy device web 1",
    "destroy resource web",
  ]);
  assert.equal(listener.take().length, 0);
});

Deno.test("blocked is printed when it has changed only", () => {
  const model = newModel();
  const listener = model.listen("alpha", "web");
  assert.ok(
    listener.take().flat().filter((line) => line.includes(" device ")).every((line) =>
      / blocked:no$/.test(line)
    ),
  );
  model.runNow("alpha", "drbdadm", "primary", "web");
  const device = model.open("alpha", "web", 0, "test");
  device?.close();
  const lines = listener.take().flat().filter((line) => line.startsWith("change device"));
  assert.equal(lines.length, 2);
  assert.ok(lines.every((line) => !line.includes("blocked")));
});

Deno.test("counters move with changes of state, or when they are asked for", () => {
  const model = newModel();
  const listener = model.listen("alpha", "web");
  model.runNow("alpha", "drbdadm", "primary", "web");
  const device = model.open("alpha", "web", 0, "test");
  listener.take();
  device?.write(64);
  assert.deepEqual(listener.take(), []);
  model.requestStatistics("alpha", listener);
  assert.match(listener.take().flat().join("\n"), /^change device name:web volume:0 .* written:64 /m);
  model.requestStatistics("alpha", listener);
  assert.deepEqual(listener.take(), []);
});

Deno.test("a rename is one line, and later lines have the new name", () => {
  const model = newModel();
  const [all, old] = [model.listen("alpha"), model.listen("alpha", "web")];
  all.take();
  old.take();
  model.runNow("alpha", "drbdsetup", "rename-resource", "web", "www");
  model.runNow("alpha", "drbdsetup", "primary", "www");
  assert.deepEqual(old.take(), [["rename resource name:web new_name:www"]]);
  const [rename, ...rest] = all.take().flat();
  assert.equal(rename, "rename resource name:web new_name:www");
  assert.ok(rest.length > 0 && rest.every((line) => line.includes("name:www ")));
});

Deno.test("a node that loses power says nothing more, and begins with a dump when it is back", () => {
  const model = newModel();
  model.takeLines("alpha");
  model.crash("alpha");
  model.advance(model.nowMs + 10_000);
  assert.deepEqual(model.takeLines("alpha"), []);
  model.boot("alpha");
  model.advanceUntil(() => model.isPowered("alpha"));
  assert.deepEqual(model.takeLines("alpha"), [["exists -"]]);
});

Deno.test("helpers of quorum loss name volume and minor, and only a Primary calls them", () => {
  const model = newModel();
  model.runNow("alpha", "drbdadm", "primary", "web");
  const listeners = new Map(model.nodeNames.map((node) => [node, model.listen(node, "web")]));
  model.partition([["alpha"], ["beta"], ["gamma"]]);
  model.advance(model.nowMs + 10_000);
  for (const [node, listener] of listeners) {
    const calls = listener.take().flat().filter((line) => line.endsWith("helper:quorum-lost"));
    const expected = [0, 1].map((volume) =>
      `call helper name:web volume:${volume} minor:${10 + volume} helper:quorum-lost`
    );
    assert.deepEqual(calls, node === "alpha" ? expected : []);
  }
});
