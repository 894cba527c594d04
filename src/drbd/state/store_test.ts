import assert from "node:assert/strict";
import { dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { deviceOf } from "../model/model.ts";
import { deviceStatistics } from "../model/statistics.ts";
import { Store } from "./store.ts";

/** A store that knows the resource "web", and others. */
function storeWith(...names: string[]): Store {
  const store = new Store();
  for (const name of ["web", ...names]) apply(store, ...dumpOf(name));
  return store;
}

const PATH_TEXT = "peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.0.2:7789";

Deno.test("Store publishes a new object with its whole state, and has it in the snapshot", () => {
  const store = new Store();
  const { texts } = apply(store, ...dumpOf("web").map((text) => text.replace("exists", "create")));
  assert.deepEqual(texts, [
    "create resource web role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
    "promotionScore=10102",
    "create connection web peerNodeId=1 connName=beta connectionState=Connected peerRole=Secondary congested=no",
    "create device web volume=0 minor=1000 backingDev=/dev/vg0/web diskState=UpToDate client=no open=no " +
    "quorum=yes sizeKib=1048576 blocked=no",
    "create peer-device web peerNodeId=1 volume=0 replicationState=Established peerDiskState=UpToDate " +
    "peerClient=no resyncSuspended=no",
    `create path web ${PATH_TEXT} established=yes`,
  ]);
  assert.deepEqual(store.resource("web"), {
    name: "web",
    role: "Secondary",
    suspended: [],
    forceIoFailures: false,
    writeOrdering: "flush",
    mayPromote: true,
    promotionScore: 10102,
    devices: [{
      volume: 0,
      minor: 1000,
      backingDev: "/dev/vg0/web",
      diskState: "UpToDate",
      client: "no",
      open: "no",
      quorum: true,
      sizeKib: 1048576,
      blocked: [],
      rawStatistics:
        "read:0 written:0 al-writes:0 bm-writes:0 upper-pending:0 lower-pending:0 al-suspended:no",
    }],
    connections: [{
      peerNodeId: 1,
      connName: "beta",
      connectionState: "Connected",
      peerRole: "Secondary",
      congested: false,
      rawStatistics: "ap-in-flight:0 rs-in-flight:0",
    }],
    peerDevices: [{
      peerNodeId: 1,
      volume: 0,
      replicationState: "Established",
      peerDiskState: "UpToDate",
      peerClient: "no",
      resyncSuspended: [],
      rawStatistics: "received:0 sent:0 out-of-sync:0 pending:0 unacked:0",
    }],
    paths: [{ peerNodeId: 1, local: "ipv4:10.0.0.1:7789", peer: "ipv4:10.0.0.2:7789", established: true }],
  });
});

Deno.test("Store publishes a change with the exact states before and after it", () => {
  const store = storeWith();
  const before = store.resource("web")?.devices[0];
  assert.ok(before);
  const { rawStatistics: _, ...old } = before;
  const { updates } = apply(store, line("change", "device", { disk: "Failed", quorum: "no" }));
  assert.deepEqual(updates, [{
    kind: "device",
    type: "change",
    name: "web",
    volume: 0,
    old,
    new: { ...old, diskState: "Failed", quorum: false },
    resource: store.resource("web"),
  }]);
});

interface ChangeRow {
  readonly name: string;
  readonly lines: readonly string[];
  readonly texts: readonly string[];
}

/** What is applied to the resource "web", and what is emitted. */
const CHANGES: ChangeRow[] = [
  {
    name: "each change of a chunk, also when the next takes it back",
    lines: [line("change", "device", { disk: "Failed" }), line("change", "device")],
    texts: [
      "change device web volume=0 diskState=UpToDate->Failed",
      "change device web volume=0 diskState=Failed->UpToDate",
    ],
  },
  {
    name: "a change of every part of a resource",
    lines: [
      line("change", "resource", {
        role: "Primary",
        suspended: "quorum",
        "force-io-failures": "yes",
        "write-ordering": "drain",
        may_promote: "no",
        promotion_score: 0,
      }),
    ],
    texts: [
      "change resource web role=Secondary->Primary suspended=no->quorum forceIoFailures=no->yes " +
      "writeOrdering=flush->drain mayPromote=yes->no promotionScore=10102->0",
    ],
  },
  {
    name: "a change of every part of a device",
    lines: [
      line("change", "device", {
        minor: 7,
        backing_dev: "none",
        disk: "Diskless",
        client: "yes",
        open: "yes",
        quorum: "no",
        size: 4,
        blocked: "upper",
      }),
    ],
    texts: [
      "change device web volume=0 minor=1000->7 backingDev=/dev/vg0/web->- diskState=UpToDate->Diskless " +
      "client=no->yes open=no->yes quorum=yes->no sizeKib=1048576->4 blocked=no->upper",
    ],
  },
  {
    name: "a change of every part of a connection",
    lines: [
      line("change", "connection", {
        "conn-name": "gamma",
        connection: "Timeout",
        role: "Unknown",
        congested: "yes",
      }),
    ],
    texts: [
      "change connection web peerNodeId=1 connName=beta->gamma connectionState=Connected->Timeout " +
      "peerRole=Secondary->Unknown congested=no->yes",
    ],
  },
  {
    name: "a change of every part of a peer-device",
    lines: [
      line("change", "peer-device", {
        replication: "Off",
        "peer-disk": "DUnknown",
        "peer-client": "unknown",
        "resync-suspended": "user,peer",
      }),
    ],
    texts: [
      "change peer-device web peerNodeId=1 volume=0 replicationState=Established->Off " +
      "peerDiskState=UpToDate->DUnknown peerClient=no->unknown resyncSuspended=no->user,peer",
    ],
  },
  {
    name: "a change of a path",
    lines: [line("change", "path", { established: "no" })],
    texts: [`change path web ${PATH_TEXT} established=yes->no`],
  },
  {
    name: "words it does not know",
    lines: [line("change", "device", { disk: "?" }), line("change", "connection", { connection: "Waving" })],
    texts: [
      "change device web volume=0 diskState=UpToDate->?",
      "change connection web peerNodeId=1 connectionState=Connected->Waving",
    ],
  },
  {
    name: "what a partial line says, and keeps the rest",
    lines: [
      "change device name:web volume:0 disk:Failed",
      "change device name:web volume:0 open:yes",
      "change resource name:web role:Primary",
    ],
    texts: [
      "change device web volume=0 diskState=UpToDate->Failed",
      "change device web volume=0 open=no->yes",
      "change resource web role=Secondary->Primary writeOrdering=flush->-",
    ],
  },
  {
    name: "a second creation of something known as a change",
    lines: [line("create", "device", { disk: "Failed" }), line("create", "resource")],
    texts: ["change device web volume=0 diskState=UpToDate->Failed"],
  },
  {
    name: "a change of something unknown as its creation",
    lines: [line("change", "path", { peer: "ipv4:10.0.1.2:7789" })],
    texts: ["create path web peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.1.2:7789 established=yes"],
  },
  {
    name: "the call and the answer of a helper",
    lines: [
      "call helper name:web peer-node-id:1 conn-name:beta helper:fence-peer",
      "response helper name:web peer-node-id:1 conn-name:beta helper:fence-peer status:1792",
    ],
    texts: [
      "call helper web helper=fence-peer peerNodeId=1 connName=beta",
      "response helper web helper=fence-peer peerNodeId=1 connName=beta status=1792",
    ],
  },
  {
    name: "the end of a path",
    lines: [line("destroy", "path")],
    texts: [`destroy path web ${PATH_TEXT}`],
  },
  {
    name: "the end of a connection after that of its peer-devices and paths",
    lines: [line("destroy", "connection")],
    texts: [
      "destroy peer-device web peerNodeId=1 volume=0",
      `destroy path web ${PATH_TEXT}`,
      "destroy connection web peerNodeId=1",
    ],
  },
  {
    name: "the end of a device after that of its peer-devices",
    lines: [line("destroy", "device")],
    texts: ["destroy peer-device web peerNodeId=1 volume=0", "destroy device web volume=0"],
  },
  {
    name: "the end of a resource after that of all its children",
    lines: [line("destroy", "resource")],
    texts: [
      "destroy peer-device web peerNodeId=1 volume=0",
      `destroy path web ${PATH_TEXT}`,
      "destroy connection web peerNodeId=1",
      "destroy device web volume=0",
      "destroy resource web",
    ],
  },
  {
    name: "end and new beginning of a resource in one chunk",
    lines: [
      line("destroy", "resource"),
      line("create", "resource", { may_promote: "no" }),
      line("create", "device", { minor: 3 }),
    ],
    texts: [
      "destroy peer-device web peerNodeId=1 volume=0",
      `destroy path web ${PATH_TEXT}`,
      "destroy connection web peerNodeId=1",
      "destroy device web volume=0",
      "destroy resource web",
      "create resource web role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=no " +
      "promotionScore=10102",
      "create device web volume=0 minor=3 backingDev=/dev/vg0/web diskState=UpToDate client=no open=no " +
      "quorum=yes sizeKib=1048576 blocked=no",
    ],
  },
  {
    name: "nothing of a line that repeats what is known",
    lines: dumpOf("web").map((text) => text.replace("exists", "change")),
    texts: [],
  },
  {
    name: "nothing of counters, write ordering and waiting requests",
    lines: [
      line("change", "device", { read: 1, "upper-pending": 2, blocked: "upper" }),
      line("change", "connection", { "ap-in-flight": 8 }),
      line("change", "peer-device", { done: "1.00", "out-of-sync": 4, dbdt1: "0.50", eta: 9 }),
      line("change", "resource", { "write-ordering": "drain" }),
    ],
    texts: [],
  },
];

for (const { name, lines, texts } of CHANGES) {
  Deno.test(`Store publishes ${name}`, () => {
    const emitted = apply(storeWith(), ...lines);
    assert.deepEqual(emitted.texts, texts);
    assert.deepEqual(emitted.orphans, []);
  });
}

const ORPHANS: { name: string; lines: string[] }[] = [
  { name: "a device of an unknown resource", lines: [line("change", "device", { name: "db" })] },
  { name: "the end of an unknown resource", lines: [line("destroy", "resource", { name: "db" })] },
  { name: "the end of an unknown device", lines: [line("destroy", "device", { volume: 1 })] },
  { name: "the end of an unknown path", lines: [line("destroy", "path", { peer: "ipv4:10.0.0.3:7789" })] },
  { name: "a path of an unknown connection", lines: [line("create", "path", { "peer-node-id": 2 })] },
  {
    name: "a peer-device of an unknown connection",
    lines: [line("create", "peer-device", { "peer-node-id": 2 })],
  },
  { name: "a helper of an unknown resource", lines: ["call helper name:db helper:quorum-lost"] },
  { name: "the rename of an unknown resource", lines: ["rename resource name:db new_name:ldap"] },
  { name: "a rename to a name that is taken", lines: ["rename resource name:web new_name:mail"] },
  { name: "a rename to the same name", lines: ["rename resource name:web new_name:web"] },
  {
    name: "a resource whose name begins with a known one",
    lines: [line("change", "device", { name: "web2" })],
  },
];

for (const { name, lines } of ORPHANS) {
  Deno.test(`Store takes ${name} for an orphan, without effect`, () => {
    const store = storeWith("mail");
    const before = store.cluster();
    const { texts, orphans } = apply(store, ...lines);
    assert.deepEqual(orphans, lines);
    assert.deepEqual(texts, []);
    assert.deepEqual(store.touched(), []);
    assert.equal(store.cluster(), before);
  });
}

Deno.test("Store forgets a resource that goes without children", () => {
  const store = new Store();
  apply(store, line("create", "resource"));
  assert.equal(store.cluster().size, 1);
  apply(store, line("destroy", "resource"));
  assert.equal(store.cluster().size, 0);
});

Deno.test("Store takes lines about what is gone for orphans", () => {
  const store = storeWith();
  apply(store, line("destroy", "connection"));
  const lines = [line("destroy", "connection"), line("destroy", "path"), line("change", "peer-device")];
  assert.deepEqual(apply(store, ...lines).orphans, lines);
});

Deno.test("Store keeps where requests wait as long as lines do not say it", () => {
  const store = storeWith();
  const blocked = () => store.resource("web")?.devices[0]?.blocked;
  assert.deepEqual(blocked(), []);
  apply(store, line("change", "device", { "upper-pending": 3, blocked: "upper" }));
  assert.deepEqual(blocked(), ["upper"]);
  apply(store, line("change", "device", { "upper-pending": 4 }));
  apply(store, line("change", "device", { disk: "Failed" }));
  assert.deepEqual(blocked(), ["upper"]);
  apply(store, line("change", "device", { disk: "Failed", blocked: "no" }));
  assert.deepEqual(blocked(), []);
});

Deno.test("Store shows counters as printed last, also those that vanish", () => {
  const store = storeWith();
  apply(store, line("change", "peer-device", { done: "50.00", sent: 7, dbdt1: "1.00", eta: 9 }));
  assert.equal(
    store.resource("web")?.peerDevices[0]?.rawStatistics,
    "done:50.00 received:0 sent:7 out-of-sync:0 pending:0 unacked:0 dbdt1:1.00 eta:9",
  );
  apply(store, line("change", "peer-device", { sent: 8 }));
  assert.equal(
    store.resource("web")?.peerDevices[0]?.rawStatistics,
    "received:0 sent:8 out-of-sync:0 pending:0 unacked:0",
  );
});

Deno.test("Store keeps children sorted, whatever order they come in", () => {
  const store = storeWith();
  apply(
    store,
    line("create", "device", { volume: 10 }),
    line("create", "device", { volume: 2 }),
    line("create", "connection", { "peer-node-id": 3 }),
    line("create", "connection", { "peer-node-id": 0 }),
    line("create", "peer-device", { "peer-node-id": 3, volume: 0 }),
    line("create", "peer-device", { "peer-node-id": 0, volume: 10 }),
    line("create", "peer-device", { "peer-node-id": 0, volume: 2 }),
    line("create", "path", { "peer-node-id": 0, local: "ipv4:9.0.0.1:1" }),
    line("create", "path", { local: "ipv4:10.0.0.1:7789", peer: "ipv4:10.0.0.10:7789" }),
  );
  const web = store.resource("web");
  assert.ok(web);
  assert.deepEqual(web.devices.map(({ volume }) => volume), [0, 2, 10]);
  assert.deepEqual(web.connections.map(({ peerNodeId }) => peerNodeId), [0, 1, 3]);
  assert.deepEqual(
    web.peerDevices.map(({ peerNodeId, volume }) => [peerNodeId, volume]),
    [[0, 2], [0, 10], [1, 0], [3, 0]],
  );
  assert.deepEqual(
    web.paths.map(({ peerNodeId, local, peer }) => [peerNodeId, local, peer]),
    [
      [0, "ipv4:9.0.0.1:1", "ipv4:10.0.0.2:7789"],
      [1, "ipv4:10.0.0.1:7789", "ipv4:10.0.0.10:7789"],
      [1, "ipv4:10.0.0.1:7789", "ipv4:10.0.0.2:7789"],
    ],
  );
});

Deno.test("Store finds the children of a connection under its new name", () => {
  const store = storeWith();
  const named = { "conn-name": "gamma" };
  const { texts, orphans } = apply(
    store,
    line("change", "connection", named),
    line("change", "peer-device", { ...named, replication: "Off" }),
    line("change", "path", { ...named, established: "no" }),
    line("change", "peer-device", { ...named, replication: "Established" }),
  );
  assert.deepEqual(texts, [
    "change connection web peerNodeId=1 connName=beta->gamma",
    "change peer-device web peerNodeId=1 volume=0 replicationState=Established->Off",
    `change path web ${PATH_TEXT} established=yes->no`,
    "change peer-device web peerNodeId=1 volume=0 replicationState=Off->Established",
  ]);
  assert.deepEqual(orphans, []);
  assert.deepEqual(
    apply(store, line("destroy", "path", named), line("destroy", "peer-device", named)).texts,
    [
      `destroy path web ${PATH_TEXT}`,
      "destroy peer-device web peerNodeId=1 volume=0",
    ],
  );
});

Deno.test("Store takes a line of one child for that child only", () => {
  const store = storeWith("web2");
  apply(
    store,
    line("create", "device", { volume: 1 }),
    line("change", "device", { volume: 1, disk: "Failed" }),
  );
  const states = (name: string) => store.resource(name)?.devices.map(({ diskState }) => diskState);
  assert.deepEqual(states("web"), ["UpToDate", "Failed"]);
  assert.deepEqual(states("web2"), ["UpToDate"]);
  apply(store, line("destroy", "device", { volume: 0 }));
  assert.deepEqual(states("web"), ["Failed"]);
  const web = store.resource("web");
  assert.equal(web && deviceOf(web, 0), undefined);
  assert.equal(web && deviceOf(web, 1)?.diskState, "Failed");
});

Deno.test("Store reads counters from the line that came last, wherever blocks begin and end", () => {
  const store = storeWith();
  apply(store, line("change", "device", { written: 1 }));
  apply(store, line("change", "device", { written: 2 }), line("change", "device", { written: 3 }));
  const device = store.resource("web")?.devices[0];
  assert.ok(device);
  assert.equal(deviceStatistics(device).writtenKib, 3);
});
