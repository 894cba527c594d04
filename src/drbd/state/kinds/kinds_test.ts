import assert from "node:assert/strict";
import { dumpOf, line } from "../../../../tests/support/core/events2_text.ts";
import { apply } from "../../../../tests/support/core/apply_lines.ts";
import { CONNECTIONS, DEVICES, findChild, PATHS, PEER_DEVICES } from "./kinds.ts";
import type { Connection, Device, Path, PeerDevice, Resource } from "../../model/model.ts";
import { Store } from "../store.ts";

Deno.test("a device of which nothing is said has not lost quorum, and no disk state is made up", () => {
  assert.deepEqual(DEVICES.next(undefined, "", { volume: 3 }, undefined), {
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
  assert.deepEqual(CONNECTIONS.next(undefined, "", { peerNodeId: 2 }, undefined), {
    peerNodeId: 2,
    connName: "",
    connectionState: "StandAlone",
    peerRole: "Unknown",
    congested: false,
  });
});

Deno.test("a peer-device of which nothing is said is off and unknown", () => {
  assert.deepEqual(PEER_DEVICES.next(undefined, "", { peerNodeId: 2, volume: 0 }, undefined), {
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
    PATHS.next(undefined, "", { peerNodeId: 2, local: "a", peer: "b" }, undefined).established,
    false,
  );
});

Deno.test("a device whose size is not emitted any more has none, and one of which it is not said keeps it", () => {
  const old = DEVICES.next("upper", "size:8 backing_dev:/dev/a quorum:no", { volume: 0 }, undefined);
  assert.equal(DEVICES.next(undefined, "size:9223372036854775807", { volume: 0 }, old).sizeKib, undefined);
  assert.deepEqual(DEVICES.next(undefined, "quorum:perhaps", { volume: 0 }, old), old);
  assert.deepEqual(DEVICES.next("no", "backing_dev:none", { volume: 0 }, old), {
    ...old,
    backingDev: undefined,
    blocked: [],
  });
});

Deno.test("kinds find the key of a child in its identity, whatever the names look like", () => {
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
  assert.throws(() => DEVICES.keyOf("a peer-node-id:1"), /does not match/);
  assert.throws(() => PATHS.keyOf("a peer-node-id:1 conn-name:b volume:0"), /does not match/);
});

Deno.test("childLike() finds the child of a key, and none of a key that is not there", () => {
  const store = new Store();
  apply(store, ...dumpOf("web"), line("create", "device", { volume: 5 }));
  const web = store.resource("web");
  assert.ok(web);
  assert.equal(findChild(DEVICES, web, { volume: 5 }), web.devices[1]);
  assert.equal(findChild(DEVICES, web, { volume: 1 }), undefined);
  assert.equal(findChild(PEER_DEVICES, web, { peerNodeId: 1, volume: 0 }), web.peerDevices[0]);
  assert.equal(findChild(PEER_DEVICES, web, { peerNodeId: 0, volume: 1 }), undefined);
});

function webOf(): Resource {
  const store = new Store();
  apply(store, ...dumpOf("web"));
  const web = store.resource("web");
  assert.ok(web);
  return web;
}

const WEB = webOf();

interface FieldRow<State> {
  readonly kind: string;
  readonly differ: (a: State, b: State) => boolean;
  readonly state: State | undefined;
  /** Each makes a difference of its own. */
  readonly changes: readonly Partial<State>[];
  /** Each makes none. */
  readonly moves: readonly Partial<State>[];
}

function testFields<State extends object>({ kind, differ, state, changes, moves }: FieldRow<State>): void {
  for (const [list, want] of [[changes, true], [moves, false]] as const) {
    for (const change of list) {
      Deno.test(`a ${kind} differs: ${want}, by ${Object.entries(change).flat().join(" ")} alone`, () => {
        assert.ok(state);
        assert.equal(differ(state, { ...state, ...change }), want);
        assert.equal(differ({ ...state, ...change }, state), want);
      });
    }
  }
}

testFields<Device>({
  kind: "device",
  differ: DEVICES.differ,
  state: WEB.devices[0],
  changes: [
    { diskState: "Failed" },
    { quorum: false },
    { open: "yes" },
    { client: "unknown" },
    { backingDev: undefined },
    { backingDev: "/dev/vg1/web" },
    { minor: 1 },
    { sizeKib: 1 },
    { sizeKib: 9007199254740993n },
  ],
  moves: [{}, { blocked: ["upper"] }, { rawStatistics: "" }],
});

testFields<Connection>({
  kind: "connection",
  differ: CONNECTIONS.differ,
  state: WEB.connections[0],
  changes: [{ connectionState: "Timeout" }, { peerRole: "Primary" }, { congested: true }, { connName: "" }],
  moves: [{}, { rawStatistics: "" }],
});

testFields<PeerDevice>({
  kind: "peer-device",
  differ: PEER_DEVICES.differ,
  state: WEB.peerDevices[0],
  changes: [
    { replicationState: "Off" },
    { peerDiskState: "DUnknown" },
    { peerClient: "yes" },
    { resyncSuspended: ["user"] },
  ],
  moves: [{}, { resyncSuspended: [] }, { rawStatistics: "" }],
});

testFields<Path>({
  kind: "path",
  differ: PATHS.differ,
  state: WEB.paths[0],
  changes: [{ established: false }],
  moves: [{}],
});
