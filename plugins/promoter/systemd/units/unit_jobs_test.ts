import assert from "node:assert/strict";
import type { RunResult } from "../../../../src/effects/effects.ts";
import { failureOf } from "../../../../src/effects/limited_run.ts";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../../tests/support/simulated/simulated_systemd.ts";
import { Systemctl } from "./systemctl.ts";
import { UnitJobs } from "./unit_jobs.ts";

const UNITS = ["web.target", "db.service"];
const STOP = ["stop", ...UNITS];

/** A `systemctl stop` that does not end by itself. */
function begun() {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.verbs.set("stop", () => {});
  const log = new LogRecorder();
  const jobs = new UnitJobs(new Systemctl(effects, log), UNITS);
  const abort = new AbortController();
  let seen: RunResult | undefined;
  void jobs.run(STOP, abort.signal).then((each) => seen = each);
  const stopping = () => effects.processes.alive.find(({ argv }) => argv.includes("stop"))?.role;
  return { effects, systemd, log, jobs, abort, result: () => seen, stopping };
}

Deno.test("UnitJobs.run() waits as long as systemd has a job, and knows for which unit", async () => {
  const { effects, systemd, jobs, result, stopping } = begun();
  systemd.set("db.service", { ActiveState: "deactivating", Job: "7" });
  await effects.clock.advance(3_600_000);
  assert.equal(result(), undefined);
  assert.equal(jobs.waitsFor, "db.service (deactivating)");
  stopping()?.exit(0);
  await settle();
  assert.equal(result()?.code, 0);
  assert.equal(jobs.waitsFor, undefined);
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("UnitJobs.run() ends a systemctl that waits though systemd has no job", async () => {
  const { effects, jobs, result } = begun();
  await effects.clock.advance(9_000);
  assert.equal(jobs.waitsFor, "systemd to answer");
  await effects.clock.advance(9_000);
  const late = result();
  assert.ok(late);
  assert.equal(late.code, undefined);
  assert.equal(failureOf(late), "no answer within 18 s, though systemd has no job left");
  assert.equal(effects.processes.alive.length, 0);
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("UnitJobs.run() waits for systemd that does not answer, and knows that it does", async () => {
  const { effects, systemd, log, jobs, result, stopping } = begun();
  systemd.verbs.set("show", () => {});
  await effects.clock.advance(600_000);
  assert.equal(result(), undefined);
  assert.equal(jobs.waitsFor, "systemd to answer");
  // Whoever waits for the stop says that.
  assert.deepEqual(log.lines, []);
  stopping()?.exit(0);
  await settle();
  assert.equal(result()?.code, 0);
});

Deno.test("UnitJobs.run() is ended by its signal", async () => {
  const { effects, abort, result } = begun();
  abort.abort();
  await settle();
  assert.equal(result()?.signal, "SIGTERM");
  assert.equal(effects.clock.pendingTimers, 0);
});
