import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { take } from "../../../tests/support/core/take_lines.ts";
import { updateText } from "../../../tests/support/core/update_text.ts";
import { diff } from "./diff.ts";
import { EventStream, type Step } from "./stream.ts";

const texts = (step: Step) => step.updates.all().map(updateText);
const touched = (step: Step) => step.touched().toSorted();
const names = (stream: EventStream) => Array.from(stream.cluster(), ({ name }) => name);

/** A stream whose dump is complete, with these resources. */
function liveWith(...resources: string[]): EventStream {
  const stream = new EventStream();
  take(stream, ...resources.flatMap(dumpOf), DUMP_END);
  return stream;
}

const PATH = "peerNodeId=1 local=ipv4:10.0.0.1:7789 peer=ipv4:10.0.0.2:7789";
const EXISTS_WEB = [
  "exists resource web role=Secondary suspended=no forceIoFailures=no writeOrdering=flush mayPromote=yes " +
  "promotionScore=10102",
  "exists connection web peerNodeId=1 connName=beta connectionState=Connected peerRole=Secondary congested=no",
  "exists device web volume=0 minor=1000 backingDev=/dev/vg0/web diskState=UpToDate client=no open=no " +
  "quorum=yes sizeKib=1048576 blocked=no",
  "exists peer-device web peerNodeId=1 volume=0 replicationState=Established peerDiskState=UpToDate " +
  "peerClient=no resyncSuspended=no",
  `exists path web ${PATH} established=yes`,
];
const DESTROY_WEB = [
  "destroy peer-device web peerNodeId=1 volume=0",
  `destroy path web ${PATH}`,
  "destroy connection web peerNodeId=1",
  "destroy device web volume=0",
  "destroy resource web",
];

Deno.test("EventStream knows nothing in the beginning", () => {
  const stream = new EventStream();
  assert.deepEqual([stream.known, stream.live, stream.cluster().size], [false, false, 0]);
});

Deno.test("EventStream publishes the first dump when it is complete, sorted by name", () => {
  const stream = new EventStream();
  for (const text of [...dumpOf("web"), ...dumpOf("db")]) {
    const step = take(stream, text);
    assert.deepEqual([step.updates.length, touched(step), step.orphans.length], [0, [], 0]);
    assert.deepEqual([stream.known, stream.live, stream.cluster().size], [false, false, 0]);
  }
  const step = take(stream, DUMP_END);
  const existsDb = EXISTS_WEB.map((text) => text.replace(" web ", " db "));
  assert.deepEqual(texts(step).map((text) => text.replace("/vg0/db", "/vg0/web")), [
    ...existsDb,
    ...EXISTS_WEB,
  ]);
  assert.deepEqual([stream.known, stream.live], [true, true]);
  for (const { name, resource } of step.updates.all()) assert.equal(resource, stream.cluster().get(name));
});

Deno.test("EventStream names all resources of a dump as touched, however many chunks it came in", () => {
  for (const size of [1, 4, 7, 100]) {
    const stream = new EventStream();
    const alone = line("exists", "resource", { name: "alone" });
    const lines = [alone, ...dumpOf("web"), ...dumpOf("db"), DUMP_END];
    let step: Step | undefined;
    for (let at = 0; at < lines.length; at += size) step = take(stream, ...lines.slice(at, at + size));
    assert.deepEqual(step && touched(step), ["alone", "db", "web"], `${size} lines a chunk`);
  }
});

Deno.test("EventStream takes an empty dump for a node without resources", () => {
  const stream = new EventStream();
  const step = take(stream, DUMP_END);
  assert.deepEqual([texts(step), touched(step)], [[], []]);
  assert.deepEqual([stream.known, stream.live, stream.cluster().size], [true, true, 0]);
});

Deno.test("EventStream publishes the dump and changes in the same chunk in order, each with the resource after it", () => {
  const stream = new EventStream();
  const step = take(stream, ...dumpOf("web"), DUMP_END, line("change", "device", { disk: "Failed" }));
  assert.deepEqual(texts(step), [...EXISTS_WEB, "change device web volume=0 diskState=UpToDate->Failed"]);
  for (const { resource } of step.updates.all()) assert.equal(resource, stream.cluster().get("web"));
});

Deno.test("EventStream publishes changes that come before the end of a dump as part of it", () => {
  const stream = new EventStream();
  const step = take(stream, ...dumpOf("web"), line("change", "device", { disk: "Failed" }), DUMP_END);
  assert.deepEqual(
    texts(step),
    EXISTS_WEB.map((text) => text.replace("diskState=UpToDate", "diskState=Failed")),
  );
});

