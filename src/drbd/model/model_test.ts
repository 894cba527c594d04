import assert from "node:assert/strict";
import { dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { connectionOf, deviceOf, pathsOf, peerDevicesOf } from "./model.ts";
import { Store } from "../state/store.ts";

const store = new Store();
apply(
  store,
  ...dumpOf("web"),
  line("exists", "device", { volume: 3 }),
  line("exists", "connection", { "peer-node-id": 2, "conn-name": "gamma" }),
  line("exists", "peer-device", { "peer-node-id": 2, volume: 0 }),
  line("exists", "peer-device", { "peer-node-id": 2, volume: 3 }),
  line("exists", "path", { "peer-node-id": 2, local: "ipv4:10.0.0.1:7790" }),
);
const web = store.resource("web");
assert.ok(web);

Deno.test("deviceOf() finds the device of a volume, not of a place in the list", () => {
  assert.equal(deviceOf(web, 3)?.volume, 3);
  assert.equal(deviceOf(web, 1), undefined);
});

Deno.test("connectionOf() finds the connection to a peer", () => {
  assert.equal(connectionOf(web, 2)?.connName, "gamma");
  assert.equal(connectionOf(web, 0), undefined);
});

Deno.test("peerDevicesOf() finds the volumes of a peer", () => {
  assert.deepEqual(peerDevicesOf(web, 2).map(({ volume }) => volume), [0, 3]);
  assert.deepEqual(peerDevicesOf(web, 0), []);
});

Deno.test("pathsOf() finds the paths to a peer", () => {
  assert.deepEqual(pathsOf(web, 2).map(({ local }) => local), ["ipv4:10.0.0.1:7790"]);
  assert.deepEqual(pathsOf(web, 0), []);
});
