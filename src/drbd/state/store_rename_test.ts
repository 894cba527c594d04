import assert from "node:assert/strict";
import { dumpOf, line, type Values } from "../../../tests/support/core/events2_text.ts";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import type { StateObject } from "../events2/event.ts";
import { Store } from "./store.ts";

const rename = (from: string, to: string) => `rename resource name:${from} new_name:${to}`;

function storeWith(...names: string[]): Store {
  const store = new Store();
  for (const name of names) apply(store, ...dumpOf(name));
  return store;
}

const CHILDREN: { object: StateObject; values: Values; text: (name: string) => string }[] = [
  {
    object: "device",
    values: { disk: "Failed" },
    text: (name) => `change device ${name} volume=0 diskState=UpToDate->Failed`,
  },
  {
    object: "connection",
    values: { congested: "yes" },
    text: (name) => `change connection ${name} peerNodeId=1 congested=no->yes`,
  },
  {
    object: "peer-device",
    values: { "peer-disk": "Outdated" },
    text: (name) => `change peer-device ${name} peerNodeId=1 volume=0 peerDiskState=UpToDate->Outdated`,
  },
  {
    object: "path",
    values: { established: "no" },
    text: (name) =>
      `change path ${name} peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.0.2:7789 established=yes->no`,
  },
];

for (const { object, values, text } of CHILDREN) {
  for (const to of ["a-longer-name", "w", "web2"]) {
    Deno.test(`Store finds a ${object} after a rename to ${to}, and not under the old name`, () => {
      const store = storeWith("web");
      const renamed = apply(store, rename("web", to));
      assert.deepEqual(renamed.texts, [`rename resource web newName=${to}`]);
      const byOldName = line("change", object, { ...values });
      assert.deepEqual(apply(store, byOldName), { updates: [], texts: [], orphans: [byOldName] });
      assert.deepEqual(apply(store, line("change", object, { ...values, name: to })).texts, [text(to)]);
    });
  }

  Deno.test(`Store finds a ${object} after a rename there and back`, () => {
    const store = storeWith("web");
    apply(store, rename("web", "db"), rename("db", "web"));
    assert.deepEqual(apply(store, line("change", object, values)).texts, [text("web")]);
  });
}

Deno.test("Store keeps everything of a renamed resource but its name", () => {
  const store = storeWith("web");
  const { name: _, ...before } = store.resource("web") ?? {};
  apply(store, rename("web", "db"));
  const { name, ...after } = store.resource("db") ?? {};
  assert.equal(name, "db");
  assert.deepEqual(after, before);
  assert.equal(store.resource("web"), undefined);
  assert.deepEqual(Array.from(store.cluster(), (resource) => resource.name), ["db"]);
});

Deno.test("Store takes a new resource of the old name for another one", () => {
  const store = storeWith("web");
  apply(store, rename("web", "db"), ...dumpOf("web"), line("change", "device", { disk: "Failed" }));
  assert.equal(store.resource("web")?.devices[0]?.diskState, "Failed");
  assert.equal(store.resource("db")?.devices[0]?.diskState, "UpToDate");
  apply(store, line("destroy", "resource", { name: "db" }));
  assert.deepEqual(Array.from(store.cluster(), ({ name }) => name), ["web"]);
  assert.equal(store.resource("web")?.devices.length, 1);
});

Deno.test("Store lets two resources change names over a third one", () => {
  const store = storeWith("a", "b");
  apply(
    store,
    line("change", "device", { name: "a", minor: 1 }),
    line("change", "device", { name: "b", minor: 2 }),
  );
  const { orphans } = apply(store, rename("a", "c"), rename("b", "a"), rename("c", "b"));
  assert.deepEqual(orphans, []);
  assert.equal(store.resource("a")?.devices[0]?.minor, 2);
  assert.equal(store.resource("b")?.devices[0]?.minor, 1);
});

Deno.test("Store destroys a renamed resource with all its children", () => {
  const store = storeWith("web");
  apply(store, rename("web", "db"));
  assert.deepEqual(apply(store, line("destroy", "resource", { name: "db" })).texts, [
    "destroy peer-device db peerNodeId=1 volume=0",
    "destroy path db peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.0.2:7789",
    "destroy connection db peerNodeId=1",
    "destroy device db volume=0",
    "destroy resource db",
  ]);
  assert.equal(store.cluster().size, 0);
  assert.deepEqual(apply(store, ...dumpOf("db")).orphans, []);
});