Deno.test("EventStream gives back what it cannot use or place", () => {
  const stream = liveWith("web");
  const orphan = line("change", "device", { name: "db" });
  const step = take(stream, "prose", orphan, line("change", "path", { established: "no" }), "change x");
  assert.deepEqual(step.rejected.map((rejected) => rejected.line), ["prose", "change x"]);
  assert.deepEqual(step.orphans.map((event) => "identity" in event && event.identity), ["db volume:0"]);
  assert.deepEqual(texts(step), [`change path web ${PATH} established=yes->no`]);
});

Deno.test("EventStream gives back what cannot be placed in a dump", () => {
  const stream = new EventStream();
  const step = take(stream, line("exists", "device", { name: "db" }), ...dumpOf("web"), DUMP_END);
  assert.equal(step.orphans.length, 1);
  assert.deepEqual(texts(step), EXISTS_WEB);
});

Deno.test("EventStream keeps the old state after a restart until the new dump is complete", () => {
  const stream = liveWith("web");
  const before = stream.cluster();
  stream.restart();
  assert.deepEqual([stream.known, stream.live], [true, false]);
  for (const text of dumpOf("db")) assert.equal(take(stream, text).updates.length, 0);
  assert.equal(stream.cluster(), before);
  assert.deepEqual([stream.known, stream.live], [true, false]);
  take(stream, DUMP_END);
  assert.deepEqual([stream.known, stream.live], [true, true]);
  assert.deepEqual(names(stream), ["db"]);
});

Deno.test("EventStream publishes exactly the differences after a restart", () => {
  const stream = liveWith("db", "web");
  const before = stream.cluster();
  stream.restart();
  const step = take(
    stream,
    ...dumpOf("new"),
    ...dumpOf("db"),
    line("change", "device", { name: "db", quorum: "no", read: 7 }),
    line("exists", "connection", { name: "db", "peer-node-id": 2, "conn-name": "gamma" }),
    DUMP_END,
  );
  assert.deepEqual(texts(step), [
    ...DESTROY_WEB,
    "create connection db peerNodeId=2 connName=gamma connectionState=Connected peerRole=Secondary congested=no",
    "change device db volume=0 quorum=yes->no",
    ...EXISTS_WEB.map((text) => text.replace("exists", "create").replace(" web ", " new ")),
  ]);
  assert.deepEqual(step.updates.all(), diff(before, stream.cluster()));
  assert.deepEqual(touched(step), ["db", "new", "web"]);
});

Deno.test("EventStream publishes nothing after a restart if only counters differ", () => {
  const stream = liveWith("db", "web");
  stream.restart();
  const step = take(
    stream,
    ...dumpOf("web"),
    ...dumpOf("db"),
    line("change", "device", { read: 7 }),
    DUMP_END,
  );
  assert.deepEqual(texts(step), []);
  assert.match(stream.cluster().get("web")?.devices[0]?.rawStatistics ?? "", /^read:7 /);
  assert.deepEqual(touched(step), ["db", "web"]);
});

Deno.test("EventStream publishes that all resources are gone after a restart with an empty dump", () => {
  const stream = liveWith("web");
  stream.restart();
  const step = take(stream, DUMP_END);
  assert.deepEqual(texts(step), DESTROY_WEB);
  assert.deepEqual(touched(step), ["web"]);
  assert.equal(stream.cluster().size, 0);
});

Deno.test("EventStream forgets a dump that a restart cut off", () => {
  const stream = liveWith("web");
  stream.restart();
  take(stream, ...dumpOf("db"), line("exists", "resource", { name: "web", role: "Primary" }));
  stream.restart();
  assert.deepEqual(texts(take(stream, ...dumpOf("web"), DUMP_END)), []);
  assert.deepEqual(names(stream), ["web"]);
});

Deno.test("EventStream forgets a first dump that a restart cut off", () => {
  const stream = new EventStream();
  take(stream, ...dumpOf("db"));
  stream.restart();
  assert.deepEqual(texts(take(stream, ...dumpOf("web"), DUMP_END)), EXISTS_WEB);
  assert.deepEqual(names(stream), ["web"]);
});

Deno.test("EventStream does not take lines after a restart for the old run's", () => {
  const stream = liveWith("web");
  stream.restart();
  const step = take(stream, line("change", "device", { disk: "Failed" }), line("destroy", "resource"));
  assert.equal(step.updates.length, 0);
  assert.equal(stream.cluster().get("web")?.devices[0]?.diskState, "UpToDate");
});

