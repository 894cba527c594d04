import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Resource } from "./model.ts";

const named = (name: string): Resource => ({
  name,
  role: "Secondary",
  suspended: [],
  forceIoFailures: false,
  writeOrdering: undefined,
  mayPromote: false,
  promotionScore: 0,
  devices: [],
  connections: [],
  peerDevices: [],
  paths: [],
});

Deno.test("Cluster has its resources in the order of code units, the same on every machine", () => {
  const names = ["b", "a10", "a", "ä", "B", "a2", "€", "_", "-", "0", "aa", "𝄞"];
  const sorted = ["-", "0", "B", "_", "a", "a10", "a2", "aa", "b", "ä", "€", "𝄞"];
  for (const order of [names, names.toReversed(), sorted]) {
    assert.deepEqual(Array.from(Cluster.of(order.map(named)), ({ name }) => name), sorted);
  }
});

Deno.test("Cluster finds resources by name", () => {
  const [a, b] = [named("a"), named("b")];
  const cluster = Cluster.of([b, a]);
  assert.equal(cluster.size, 2);
  assert.equal(cluster.get("a"), a);
  assert.equal(cluster.get("b"), b);
  assert.ok(cluster.has("a"));
  for (const name of ["c", "", "A", "toString", "__proto__"]) {
    assert.equal(cluster.get(name), undefined, name);
    assert.ok(!cluster.has(name), name);
  }
});

Deno.test("Cluster.EMPTY has nothing", () => {
  assert.equal(Cluster.EMPTY.size, 0);
  assert.deepEqual([...Cluster.EMPTY], []);
  assert.ok(!Cluster.EMPTY.has("a"));
});

Deno.test("Cluster does not change with the list it was made of", () => {
  const resources = [named("a")];
  const cluster = Cluster.of(resources);
  resources.push(named("b"));
  assert.deepEqual(Array.from(cluster, ({ name }) => name), ["a"]);
  assert.ok(!cluster.has("b"));
});
