import assert from "node:assert/strict";
import { resourceJson } from "../../../../tests/support/core/resource_json.ts";
import type { Sample } from "../../../../tests/support/core/sample_lines.ts";
import { filterOf } from "./filter.js";
import { assess } from "./assessment.js";
import type { Assessment } from "./types.ts";

const WEB: Sample = { name: "web" };

const assessmentOf = (sample: Sample, change?: (line: string) => string): Assessment =>
  assess(resourceJson(sample, {}, change));
const shown = ({ problems }: Assessment) => problems.map(({ level, text }) => `${level}: ${text}`);

const CASES: [string, Sample, string[]][] = [
  ["shows nothing where nothing is wrong", { ...WEB, role: "Primary", disks: ["UpToDate", "UpToDate"] }, []],
  ["shows what is down", { ...WEB, role: "Primary", suspended: "quorum" }, [
    "critical: I/O is suspended: quorum",
  ]],
  ["shows what cannot be seen", { ...WEB, quorum: false, beta: { connection: "Connecting" } }, [
    "unknown: no quorum (volume 0)",
    "warning: not connected to beta (Connecting)",
  ]],
  ["shows what is degraded", { ...WEB, role: "Primary", disks: ["Diskless"] }, [
    "warning: the local disk of volume 0 is lost (Diskless): the Primary here works over the network",
  ]],
];

for (const [name, sample, want] of CASES) {
  Deno.test(`assess() ${name}`, () => {
    const assessment = assessmentOf(sample);
    assert.deepEqual(shown(assessment), want);
    assert.equal(assessment.level, want[0]?.split(":")[0] ?? "ok");
  });
}

Deno.test("assess() finds no problem in a client without a disk, here or on a peer", () => {
  const here = assessmentOf(
    { ...WEB, disks: ["Diskless"] },
    (line) => line.replace("client:no open", "client:yes open"),
  );
  assert.deepEqual([here.level, here.disks[0]?.text, here.disks[0]?.tone], [
    "ok",
    "Diskless client",
    "plain",
  ]);
  const there = assessmentOf(
    { ...WEB, beta: { disks: [{ disk: "Diskless" }] } },
    (line) => line.includes("conn-name:beta") ? line.replace("peer-client:no", "peer-client:yes") : line,
  );
  assert.deepEqual([there.level, there.peers[0]?.note], ["ok", "client"]);
});

Deno.test("assess() returns what to do, and since when, as the API has it", () => {
  const resource = resourceJson({ ...WEB, gamma: { connection: "Connecting" }, role: "Primary" });
  const [first] = resource.health.problems;
  const since = "2026-01-31T00:00:00.000Z";
  assert.ok(first);
  const [problem] =
    assess({ ...resource, health: { severity: "degraded", problems: [{ ...first, since }] } }).problems;
  assert.deepEqual([problem?.since, problem?.next], [since, first.next]);
});

Deno.test("assess() shows a percentage between 0 and 100, or none", () => {
  const shownOf = (done: string) =>
    assessmentOf({ ...WEB, beta: { disks: [{ replication: "SyncSource", progress: `done:${done}` }] } })
      .syncs[0];
  assert.deepEqual(["-3.00", "104.20", "nan"].map((done) => shownOf(done)?.percent), [0, 100, undefined]);
  assert.equal(shownOf("104.20")?.detail, "100.0 %");
});

Deno.test("assess() reports that a Primary may be on a peer that is not connected", () => {
  assert.equal(assessmentOf({ ...WEB, beta: { connection: "Connecting" } }).isPrimaryUnseen, true);
  assert.equal(assessmentOf(WEB).isPrimaryUnseen, false);
  const primary = { role: "Primary" } as const;
  assert.equal(
    assessmentOf({ ...WEB, ...primary, beta: { connection: "Connecting" } }).isPrimaryUnseen,
    false,
  );
});

Deno.test("assess() returns the progress of a resync", () => {
  const progress = "done:47.67 dbdt1:112.46 eta:327";
  const target = assessmentOf({
    ...WEB,
    disks: ["Inconsistent"],
    beta: { disks: [{ replication: "SyncTarget", progress, outOfSync: 9 }] },
  });
  assert.deepEqual([target.level, target.problems], ["syncing", []]);
  assert.deepEqual(target.syncs, [
    { text: "Syncing from beta", percent: 47.67, detail: "47.6 % · 112 MiB/s, 5 min left", isPaused: false },
  ]);
  const source = assessmentOf({
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

Deno.test("assess() returns why a resync waits, and one that has not begun", () => {
  const disks = [{
    replication: "PausedSyncS",
    disk: "Inconsistent",
    suspended: "user,dependency",
    progress: "done:1.00 dbdt1:1.00 eta:5",
  }];
  const paused = assessmentOf({ ...WEB, beta: { disks } }).syncs[0];
  assert.deepEqual([paused?.isPaused, paused?.detail], [true, "1.0 % · paused (user, dependency)"]);
  const early = assessmentOf({ ...WEB, beta: { disks: [{ replication: "WFBitMapS", disk: "Outdated" }] } });
  assert.deepEqual([early.level, early.syncs[0]?.percent, early.syncs[0]?.detail], [
    "syncing",
    undefined,
    "",
  ]);
});

Deno.test("assess() returns who is Primary", () => {
  const here = assessmentOf({ ...WEB, role: "Primary" });
  assert.deepEqual([here.isPrimaryHere, here.primaries], [true, []]);
  const there = assessmentOf({ ...WEB, gamma: { role: "Primary" } });
  assert.deepEqual([there.isPrimaryHere, there.primaries], [false, ["gamma"]]);
});

Deno.test("assess() returns equal disks as one, and different ones by volume", () => {
  const chips = (...disks: string[]) =>
    assessmentOf({ ...WEB, disks }).disks.map(({ text, tone, note }) => [text, tone, note ?? ""].join("/"));
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
  ] as Sample[]).map((sample) => [sample.name, assessmentOf(sample)]),
);
for (const [text, want] of FILTERS) {
  Deno.test(`filterOf() finds what fits "${text}"`, () => {
    const fits = filterOf(text);
    assert.deepEqual(
      [...BOARD].filter(([name, assessment]) => fits(name, assessment)).map(([name]) => name).sort(),
      want,
    );
  });
}

Deno.test("filterOf() finds a resource that is called like a word of the filter", () => {
  assert.equal(filterOf("primary")("primary-db", assessmentOf({ name: "primary-db" })), true);
});