const LATER: { name: string; lines: string[]; texts: string[]; names: string[] }[] = [
  {
    name: "ends",
    lines: [line("destroy", "resource", { name: "new" })],
    texts: DESTROY_WEB.map((text) => text.replace(" web", " new")),
    names: ["web"],
  },
  {
    name: "gets another name",
    lines: ["rename resource name:new new_name:renamed"],
    texts: ["rename resource new newName=renamed"],
    names: ["renamed", "web"],
  },
];

for (const row of LATER) {
  Deno.test(`EventStream shows a resource of a new run as it is when it ${row.name} in the same chunk`, () => {
    const stream = liveWith("web");
    stream.restart();
    const change = line("change", "device", { name: "new", disk: "Failed" });
    const step = take(stream, ...dumpOf("web"), ...dumpOf("new"), DUMP_END, change, ...row.lines);
    assert.deepEqual(texts(step), [
      ...EXISTS_WEB.map((text) => text.replace("exists", "create").replace(" web ", " new ")),
      "change device new volume=0 diskState=UpToDate->Failed",
      ...row.texts,
    ]);
    const [{ resource: last } = { resource: undefined }] = step.updates.all();
    assert.equal(last?.devices[0]?.diskState, "Failed");
    assert.equal(last?.name, row.names.find((name) => name === "renamed") ?? "new");
    for (const { resource } of step.updates.all()) assert.equal(resource, last);
    assert.deepEqual(names(stream), row.names);
    assert.deepEqual(touched(step), [...new Set(["new", "web", ...row.names])].sort());
  });
}

Deno.test("EventStream takes a second dump of a run for the truth at its end, and goes on meanwhile", () => {
  const stream = liveWith("db", "web");
  assert.deepEqual(texts(take(stream, ...dumpOf("web").slice(0, 2))), []);
  assert.deepEqual(texts(take(stream, line("change", "resource", { role: "Primary" }))), [
    "change resource web role=Secondary->Primary",
  ]);
  assert.ok(stream.live);
  const step = take(stream, ...dumpOf("web").slice(2), DUMP_END);
  assert.deepEqual(texts(step), DESTROY_WEB.map((text) => text.replace(" web", " db")));
  assert.deepEqual(names(stream), ["web"]);
  assert.equal(stream.cluster().get("web")?.role, "Primary");
  assert.deepEqual(texts(take(stream, line("change", "resource"))), [
    "change resource web role=Primary->Secondary",
  ]);
});

Deno.test("EventStream publishes nothing for a second dump without differences", () => {
  const stream = liveWith("web");
  assert.deepEqual(texts(take(stream, ...dumpOf("web"), DUMP_END)), []);
});

Deno.test("EventStream shows the resource after the chunk when a second dump ends in it", () => {
  const stream = liveWith("db", "web");
  const step = take(
    stream,
    line("change", "device", { read: 1, disk: "Failed" }),
    line("change", "device", { name: "db", read: 2, disk: "Failed" }),
    ...dumpOf("web"),
    line("change", "device", { read: 9, disk: "Failed" }),
    DUMP_END,
    line("change", "device", { open: "yes", disk: "Failed" }),
  );
  const updates = step.updates.all();
  const first = (name: string) => updates.find((update) => update.name === name)?.resource;
  assert.equal(first("web"), stream.cluster().get("web"));
  assert.equal(first("web")?.devices[0]?.open, "yes");
  assert.equal(first("db")?.devices[0]?.diskState, "Failed");
  assert.deepEqual(touched(step), ["db", "web"]);
});

Deno.test("EventStream names what was touched before and after the end of a dump in one chunk", () => {
  const stream = liveWith("db", "web");
  const step = take(
    stream,
    line("destroy", "resource", { name: "db" }),
    ...dumpOf("web"),
    DUMP_END,
    line("create", "resource", { name: "new" }),
  );
  assert.deepEqual(touched(step), ["db", "new", "web"]);
});

Deno.test("EventStream names what was touched in this chunk only", () => {
  const stream = liveWith("db", "web");
  stream.cluster();
  assert.deepEqual(touched(take(stream, line("change", "device", { disk: "Failed" }))), ["web"]);
  assert.deepEqual(touched(take(stream, line("change", "device", { name: "db", read: 1 }))), ["db"]);
  assert.deepEqual(touched(take(stream)), []);
});

Deno.test("EventStream refuses to return updates of a chunk when the next one has begun", () => {
  const stream = liveWith("web");
  const step = take(stream, line("change", "device", { disk: "Failed" }));
  take(stream, line("change", "device", { disk: "UpToDate" }));
  assert.throws(() => step.updates.all(), /after the next chunk/);
  assert.throws(() => step.touched(), /after the next chunk/);
});
