import assert from "node:assert/strict";
import { EventStream } from "../../../src/drbd/stream.ts";
import { take } from "../../../tests/support/fed.ts";
import { type Sample, sampleDump } from "../../../tests/support/sample_lines.ts";
import { resourceToJson } from "../resource_json.ts";
import { filterOf } from "./filter.js";
import { judge } from "./judge.js";
import type { Judgement, Resource } from "./types.ts";

const WEB: Sample = { name: "web" };
const LOST = { connection: "Connecting" };

/** What the API answers of it. */
function resourceOf(sample: Sample, change: (line: string) => string = (line) => line): Resource {
  const stream = new EventStream();
  take(stream, ...sampleDump(sample).map(change));
  const resource = stream.cluster().get(sample.name);
  assert.ok(resource);
  return JSON.parse(resourceToJson(resource, 0));
}

const judged = (sample: Sample, change?: (line: string) => string): Judgement =>
  judge(resourceOf(sample, change));
const shown = ({ problems }: Judgement) => problems.map(({ level, text }) => `${level}: ${text}`);

const CASES: [string, Sample, string[]][] = [
  ["finds nothing wrong where nothing is", { ...WEB, role: "Primary", disks: ["UpToDate", "UpToDate"] }, []],
  ["tells of a failed disk", { ...WEB, disks: ["Failed"] }, ["critical: The disk of volume 0 failed"]],
  ["tells of a lost disk", { ...WEB, disks: ["UpToDate", "Diskless"] }, [
    "critical: Volume 1 has lost its disk",
  ]],
  ["tells of an outdated disk", { ...WEB, disks: ["Outdated"] }, [
    "warning: The disk of volume 0 is Outdated",
  ]],
  ["tells of a disk that nothing syncs", { ...WEB, disks: ["Inconsistent"] }, [
    "warning: The disk of volume 0 is Inconsistent",
  ]],
  ["tells of a word it does not know", { ...WEB, disks: ["Melted"] }, [
    "warning: The disk of volume 0 is Melted",
  ]],
  ["tells of data that nobody has", {
    ...WEB,
    disks: ["Consistent"],
    beta: LOST,
    gamma: { disks: [{ disk: "Outdated" }] },
  }, [
    "critical: No UpToDate data of volume 0 can be reached",
    "warning: The disk of volume 0 is Consistent",
    "warning: Not connected to beta (Connecting)",
    "warning: The disk of volume 0 on gamma is Outdated",
  ]],
  ["tells of lost quorum first", { ...WEB, quorum: false, beta: LOST }, [
    "critical: No quorum",
    "warning: Not connected to beta (Connecting)",
  ]],
  ["tells why I/O is suspended", { ...WEB, suspended: "no-data,quorum" }, [
    "critical: I/O is suspended: no quorum and no data",
  ]],
  ["takes the administrator's suspension easy", { ...WEB, suspended: "user" }, [
    "warning: I/O is suspended: by the administrator",
  ]],
  ["tells of suspended I/O without a known reason", { ...WEB, suspended: "moon" }, [
    "critical: I/O is suspended",
  ]],
  ["tells that StandAlone stays as it is", {
    ...WEB,
    gamma: { connection: "StandAlone", disks: [{ outOfSync: 2048 }] },
  }, [
    "warning: Not connected to gamma (StandAlone, it does not try to connect); 2 MiB to sync",
  ]],
  ["tells of a peer's disk", { ...WEB, beta: { disks: [{ disk: "Inconsistent" }] } }, [
    "warning: The disk of volume 0 on beta is Inconsistent",
  ]],
  ["tells of blocks that differ", { ...WEB, beta: { disks: [{ outOfSync: 4 }] } }, [
    "warning: 4 KiB of volume 0 differ from beta",
  ]],
  ["tells of replication that was given up", {
    ...WEB,
    beta: { disks: [{ replication: "Ahead", outOfSync: 1024 }] },
  }, [
    "warning: Volume 0 is not replicated with beta now (Ahead); 1 MiB to sync",
  ]],
];

for (const [name, sample, want] of CASES) {
  Deno.test(`judge() ${name}`, () => {
    const judgement = judged(sample);
    assert.deepEqual(shown(judgement), want);
    assert.equal(judgement.level, want[0]?.split(":")[0] ?? "ok");
  });
}

Deno.test("judge() does not mind a client without a disk, here or on a peer", () => {
  const here = judged(
    { ...WEB, disks: ["Diskless"] },
    (line) => line.replace("client:no open", "client:yes open"),
  );
  assert.deepEqual([here.level, here.disks[0]?.text, here.disks[0]?.tone], [
    "ok",
    "Diskless client",
    "plain",
  ]);
  const there = judged(
    { ...WEB, beta: { disks: [{ disk: "Diskless" }] } },
    (line) => line.includes("conn-name:beta") ? line.replace("peer-client:no", "peer-client:yes") : line,
  );
  assert.deepEqual([there.level, there.peers[0]?.note], ["ok", "client"]);
});

Deno.test("judge() tells of I/O that fails on purpose", () => {
  const judgement = judged(WEB, (line) => line.replace("force-io-failures:no", "force-io-failures:yes"));
  assert.match(shown(judgement)[0] ?? "", /^critical: All I\/O fails/);
});

