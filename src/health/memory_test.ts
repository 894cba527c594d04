import assert from "node:assert/strict";
import { modelResource } from "../../tests/support/core/resource_json.ts";
import type { Sample } from "../../tests/support/core/sample_lines.ts";
import { HealthMemory } from "./memory.ts";
import { observe } from "./observe.ts";

const observed = (sample: Partial<Sample>) => ({
  name: "web",
  resource: observe(modelResource({ name: "web", role: "Primary", ...sample })),
});
const AWAY = { connection: "Connecting" } as const;
const at = (seconds: number) => ({ wallMs: 1_000_000 + seconds * 1000, countersMs: seconds * 1000 });
const syncing = (progress: string, more = {}) =>
  observed({ beta: { disks: [{ replication: "SyncSource", disk: "Inconsistent", progress, ...more }] } });

Deno.test("a problem is known since it was first found, also when others come and go", () => {
  const memory = new HealthMemory();
  memory.assess(observed({ gamma: AWAY }), at(0));
  const both = memory.assess(observed({ beta: AWAY, gamma: AWAY, disks: ["Diskless"] }), at(10));
  const since = Object.fromEntries(
    both.problems.map(({ id, about, sinceMs }) => [`${id} ${about}`, sinceMs]),
  );
  assert.equal(since["not-connected gamma"], 1_000_000);
  assert.equal(since["not-connected beta"], 1_010_000);
  memory.assess(observed({}), at(20));
  assert.equal(memory.assess(observed({ gamma: AWAY }), at(30)).problems[0]?.sinceMs, 1_030_000);
});

Deno.test("equal assessments are one object, whatever the time", () => {
  const memory = new HealthMemory();
  const first = memory.assess(observed({ gamma: AWAY }), at(0));
  assert.equal(memory.assess(observed({ gamma: AWAY }), at(500)), first);
  assert.notEqual(memory.assess(observed({ beta: AWAY }), at(501)), first);
});

Deno.test("a resync is stuck when its counters stood still for a minute, not before, and not when it goes on", () => {
  const memory = new HealthMemory();
  const found = (progress: string, seconds: number) =>
    memory.assess(syncing(progress), at(seconds)).problems[0]?.id;
  assert.equal(found("done:10.00", 0), "resync-running");
  assert.equal(found("done:10.00", 58), "resync-running");
  assert.equal(found("done:10.00", 60), "resync-stuck");
  const [stuck] = memory.assess(syncing("done:10.00"), at(130)).problems;
  assert.equal(stuck?.what, "resync of volume 0 to beta is stuck, 10.0 % done: no progress for 2 minutes");
  assert.equal(found("done:10.01", 132), "resync-running");
  assert.equal(found("done:10.01", 150), "resync-running");
});

Deno.test("a resync whose percentage stands still while blocks are synced is not stuck, nor is a paused one", () => {
  const memory = new HealthMemory();
  memory.assess(syncing("done:10.00", { outOfSync: 5000 }), at(0));
  assert.equal(
    memory.assess(syncing("done:10.00", { outOfSync: 4000 }), at(90)).problems[0]?.id,
    "resync-running",
  );
  const paused = syncing("done:10.00", { suspended: "user" });
  memory.assess(paused, at(100));
  assert.equal(memory.assess(paused, at(300)).problems[0]?.id, "resync-paused");
});

Deno.test("who has not asked for counters meanwhile takes no resync for stuck", () => {
  const memory = new HealthMemory();
  memory.assess(syncing("done:10.00"), at(0));
  const later = memory.assess(syncing("done:10.00"), { wallMs: 2_000_000, countersMs: 0 });
  assert.equal(later.problems[0]?.id, "resync-running");
});

Deno.test("a resync is not stuck before counters were asked for, nor when they are for the first time", () => {
  const memory = new HealthMemory();
  const found = (countersMs: number) =>
    memory.assess(syncing("done:70.00"), { wallMs: 1_000_000, countersMs }).problems[0]?.id;
  assert.equal(found(-Infinity), "resync-running");
  assert.equal(found(-Infinity), "resync-running");
  assert.equal(found(500_000), "resync-running");
  assert.equal(found(559_000), "resync-running");
  assert.equal(found(560_000), "resync-stuck");
});
