import assert from "node:assert/strict";
import { dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { Store } from "./store.ts";

function storeWith(...names: string[]): Store {
  const store = new Store();
  for (const name of names) apply(store, ...dumpOf(name));
  store.touched();
  return store;
}

const ROWS: { name: string; lines: string[]; touched: string[] }[] = [
  { name: "no resource when nothing comes", lines: [], touched: [] },
  {
    name: "a resource whose state changed",
    lines: [line("change", "resource", { role: "Primary" })],
    touched: ["web"],
  },
  {
    name: "a resource of which a counter moved",
    lines: [line("change", "device", { read: 1 })],
    touched: ["web"],
  },
  {
    name: "a resource whose write ordering changed",
    lines: [line("change", "resource", { "write-ordering": "drain" })],
    touched: ["web"],
  },
  { name: "a resource that lost a child", lines: [line("destroy", "path")], touched: ["web"] },
  { name: "a resource that is gone", lines: [line("destroy", "resource")], touched: ["web"] },
  { name: "a new resource", lines: [line("create", "resource", { name: "new" })], touched: ["new"] },
  {
    name: "a resource once, whatever happens to it",
    lines: [line("change", "device", { disk: "Failed" }), line("change", "path", { established: "no" })],
    touched: ["web"],
  },
  {
    name: "a resource once that goes and comes again",
    lines: [line("destroy", "resource"), line("create", "resource")],
    touched: ["web"],
  },
  {
    name: "both names of a resource that is renamed",
    lines: ["rename resource name:web new_name:db"],
    touched: ["db", "web"],
  },
  {
    name: "all names of a resource that is renamed there and back",
    lines: ["rename resource name:web new_name:db", "rename resource name:db new_name:web"],
    touched: ["db", "web"],
  },
  {
    name: "both names of a resource that is renamed and goes",
    lines: ["rename resource name:web new_name:db", line("destroy", "resource", { name: "db" })],
    touched: ["db", "web"],
  },
  {
    name: "several resources",
    lines: [line("change", "device", { name: "mail", read: 1 }), line("change", "device", { read: 1 })],
    touched: ["mail", "web"],
  },
  {
    name: "no resource of which nothing is new",
    lines: [line("change", "resource"), line("change", "device"), line("change", "path")],
    touched: [],
  },
  { name: "no resource for a helper", lines: ["call helper name:web helper:fence-peer"], touched: [] },
];

for (const { name, lines, touched } of ROWS) {
  Deno.test(`Store.touched() names ${name}`, () => {
    const store = storeWith("web", "mail");
    apply(store, ...lines);
    assert.deepEqual(store.touched().toSorted(), touched);
    assert.deepEqual(store.touched().toSorted(), touched);
  });
}

Deno.test("Store.touched() forgets with the next chunk", () => {
  const store = storeWith("web", "mail");
  apply(store, line("change", "device", { read: 1 }));
  assert.deepEqual(store.touched(), ["web"]);
  apply(store, line("change", "device", { name: "mail", read: 1 }));
  assert.deepEqual(store.touched(), ["mail"]);
  apply(store, "rename resource name:mail new_name:post", line("destroy", "resource"));
  assert.deepEqual(store.touched().toSorted(), ["mail", "post", "web"]);
  apply(store);
  assert.deepEqual(store.touched(), []);
});

Deno.test("Store.touched() is right when a snapshot was built in between", () => {
  const store = storeWith("web");
  apply(store, line("change", "device", { read: 1 }));
  store.cluster();
  assert.deepEqual(store.touched(), ["web"]);
});

Deno.test("Store.touched() names the resource of a counter, though it was read in an earlier chunk", () => {
  const store = storeWith("web");
  for (const read of [1, 2]) {
    apply(store, line("change", "device", { read }));
    assert.match(store.resource("web")?.devices[0]?.rawStatistics ?? "", new RegExp(`\\bread:${read} `));
    assert.deepEqual(store.touched(), ["web"]);
  }
});