Deno.test("judge() tells of one of several paths that is down", () => {
  const second =
    "exists path name:web peer-node-id:1 conn-name:beta local:ipv4:10.0.0.1:7000 peer:ipv4:10.0.0.2:7000 established:no";
  const stream = new EventStream();
  const lines = sampleDump(WEB);
  take(stream, ...lines.slice(0, -1), second, "exists -");
  const resource = stream.cluster().get("web");
  assert.ok(resource);
  assert.deepEqual(shown(judge(JSON.parse(resourceToJson(resource, 0)))), [
    "warning: 1 of 2 paths to beta are down",
  ]);
});

Deno.test("judge() tells how a resync goes", () => {
  const progress = "done:47.67 dbdt1:112.46 eta:327";
  const target = judged({
    ...WEB,
    disks: ["Inconsistent"],
    beta: { disks: [{ replication: "SyncTarget", progress, outOfSync: 9 }] },
  });
  assert.deepEqual([target.level, target.problems], ["syncing", []]);
  assert.deepEqual(target.syncs, [
    { text: "Syncing from beta", percent: 47.67, detail: "47.6 % · 112 MiB/s, 5 min left", isPaused: false },
  ]);
  const source = judged({
    ...WEB,
    disks: ["UpToDate", "UpToDate"],
    gamma: {
      disks: [{}, {
        replication: "SyncSource",
        disk: "Inconsistent",
        progress: "done:99.99 dbdt1:0.00 eta:nan",
      }],
    },
  });
  assert.deepEqual(source.syncs, [
    { text: "Syncing to gamma, volume 1", percent: 99.99, detail: "99.9 %", isPaused: false },
  ]);
});

Deno.test("judge() tells why a resync waits, and of one that has not begun", () => {
  const disks = [{
    replication: "PausedSyncS",
    disk: "Inconsistent",
    suspended: "user,dependency",
    progress: "done:1.00 dbdt1:1.00 eta:5",
  }];
  const paused = judged({ ...WEB, beta: { disks } }).syncs[0];
  assert.deepEqual([paused?.isPaused, paused?.detail], [true, "1.0 % · paused (user, dependency)"]);
  const early = judged({ ...WEB, beta: { disks: [{ replication: "WFBitMapS", disk: "Outdated" }] } });
  assert.deepEqual([early.level, early.syncs[0]?.percent, early.syncs[0]?.detail], [
    "syncing",
    undefined,
    "",
  ]);
});

Deno.test("judge() tells who is Primary", () => {
  const here = judged({ ...WEB, role: "Primary" });
  assert.deepEqual([here.isPrimaryHere, here.primaries], [true, []]);
  const there = judged({ ...WEB, gamma: { role: "Primary" } });
  assert.deepEqual([there.isPrimaryHere, there.primaries], [false, ["gamma"]]);
});

Deno.test("judge() tells equal disks once, and different ones by their volumes", () => {
  const chips = (...disks: string[]) =>
    judged({ ...WEB, disks }).disks.map(({ text, tone, note }) => [text, tone, note ?? ""].join("/"));
  assert.deepEqual(chips("UpToDate"), ["UpToDate/good/"]);
  assert.deepEqual(chips("UpToDate", "UpToDate"), ["UpToDate/good/2 volumes"]);
  assert.deepEqual(chips("UpToDate", "Failed", "UpToDate"), [
    "UpToDate/good/volume 0 and 2",
    "Failed/worse/volume 1",
  ]);
});

const FILTERS: [string, string[]][] = [
  ["", ["db", "mail", "web"]],
  ["WEB", ["web"]],
  ["  w  b ", ["web"]],
  ["degraded", ["db"]],
  ["-degraded", ["mail", "web"]],
  ["syncing", ["mail"]],
  ["healthy", ["web"]],
  ["primary", ["web"]],
  ["secondary -syncing", ["db"]],
  ["outdated", ["db"]],
  ["SyncTarget", ["mail"]],
  ["gamma", ["db", "mail", "web"]],
  ["vg0/web", ["web"]],
  ["drbd1000", ["db", "mail", "web"]],
  ["-", ["db", "mail", "web"]],
  ["--degraded", ["db"]],
  ["constructor", []],
  ["no such thing", []],
];
const BOARD = new Map(
  ([
    { name: "web", role: "Primary" },
    { name: "db", disks: ["Outdated"] },
    { name: "mail", disks: ["Inconsistent"], beta: { disks: [{ replication: "SyncTarget" }] } },
  ] as Sample[]).map((sample) => [sample.name, judged(sample)]),
);
for (const [text, want] of FILTERS) {
  Deno.test(`filterOf() finds what fits "${text}"`, () => {
    const fits = filterOf(text);
    assert.deepEqual(
      [...BOARD].filter(([name, judgement]) => fits(name, judgement)).map(([name]) => name).sort(),
      want,
    );
  });
}

Deno.test("filterOf() finds a resource that is called like a word of the filter", () => {
  assert.equal(filterOf("primary")("primary-db", judged({ name: "primary-db" })), true);
});
