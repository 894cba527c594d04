/** Snapshots: what they share, how long they stay valid, and what remains of a resource that was removed. */
import assert from "node:assert/strict";
import { dumpOf, line } from "../../../../tests/support/core/events2_text.ts";
import { apply } from "../../../../tests/support/core/apply_lines.ts";
import type { Resource } from "../../model/model.ts";
import { Store } from "../store.ts";

function storeWith(...names: string[]): Store {
  const store = new Store();
  for (const name of names) apply(store, ...dumpOf(name));
  return store;
}

function resource(store: Store, name = "web"): Resource {
  const found = store.resource(name);
  assert.ok(found, name);
  return found;
}

Deno.test("a snapshot is the same object until something changes", () => {
  const store = storeWith("web", "mail");
  const before = store.cluster();
  assert.equal(store.cluster(), before);
  assert.equal(store.resource("web"), before.get("web"));
  apply(store, "call helper name:web helper:fence-peer");
  assert.equal(store.cluster(), before);
});

Deno.test("a snapshot shares with the next one what did not change", () => {
  const store = storeWith("web", "mail");
  apply(store, line("create", "device", { volume: 1 }));
  const [before, old] = [store.cluster(), resource(store)];
  apply(store, line("change", "device", { volume: 1, read: 1 }));
  const [after, now] = [store.cluster(), resource(store)];
  assert.notEqual(after, before);
  assert.equal(after.get("mail"), before.get("mail"));
  assert.notEqual(now, old);
  assert.equal(now.devices[0], old.devices[0]);
  assert.notEqual(now.devices[1], old.devices[1]);
  assert.equal(now.connections[0], old.connections[0]);
  assert.equal(now.peerDevices[0], old.peerDevices[0]);
  assert.equal(now.paths[0], old.paths[0]);
});

Deno.test("a snapshot is the same object after lines that change nothing", () => {
  const store = storeWith("web");
  const before = store.cluster();
  const { orphans } = apply(
    store,
    line("change", "resource"),
    line("change", "device"),
    line("change", "connection"),
    line("change", "peer-device"),
    line("change", "path"),
  );
  assert.deepEqual(orphans, []);
  assert.deepEqual(store.touched(), []);
  assert.equal(store.cluster(), before);
});

const LATER: { name: string; lines: string[] }[] = [
  { name: "a change of the resource", lines: [line("change", "resource", { role: "Primary" })] },
  { name: "a change of a device", lines: [line("change", "device", { disk: "Failed", read: 1 })] },
  { name: "a new device", lines: [line("create", "device", { volume: 1 })] },
  { name: "the end of a connection", lines: [line("destroy", "connection")] },
  { name: "the end of the resource", lines: [line("destroy", "resource")] },
  { name: "a rename", lines: ["rename resource name:web new_name:db"] },
  {
    name: "end and new beginning of the resource",
    lines: [line("destroy", "resource"), line("create", "resource")],
  },
];

for (const { name, lines } of LATER) {
  Deno.test(`a snapshot stays unchanged after ${name}`, () => {
    const store = storeWith("web");
    const before = resource(store);
    const copy = structuredClone(before);
    const cluster = store.cluster();
    apply(store, ...lines);
    assert.deepEqual(before, copy);
    assert.equal(cluster.get("web"), before);
    assert.notEqual(store.resource("web"), before);
  });
}

Deno.test("every update of a chunk shows the resource as it stands after the chunk", () => {
  const store = storeWith("web");
  const { updates } = apply(
    store,
    line("change", "resource", { may_promote: "no" }),
    line("change", "device", { disk: "Failed", read: 5 }),
    line("create", "device", { volume: 1 }),
    line("destroy", "path"),
  );
  assert.equal(updates.length, 4);
  for (const update of updates) assert.equal(update.resource, store.resource("web"));
  assert.equal(updates[0]?.resource.devices[0]?.diskState, "Failed");
  assert.deepEqual(updates[0]?.resource.paths, []);
});

Deno.test("updates of a resource that goes show it as it was before it went", () => {
  const store = storeWith("web");
  const { updates } = apply(
    store,
    line("change", "device", { disk: "Failed", read: 5 }),
    line("destroy", "connection"),
    line("destroy", "resource"),
  );
  const last = updates[0]?.resource;
  assert.ok(last);
  for (const update of updates) assert.equal(update.resource, last);
  assert.equal(last.devices[0]?.diskState, "Failed");
  assert.match(last.devices[0]?.rawStatistics ?? "", /^read:5 /);
  assert.deepEqual(last.connections, []);
  assert.equal(store.resource("web"), undefined);
});

Deno.test("updates of a resource that comes again in the same chunk show each its own", () => {
  const store = storeWith("web");
  const old = resource(store);
  const { updates } = apply(
    store,
    line("destroy", "resource"),
    line("create", "resource", { may_promote: "no" }),
    line("create", "device", { minor: 3 }),
  );
  const born = updates.findIndex(({ type }) => type === "create");
  for (const update of updates.slice(0, born)) assert.equal(update.resource, old);
  for (const update of updates.slice(born)) assert.equal(update.resource, resource(store));
  assert.equal(resource(store).devices[0]?.minor, 3);
});

Deno.test("updates of a resource that is renamed show it under its new name", () => {
  const store = storeWith("web");
  const { updates } = apply(
    store,
    line("change", "device", { disk: "Failed" }),
    "rename resource name:web new_name:db",
    line("change", "device", { name: "db", disk: "UpToDate" }),
  );
  assert.deepEqual(updates.map(({ name }) => name), ["web", "web", "db"]);
  for (const update of updates) assert.equal(update.resource, resource(store, "db"));
  assert.equal(resource(store, "db").name, "db");
});
