import assert from "node:assert/strict";
import { dumpOf, line } from "../../tests/support/events2_text.ts";
import { apply } from "../../tests/support/stored.ts";
import type { StateEvent } from "./event.ts";
import { childLike, CONNECTIONS, DEVICES, PATHS, PEER_DEVICES } from "./kinds.ts";
import { Store } from "./store.ts";

const event = (blocked?: string): StateEvent => ({
  object: "device",
  verb: "create",
  identity: "",
  state: "",
  statistics: "",
  blocked,
});

Deno.test("a device of which nothing is said has not lost quorum, and no disk state is made up", () => {
  assert.deepEqual(DEVICES.next(event(), "", { volume: 3 }, undefined), {
    volume: 3,
    minor: undefined,
    backingDev: undefined,
    diskState: "DUnknown",
    client: "unknown",
    open: "unknown",
    quorum: true,
    sizeKib: undefined,
    blocked: [],
  });
});

Deno.test("a connection of which nothing is said is down", () => {
  assert.deepEqual(CONNECTIONS.next(event(), "", { peerNodeId: 2 }, undefined), {
    peerNodeId: 2,
    connName: "",
    connectionState: "StandAlone",
    peerRole: "Unknown",
    congested: false,
  });
});

Deno.test("a peer-device of which nothing is said is off and unknown", () => {
  assert.deepEqual(PEER_DEVICES.next(event(), "", { peerNodeId: 2, volume: 0 }, undefined), {
    peerNodeId: 2,
    volume: 0,
    replicationState: "Off",
    peerDiskState: "DUnknown",
    peerClient: "unknown",
    resyncSuspended: [],
  });
});

Deno.test("a path of which nothing is said is not established", () => {
  assert.equal(
    PATHS.next(event(), "", { peerNodeId: 2, local: "a", peer: "b" }, undefined).established,
    false,
  );
});

Deno.test("a device whose size is not told any more has none, and one of which it is not said keeps it", () => {
  const old = DEVICES.next(event("upper"), "size:8 backing_dev:/dev/a quorum:no", { volume: 0 }, undefined);
  assert.equal(DEVICES.next(event(), "size:9223372036854775807", { volume: 0 }, old).sizeKib, undefined);
  assert.deepEqual(DEVICES.next(event(), "quorum:perhaps", { volume: 0 }, old), old);
  assert.deepEqual(DEVICES.next(event("no"), "backing_dev:none", { volume: 0 }, old), {
    ...old,
    backingDev: undefined,
    blocked: [],
  });
});

Deno.test("the kinds find in an identity what tells a child from its like, whatever the names look like", () => {
  assert.deepEqual(DEVICES.keyOf("volume:7 volume:1"), { volume: 1 });
  assert.deepEqual(CONNECTIONS.keyOf("a:b peer-node-id:31"), { peerNodeId: 31 });
  assert.deepEqual(PEER_DEVICES.keyOf("a peer-node-id:2 conn-name: volume:10"), {
    peerNodeId: 2,
    volume: 10,
  });
  assert.deepEqual(PATHS.keyOf("a peer-node-id:2 conn-name:volume:3 local:ipv6:[::1]:1 peer:peer:2"), {
    peerNodeId: 2,
    local: "ipv6:[::1]:1",
    peer: "peer:2",
  });
});

Deno.test("the kinds refuse an identity that is none of theirs, as a broken invariant", () => {
  assert.throws(() => DEVICES.keyOf("a peer-node-id:1"), /has not the form/);
  assert.throws(() => PATHS.keyOf("a peer-node-id:1 conn-name:b volume:0"), /has not the form/);
});

Deno.test("childLike() finds the child of a key, and none of a key that is not there", () => {
  const store = new Store();
  apply(store, ...dumpOf("web"), line("create", "device", { volume: 5 }));
  const web = store.resource("web");
  assert.ok(web);
  assert.equal(childLike(DEVICES, web, { volume: 5 }), web.devices[1]);
  assert.equal(childLike(DEVICES, web, { volume: 1 }), undefined);
  assert.equal(childLike(PEER_DEVICES, web, { peerNodeId: 1, volume: 0 }), web.peerDevices[0]);
  assert.equal(childLike(PEER_DEVICES, web, { peerNodeId: 0, volume: 1 }), undefined);
});
