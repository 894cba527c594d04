import assert from "node:assert/strict";
import { dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { updateText } from "../../../tests/support/core/update_text.ts";
import { Cluster } from "../model/cluster.ts";
import { diff, existsUpdates } from "./diff.ts";
import { Store } from "./store.ts";

function clusterOf(...lines: string[]): Cluster {
  const store = new Store();
  const { orphans } = apply(store, ...lines);
  assert.deepEqual(orphans, []);
  return store.cluster();
}

const WEB = dumpOf("web");
const PATH = "peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.0.2:7789";
const WHOLE_WEB = [
  "resource web role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
  "promotionScore=10102",
  "connection web peerNodeId=1 connName=beta connectionState=Connected peerRole=Secondary congested=no",
  "device web volume=0 minor=1000 backingDev=/dev/vg0/web diskState=UpToDate client=no open=no quorum=yes " +
  "sizeKib=1048576 blocked=no",
  "peer-device web peerNodeId=1 volume=0 replicationState=Established peerDiskState=UpToDate peerClient=no " +
  "resyncSuspended=no",
  `path web ${PATH} established=yes`,
];

interface Row {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly texts: readonly string[];
}

const ROWS: Row[] = [
  { name: "nothing for nothing", before: [], after: [], texts: [] },
  { name: "nothing for the same state", before: WEB, after: WEB, texts: [] },
  {
    name: "nothing for counters and what moves like them",
    before: WEB,
    after: [
      ...WEB,
      line("change", "resource", { "write-ordering": "drain" }),
      line("change", "device", { read: 1, blocked: "upper" }),
      line("change", "connection", { "ap-in-flight": 1 }),
      line("change", "peer-device", { done: "1.00", sent: 1 }),
    ],
    texts: [],
  },
  {
    name: "the creation of a resource, parents first",
    before: [],
    after: WEB,
    texts: WHOLE_WEB.map((text) => `create ${text}`),
  },
  {
    name: "the end of a resource, children first",
    before: WEB,
    after: [],
    texts: [
      "destroy peer-device web peerNodeId=1 volume=0",
      `destroy path web ${PATH}`,
      "destroy connection web peerNodeId=1",
      "destroy device web volume=0",
      "destroy resource web",
    ],
  },
  {
    name: "changes of everything",
    before: WEB,
    after: [
      ...WEB,
      line("change", "path", { established: "no" }),
      line("change", "peer-device", { replication: "Off" }),
      line("change", "device", { quorum: "no" }),
      line("change", "connection", { connection: "Timeout" }),
      line("change", "resource", { role: "Primary" }),
    ],
    texts: [
      "change resource web role=Secondary->Primary",
      "change connection web peerNodeId=1 connectionState=Connected->Timeout",
      "change device web volume=0 quorum=yes->no",
      "change peer-device web peerNodeId=1 volume=0 replicationState=Established->Off",
      `change path web ${PATH} established=yes->no`,
    ],
  },
  {
    name: "children that came and went",
    before: WEB,
    after: [
      ...WEB,
      line("destroy", "device"),
      line("create", "device", { volume: 1, minor: 1001 }),
      line("destroy", "path"),
    ],
    texts: [
      "create device web volume=1 minor=1001 backingDev=/dev/vg0/web diskState=UpToDate client=no open=no " +
      "quorum=yes sizeKib=1048576 blocked=no",
      "destroy peer-device web peerNodeId=1 volume=0",
      `destroy path web ${PATH}`,
      "destroy device web volume=0",
    ],
  },
  {
    name: "a rename as end and beginning, since it cannot know better",
    before: [line("exists", "resource", { name: "web" })],
    after: [line("exists", "resource", { name: "db" })],
    texts: [
      "destroy resource web",
      "create resource db role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
      "promotionScore=10102",
    ],
  },
  {
    name: "those that are gone first, then the others by name",
    before: [
      line("exists", "resource", { name: "z" }),
      line("exists", "resource", { name: "b", role: "Primary" }),
    ],
    after: [line("exists", "resource", { name: "b" }), line("exists", "resource", { name: "a" })],
    texts: [
      "destroy resource z",
      "create resource a role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
      "promotionScore=10102",
      "change resource b role=Primary->Secondary",
    ],
  },
];

for (const { name, before, after, texts } of ROWS) {
  Deno.test(`diff() returns ${name}`, () => {
    assert.deepEqual(diff(clusterOf(...before), clusterOf(...after)).map(updateText), texts);
  });
}

Deno.test("diff() gives each update the states as a stream would, and the resource", () => {
  const changes = [
    line("change", "resource", { role: "Primary" }),
    line("change", "connection", { congested: "yes" }),
    line("change", "device", { disk: "Failed" }),
    line("change", "peer-device", { replication: "Off" }),
    line("change", "path", { established: "no" }),
  ];
  const store = new Store();
  apply(store, ...WEB);
  const before = store.cluster();
  const { updates } = apply(store, ...changes);
  assert.deepEqual(diff(before, store.cluster()), updates);
});

Deno.test("diff() gives updates of what is gone the resource as it was", () => {
  const before = clusterOf(...WEB);
  for (const { resource } of diff(before, Cluster.EMPTY)) assert.equal(resource, before.get("web"));
});

Deno.test("diff() gives the end of a child the resource as it is", () => {
  const after = clusterOf(...WEB, line("destroy", "connection"));
  const updates = diff(clusterOf(...WEB), after);
  assert.equal(updates.length, 3);
  for (const { resource } of updates) assert.equal(resource, after.get("web"));
});

Deno.test("existsUpdates() gives all that is there, by name and parents first, as a first dump does", () => {
  const cluster = clusterOf(...dumpOf("web"), line("exists", "resource", { name: "db" }));
  const updates = existsUpdates(cluster);
  assert.deepEqual(updates.map(updateText), [
    "exists resource db role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
    "promotionScore=10102",
    ...WHOLE_WEB.map((text) => `exists ${text}`),
  ]);
  const store = new Store();
  assert.deepEqual(updates.slice(1), apply(store, ...dumpOf("web")).updates);
  assert.equal(updates[1]?.resource, cluster.get("web"));
});

Deno.test("existsUpdates() gives nothing of nothing", () => {
  assert.deepEqual(existsUpdates(Cluster.EMPTY), []);
});
