import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../tests/support/simulated/simulated_processes.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { resourceConfig, type SystemdResourceConfig } from "../config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../config/resource_table.ts";
import { ResourceUnits } from "./units/resource_units.ts";
import type { Missing, ServiceListener } from "../control/services.ts";
import { GIVEN_UP } from "./start_outcome.ts";
import { DropInFiles } from "./drop_ins/drop_in_files.ts";
import { SystemdServices } from "./systemd_services.ts";
import { UnitQueries } from "./units/unit_queries.ts";
import { UnitWatch } from "./units/unit_watch.ts";
import * as v from "valibot";

const TARGET = "drbd-services@web.target";
const PROMOTE = "drbd-promote@web.service";
const ALL = [TARGET, PROMOTE, "fs.mount", "db.service"];
const MARK = "/run/drbdd/promoted/web";
const STOP = `stop ${ALL.join(" ")}`;

class Trial {
  readonly effects = new SimulatedEffects();
  readonly systemd = new SimulatedSystemd(this.effects.processes, this.effects.files);
  readonly log = new LogRecorder();
  readonly services: SystemdServices;
  isPrimary = false;
  mayGoOn = false;
  isKnown = true;
  isOurs = true;
  hasCutOff = false;
  dropIns = new Map<string, string>();

  constructor(table: Partial<ResourceInput> = {}) {
    this.systemd.bundles.set(TARGET, ALL.slice(1));
    const start = ["fs.mount", "db.service"];
    const config = resourceConfig("web", v.parse(RESOURCE_TABLE, { start, ...table }));
    this.services = new SystemdServices(this.effects, this.log, config as SystemdResourceConfig, {
      isPrimary: () => this.isPrimary,
      mayGoOn: () => this.mayGoOn,
      isKnown: () => this.isKnown,
      isOurs: () => this.isOurs,
      hasCutOff: () => this.hasCutOff,
      dropIns: () => this.dropIns,
    });
  }

  /** A verb that does not end by itself. */
  hold(verb: string): Role[] {
    const held: Role[] = [];
    this.systemd.verbs.set(verb, (role) => void held.push(role));
    return held;
  }
}

/** A listener that records which units failed. */
function recordFailures(failed: string[]): ServiceListener {
  return { failed: (unit) => failed.push(unit), missing: () => {}, seen: () => {} };
}

for (
  const { name, units, want } of [
    { name: "nothing runs", units: {}, want: "inactive" },
    {
      name: "all runs",
      units: Object.fromEntries(ALL.map((unit) => [unit, { ActiveState: "active" }])),
      want: "active",
    },
    { name: "only the promotion runs", units: { [PROMOTE]: { ActiveState: "active" } }, want: "partial" },
    {
      name: "a unit came into the start list after the promotion",
      units: {
        [TARGET]: { ActiveState: "active" },
        [PROMOTE]: { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" },
        "fs.mount": { ActiveState: "active", StateChangeTimestampMonotonic: "600" },
      },
      want: "partial",
    },
    {
      name: "a unit ended after the promotion",
      units: {
        [TARGET]: { ActiveState: "active" },
        [PROMOTE]: { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" },
        "fs.mount": { StateChangeTimestampMonotonic: "700" },
        "db.service": { StateChangeTimestampMonotonic: "700" },
      },
      want: "active",
    },
    {
      name: "a mount is busy, and the resource was demoted by force",
      units: {
        [PROMOTE]: { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" },
        "fs.mount": {
          ActiveState: "active",
          InactiveExitTimestampMonotonic: "600",
          ActiveEnterTimestampMonotonic: "950",
        },
      },
      want: "halfStopped",
    },
    {
      name: "a mount was busy before, and the resource was promoted and demoted once more",
      units: {
        [PROMOTE]: { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" },
        "fs.mount": {
          ActiveState: "active",
          InactiveExitTimestampMonotonic: "300",
          ActiveEnterTimestampMonotonic: "950",
        },
      },
      want: "halfStopped",
    },
    {
      name: "a unit is still ending though the resource was demoted",
      units: {
        [PROMOTE]: { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" },
        "db.service": { ActiveState: "deactivating", InactiveExitTimestampMonotonic: "600" },
      },
      want: "halfStopped",
    },
    {
      name: "a unit was started by somebody when the promotion was over",
      units: {
        [PROMOTE]: { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" },
        "db.service": { ActiveState: "active", InactiveExitTimestampMonotonic: "1000" },
      },
      want: "inactive",
    },
    {
      name: "a unit runs though nothing was ever promoted",
      units: { "db.service": { ActiveState: "active", InactiveExitTimestampMonotonic: "1000" } },
      want: "inactive",
    },
    {
      name: "a demotion failed, and somebody made it Secondary",
      units: { [PROMOTE]: { ActiveState: "failed" } },
      want: "inactive",
    },
    { name: "it is being demoted", units: { [PROMOTE]: { ActiveState: "deactivating" } }, want: "ending" },
    {
      name: "its demotion is asked for",
      units: { [PROMOTE]: { ActiveState: "active", Job: "17" } },
      want: "ending",
    },
    { name: "a demotion failed", units: { [PROMOTE]: { ActiveState: "failed" } }, want: "inactive" },
    {
      name: "a unit is frozen",
      units: { "db.service": { ActiveState: "active", FreezerState: "frozen" } },
      want: "frozen",
    },
    {
      name: "a unit is being frozen",
      units: { "db.service": { ActiveState: "active", FreezerState: "freezing" } },
      want: "frozen",
    },
  ]
) {
  Deno.test(`SystemdServices.find() is ${want} when ${name}`, async () => {
    const trial = new Trial();
    for (const [unit, properties] of Object.entries(units)) trial.systemd.set(unit, properties);
    assert.equal(await trial.services.find(true, new AbortController().signal), want);
    assert.deepEqual(trial.systemd.called(), []);
  });
}

Deno.test("SystemdServices.find() rejects when systemctl cannot be run", async () => {
  const trial = new Trial();
  trial.effects.processes.install("systemctl", undefined);
  await assert.rejects(trial.services.find(true, new AbortController().signal), /Cannot start systemctl/);
});

for (
  const { name, begun, ended, want } of [
    {
      name: "is through",
      begun: { ActiveState: "activating" },
      ended: { ActiveState: "active" },
      want: "partial",
    },
    {
      name: "is refused",
      begun: { ActiveState: "activating" },
      ended: { ActiveState: "inactive" },
      want: "inactive",
    },
    {
      name: "was only asked for",
      begun: { ActiveState: "inactive", Job: "18" },
      ended: { ActiveState: "active", Job: "" },
      want: "partial",
    },
  ]
) {
  Deno.test(`SystemdServices.find() waits for a promotion that goes on: one that ${name}`, async () => {
    const trial = new Trial();
    trial.systemd.set(PROMOTE, begun);
    let found: string | undefined;
    void trial.services.find(true, new AbortController().signal).then((result) => found = result);
    await trial.effects.clock.advance(10_000);
    assert.equal(found, undefined);
    trial.systemd.set(PROMOTE, ended);
    await trial.effects.clock.advance(250);
    assert.equal(found, want);
  });
}

Deno.test("SystemdServices.find() does not wait for a promotion when drbdd ends", async () => {
  const trial = new Trial();
  trial.systemd.set(PROMOTE, { ActiveState: "activating" });
  const abort = new AbortController();
  const found = trial.services.find(true, abort.signal);
  await trial.effects.clock.advance(100);
  abort.abort();
  assert.equal(await found, "partial");
});

Deno.test("SystemdServices.start() runs nothing before systemctl start, and looks at what became of it", async () => {
  const trial = new Trial();
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), [`start ${TARGET}`]);
  const verbs = trial.effects.processes.started.map(({ argv }) => argv[3]);
  assert.deepEqual(verbs, ["start", "show"]);
});

Deno.test("SystemdServices.prepareStart() forgets earlier failures of the target and the list, if there are any", async () => {
  const trial = new Trial();
  trial.dropIns.set(`/run/systemd/system/${TARGET}.d/drbdd.conf`, "[Unit]\n");
  trial.dropIns.set("/run/systemd/system/db.service.d/drbdd.conf", "[Unit]\n");
  await trial.services.prepareStart();
  assert.deepEqual(trial.systemd.called(), []);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  trial.systemd.set(PROMOTE, { ActiveState: "failed" });
  await trial.services.prepareStart();
  assert.deepEqual(trial.systemd.called(), ["reset-failed db.service"]);
  // Somebody else has started it: what failed is of that start.
  trial.systemd.set("db.service", { ActiveState: "failed" });
  trial.systemd.set(TARGET, { ActiveState: "active" });
  await trial.services.prepareStart();
  assert.deepEqual(trial.systemd.called(), []);
});

Deno.test("SystemdServices.start() fails where the promotion was active though the resource was Secondary: nothing would promote it", async () => {
  const trial = new Trial();
  // As after "drbdadm secondary" by hand.
  trial.systemd.set(PROMOTE, { ActiveState: "active" });
  await trial.services.prepareStart();
  const { outcome, why = "" } = { why: "", ...await trial.services.start() };
  assert.equal(outcome, "failed");
  assert.match(why, /^drbd-promote@web\.service is active though the resource is Secondary/);
  assert.deepEqual(trial.systemd.called(), []);
  // It is Primary by now.
  trial.isPrimary = true;
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
  trial.isPrimary = false;
  trial.systemd.set(PROMOTE, { ActiveState: "inactive" });
  await trial.services.prepareStart();
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
});

Deno.test("SystemdServices.leave() of what was not found out yet keeps no drop-ins waiting for it", async () => {
  const trial = new Trial();
  trial.systemd.activate(PROMOTE);
  const files = new Map([[`/run/systemd/system/${PROMOTE}.d/drbdd.conf`, "[Unit]\n"]]);
  let isWritten = false;
  const written = DropInFiles.of(trial.effects).write(() => Promise.resolve(files)).then(() =>
    isWritten = true
  );
  await trial.effects.clock.advance(2_000);
  assert.ok(!isWritten);
  const left = trial.services.leave();
  await trial.effects.clock.advance(1_000);
  assert.ok(isWritten);
  await Promise.all([written, left]);
});

Deno.test("SystemdServices.prepareStart() writes drop-ins that vanished, and has systemd read what it knows otherwise", async () => {
  const trial = new Trial();
  const path = "/run/systemd/system/db.service.d/drbdd.conf";
  trial.dropIns.set(path, "[Unit]\n");
  // As after "systemctl revert".
  trial.systemd.load("db.service");
  await trial.services.prepareStart();
  assert.deepEqual(trial.effects.files.all(), { [path]: "[Unit]\n" });
  assert.deepEqual(trial.systemd.called(), ["daemon-reload"]);
  await trial.services.prepareStart();
  assert.deepEqual(trial.systemd.called(), []);
});

Deno.test("SystemdServices.prepareStart() has systemd read drop-ins that it has not loaded, though it knows of no change", async () => {
  const trial = new Trial();
  trial.dropIns.set("/run/systemd/system/db.service.d/drbdd.conf", "[Unit]\n");
  await trial.services.prepareStart();
  trial.systemd.called();
  trial.systemd.set("db.service", { DropInPaths: "", NeedDaemonReload: "no" });
  await trial.services.prepareStart();
  assert.deepEqual(trial.systemd.called(), ["daemon-reload"]);
});

Deno.test("SystemdServices.start() that was refused fails, so that a stop follows, when a unit runs anyway", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate("db.service");
    role.exit(0);
  });
  assert.deepEqual(await trial.services.start(), {
    outcome: "failed",
    why: "db.service runs without the promotion, from which it was cut loose; the target did not stay active",
    failedUnits: [],
  });
});

Deno.test("SystemdServices.start() whose systemctl lost systemd looks at the jobs until they are over", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.set(TARGET, { ActiveState: "inactive", Job: "77" });
    trial.systemd.set("db.service", { ActiveState: "activating", Job: "78" });
    role.complain(
      "Warning! D-Bus connection terminated.\nFailed to wait for response: Connection reset by peer\n",
    );
    role.exit(1);
  });
  let isOver = false;
  const start = trial.services.start().finally(() => isOver = true);
  await trial.effects.clock.advance(60_000);
  assert.equal(isOver, false);
  for (const unit of ALL) trial.systemd.set(unit, { ActiveState: "active", Job: "" });
  await trial.effects.clock.advance(200);
  assert.deepEqual(await start, { outcome: "ok" });
  assert.deepEqual(trial.log.from("warn"), []);
});

Deno.test("SystemdServices.stop() whose systemctl lost systemd waits for the same jobs by asking again", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  trial.systemd.verbs.set("stop", (role) => {
    trial.systemd.set("db.service", { ActiveState: "deactivating", Job: "9" });
    trial.systemd.verbs.clear();
    role.exit(1);
  });
  trial.systemd.verbs.set("show", (role, args) => {
    const isOver = trial.systemd.calls.length > 1;
    if (isOver) trial.systemd.set("db.service", { Job: "" });
    trial.systemd.obey(role, "show", args);
  });
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), [STOP, STOP]);
});

Deno.test("UnitQueries: systemd that does not answer for a moment is asked again", async () => {
  const trial = new Trial();
  let refusals = 2;
  trial.systemd.verbs.set("show", (role, args) => {
    if (refusals-- > 0) return role.exit(1);
    trial.systemd.obey(role, "show", args);
  });
  const found = trial.services.find(true, new AbortController().signal);
  await trial.effects.clock.advance(1_000);
  assert.equal(await found, "inactive");
});

/** A start after which all is up but one unit, which a condition held back. */
function skipping(trial: Trial): void {
  const at = (microseconds: string) => ({ ActiveEnterTimestampMonotonic: microseconds });
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate(TARGET, "fs.mount");
    trial.systemd.set(PROMOTE, { ActiveState: "active", ...at("500") });
    trial.systemd.set("db.service", {
      ...{ ConditionResult: "no", ConditionTimestampMonotonic: "600" },
    });
    role.exit(0);
  });
  trial.systemd.verbs.set("status", (role) => {
    role.print(
      "  Condition: start condition failed at Sun\n     └─ ConditionPathExists=/srv/x was not met\n",
    );
    role.exit(3);
  });
}
const SKIPPED = [{ unit: "db.service", why: "ConditionPathExists=/srv/x was not met" }];

Deno.test("SystemdServices.start(): a unit that a condition held back did not start, and it is said which", async () => {
  const trial = new Trial();
  skipping(trial);
  assert.deepEqual(await trial.services.start(), { outcome: "ok", missing: SKIPPED });
});

Deno.test("SystemdServices.watch() reports each time that a condition kept a unit from starting; restart() of it fails", async () => {
  const trial = new Trial();
  skipping(trial);
  await trial.services.start();
  const failed: string[] = [];
  const missing: unknown[] = [];
  const abort = new AbortController();
  trial.services.watch({ ...recordFailures(failed), missing: (units) => missing.push(units) }, abort.signal);
  await trial.effects.clock.advance(5_000);
  assert.deepEqual(failed, []);
  assert.deepEqual(missing, [SKIPPED, SKIPPED]);
  assert.deepEqual(await trial.services.restart("db.service"), {
    outcome: "failed",
    why: "db.service does not run: ConditionPathExists=/srv/x was not met",
  });
  // One notification at a look: each counts as a failure of it.
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(failed, []);
  assert.deepEqual(missing.length, 3);
  trial.systemd.activate("db.service");
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(missing.at(-1), []);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

for (
  const { name, state, want } of [
    { name: "whose start was cancelled", state: { Type: "notify" }, want: ["db.service"] },
    { name: "that is a oneshot and over", state: { Type: "oneshot" }, want: [] },
  ]
) {
  Deno.test(`SystemdServices.watch(): a unit ${name} ${want.length > 0 ? "is" : "is not"} missing`, async () => {
    const trial = new Trial();
    trial.systemd.activate(TARGET, "fs.mount");
    trial.systemd.set(PROMOTE, { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" });
    // It was active before the promotion, but not since.
    trial.systemd.set("db.service", {
      ...state,
      ActiveEnterTimestampMonotonic: "300",
      InactiveExitTimestampMonotonic: "600",
      StateChangeTimestampMonotonic: "700",
    });
    const missing: string[] = [];
    const failed: string[] = [];
    const abort = new AbortController();
    const listener = {
      ...recordFailures(failed),
      missing: (units: readonly Missing[]) => void missing.push(...units.map(({ unit }) => unit)),
    };
    trial.services.watch(listener, abort.signal);
    await trial.effects.clock.advance(1_000);
    assert.deepEqual([missing, failed], [want, []]);
    abort.abort();
    await trial.effects.clock.advance(4_000);
  });
}

Deno.test("SystemdServices.watch() notifies once more of a unit whose restart systemd refused", async () => {
  const trial = new Trial();
  const failed: string[] = [];
  const abort = new AbortController();
  trial.systemd.activate(PROMOTE, "db.service");
  trial.services.watch(recordFailures(failed), abort.signal);
  await trial.effects.clock.advance(5_000);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(failed, ["db.service"]);
  trial.systemd.verbs.set("start", (role) => {
    role.complain("Failed to start db.service: Unit log.service not found.\n");
    role.exit(1);
  });
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  assert.equal((await trial.services.restart("db.service")).outcome, "failed");
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(failed, ["db.service", "db.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

Deno.test("SystemdServices.restart() also starts what did not get its turn because of the failure", async () => {
  const trial = new Trial({ "target-as": "Wants" });
  trial.systemd.activate(TARGET);
  trial.systemd.set(PROMOTE, { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" });
  trial.systemd.set("fs.mount", { ActiveState: "failed", StateChangeTimestampMonotonic: "600" });
  assert.deepEqual(await trial.services.restart("fs.mount"), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), ["reset-failed fs.mount", "start fs.mount", "start db.service"]);
});

Deno.test("OrphanWatch reports units that run without their resource when that was seen twice, and when it is over", async () => {
  const trial = new Trial();
  const reported: string[] = [];
  const abort = new AbortController();
  trial.services.watchStopped(
    { orphans: (units) => reported.push(units.join(" ")), seen: () => {} },
    abort.signal,
  );
  await trial.effects.clock.advance(59_000);
  trial.systemd.activate("db.service");
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(reported, []);
  await trial.effects.clock.advance(60_000);
  assert.deepEqual(reported, ["db.service"]);
  await trial.effects.clock.advance(120_000);
  assert.deepEqual(reported, ["db.service"]);
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  await trial.effects.clock.advance(60_000);
  assert.deepEqual(reported, ["db.service", ""]);
  for (const [unit, state] of [[PROMOTE, { ActiveState: "active" }], [TARGET, { Job: "7" }]] as const) {
    trial.systemd.activate("db.service");
    trial.systemd.set(unit, state);
    await trial.effects.clock.advance(120_000);
    trial.systemd.set(unit, { ActiveState: "inactive", Job: "" });
    trial.systemd.set("db.service", { ActiveState: "inactive" });
  }
  trial.isPrimary = true;
  trial.systemd.activate("db.service");
  await trial.effects.clock.advance(120_000);
  assert.equal(reported.length, 2);
  abort.abort();
  await trial.effects.clock.advance(0);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("OrphanWatch does not report what only one look showed, the first or the second", async () => {
  const trial = new Trial();
  const reported: string[] = [];
  const abort = new AbortController();
  trial.services.watchStopped(
    { orphans: (units) => reported.push(units.join(" ")), seen: () => {} },
    abort.signal,
  );
  await trial.effects.clock.advance(54_000);
  trial.systemd.activate("db.service");
  await trial.effects.clock.advance(2_000);
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  trial.systemd.activate("fs.mount");
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(reported, []);
  await trial.effects.clock.advance(60_000);
  assert.deepEqual(reported, ["fs.mount"]);
  abort.abort();
  await trial.effects.clock.advance(0);
});

Deno.test("SystemdServices.start(): nothing began when the race was lost, though systemctl says that all went well", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => role.exit(0));
  assert.deepEqual(await trial.services.start(), {
    outcome: "nothingBegan",
    why: `DRBD refused the promotion (journalctl -u ${PROMOTE})`,
    cause: "refused",
  });
});

Deno.test("SystemdServices.start(): nothing began when the target is masked", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    role.complain(`Failed to start ${TARGET}: Unit ${TARGET} is masked.\n`);
    role.exit(1);
  });
  assert.deepEqual(await trial.services.start(), { outcome: "nothingBegan", why: `${TARGET} is masked` });
});

Deno.test("SystemdServices.start() fails, with the unit's name, when the resource is promoted but the target is not up", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate(PROMOTE, "fs.mount");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.complain("A dependency job failed\n");
    role.exit(1);
  });
  assert.deepEqual(await trial.services.start(), {
    outcome: "failed",
    why: "db.service failed (journalctl -u db.service)",
    failedUnits: ["db.service"],
  });
});

Deno.test("SystemdServices.start() is well, with a warning, when the target is up without one of its units", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate(TARGET, PROMOTE, "fs.mount");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.exit(1);
  });
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
  assert.match(
    trial.log.from("warn").join(),
    /web: only part of the services was started: db.service failed/,
  );
});

/** A start after which the target is up, but the mount is not yet. */
function lateMount(trial: Trial): void {
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate(TARGET, PROMOTE, "db.service");
    trial.systemd.set("fs.mount", { ActiveState: "activating", Job: "7" });
    role.exit(0);
  });
}

Deno.test("SystemdServices.start() waits for a mount that the target does not wait for", async () => {
  const trial = new Trial();
  lateMount(trial);
  let isOver = false;
  const start = trial.services.start().finally(() => isOver = true);
  await trial.effects.clock.advance(5_000);
  assert.equal(isOver, false);
  trial.systemd.set("fs.mount", { ActiveState: "active", Job: "" });
  await trial.effects.clock.advance(200);
  assert.deepEqual(await start, { outcome: "ok" });
});

for (
  const { targetAs, want } of [
    {
      targetAs: "Requires",
      want: { outcome: "failed", why: "fs.mount failed (journalctl -u fs.mount)", failedUnits: ["fs.mount"] },
    },
    { targetAs: "Wants", want: { outcome: "ok" } },
  ] as const
) {
  Deno.test(`SystemdServices.start() when such a mount fails, with target-as ${targetAs}, is ${want.outcome}`, async () => {
    const trial = new Trial({ "target-as": targetAs });
    lateMount(trial);
    const start = trial.services.start();
    await trial.effects.clock.advance(1_000);
    trial.systemd.set("fs.mount", { ActiveState: "failed", Job: "" });
    await trial.effects.clock.advance(200);
    assert.deepEqual(await start, want);
    assert.equal(trial.log.from("warn").length, want.outcome === "ok" ? 1 : 0);
  });
}

Deno.test("SystemdServices.stop() while a start waits for such a mount ends that at once", async () => {
  const trial = new Trial();
  lateMount(trial);
  const start = trial.services.start();
  await trial.effects.clock.advance(100);
  trial.systemd.verbs.set("stop", (role, args) => {
    trial.systemd.set("fs.mount", { Job: "" });
    trial.systemd.obey(role, "stop", args);
  });
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(await start, GIVEN_UP);
  assert.equal(trial.effects.clock.nowMs(), 100);
});

Deno.test("SystemdServices.start() is well, with a warning, when a service died right after its start", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate(TARGET, PROMOTE, "fs.mount");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.exit(0);
  });
  assert.deepEqual(await trial.services.start(), { outcome: "ok" });
  assert.match(
    trial.log.from("warn").join(),
    /web: only part of the services was started: db.service failed/,
  );
});

Deno.test("SystemdServices.stop() during a start ends systemctl first, then stops at once", async () => {
  const trial = new Trial();
  const [held] = [trial.hold("start")];
  const start = trial.services.start();
  await settle();
  assert.equal(held.length, 1);
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(await start, GIVEN_UP);
  assert.deepEqual(trial.systemd.called(), [`start ${TARGET}`, STOP]);
  assert.equal(trial.effects.clock.nowMs(), 0);
});

Deno.test("SystemdServices.start() is not taken back when systemd does not answer after it", async () => {
  const trial = new Trial();
  const shows: Role[] = [];
  const { effects, systemd, log } = trial;
  systemd.verbs.set("start", (role, args) => {
    systemd.verbs.set("show", (show) => void shows.push(show));
    systemd.obey(role, "start", args);
  });
  let outcome: string | undefined;
  void trial.services.start().then((done) => outcome = done.outcome);
  await effects.clock.advance(120_000);
  assert.equal(outcome, undefined);
  assert.match(log.from("warn")[0] ?? "", /systemd does not answer: .* no answer within 10 s; asking again/);
  systemd.verbs.delete("show");
  await effects.clock.advance(20_000);
  assert.equal(outcome, "ok");
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("SystemdServices.stop() is repeated when systemctl hangs before systemd has heard of it", async () => {
  const trial = new Trial();
  const { effects, systemd } = trial;
  systemd.activate(...ALL);
  systemd.verbs.set("stop", () => systemd.verbs.delete("stop"));
  let result: unknown;
  void trial.services.stop().then((done) => result = done);
  await effects.clock.advance(18_000);
  assert.deepEqual(result, {
    outcome: "failed",
    why: `"systemctl ${STOP}" failed: no answer within 18 s, though systemd has no job left`,
  });
  const again = trial.services.stop();
  await effects.clock.advance(1);
  assert.equal((await again).outcome, "ok");
});

Deno.test("SystemdServices.stop() asks for the stop before it keeps the journal, and waits for that no longer", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  const journal: Role[] = [];
  trial.effects.processes.install("journalctl", (role) => void journal.push(role));
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  const programs = trial.effects.processes.started.map(({ argv }) => argv[0]);
  assert.deepEqual(programs.slice(0, 2), ["systemctl", "journalctl"]);
  journal[0]?.exit(0);
  await settle();
  assert.deepEqual(journal.map(({ argv }) => argv[1]), ["--flush", "--sync"]);
});

Deno.test("SystemdServices.stop() fails when something still runs", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  trial.systemd.verbs.set("stop", (role) => {
    trial.systemd.set(TARGET, { ActiveState: "inactive" });
    role.exit(0);
  });
  assert.deepEqual(await trial.services.stop(), {
    outcome: "failed",
    why: `${PROMOTE}, fs.mount, db.service did not stop`,
  });
});

Deno.test("SystemdServices.stop() is repeated at once when somebody else's start got into it, three times at most", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("stop", (role, args) => {
    trial.systemd.set(TARGET, { Job: trial.systemd.calls.length < 2 ? "9" : "" });
    trial.systemd.obey(role, "stop", args);
  });
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), [STOP, STOP]);
  trial.systemd.verbs.delete("stop");
  trial.systemd.set(TARGET, { Job: "10" });
  assert.deepEqual(await trial.services.stop(), { outcome: "failed", why: `${TARGET} did not stop` });
  assert.equal(trial.systemd.called().length, 3);
});

for (
  const { name, isOurs, want } of [
    {
      name: "drbdd tried, and that was never Secondary since, is drbdd's",
      isOurs: true,
      want: "leftPrimary",
    },
    { name: "drbdd knows nothing of, is somebody else's", isOurs: false, want: "inactive" },
  ]
) {
  Deno.test(`SystemdServices.find(): a Primary after a failed demotion that ${name}`, async () => {
    const trial = new Trial();
    trial.isPrimary = true;
    trial.systemd.set(PROMOTE, {
      ...{ ActiveState: "failed", ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" },
    });
    if (isOurs) trial.effects.files.put(MARK, "");
    assert.equal(await trial.services.find(true, new AbortController().signal), want);
    assert.equal(MARK in trial.effects.files.all(), isOurs);
  });
}

Deno.test("SystemdServices.find() where the resource is Secondary forgets that a demotion of drbdd failed", async () => {
  const trial = new Trial();
  trial.effects.files.put(MARK, "");
  trial.systemd.set(PROMOTE, { ActiveState: "failed" });
  assert.equal(await trial.services.find(true, new AbortController().signal), "inactive");
  await settle();
  assert.ok(!(MARK in trial.effects.files.all()));
});

Deno.test("SystemdServices.find() by a drbdd that ends before it knows the resource forgets nothing", async () => {
  const trial = new Trial();
  trial.effects.files.put(MARK, "");
  await trial.services.find(true, AbortSignal.abort());
  await settle();
  assert.ok(MARK in trial.effects.files.all());
});

Deno.test("SystemdServices.stop() of a Primary marks it as drbdd's before systemctl ends, until it is released", async () => {
  const trial = new Trial();
  const held = trial.hold("stop");
  trial.isPrimary = true;
  const stop = trial.services.stop();
  await settle();
  assert.equal(held.length, 1);
  assert.ok(MARK in trial.effects.files.all());
  trial.isPrimary = false;
  held[0]?.exit(0);
  await stop;
  trial.services.released();
  await settle();
  assert.ok(!(MARK in trial.effects.files.all()));
});

for (const isOurs of [true, false]) {
  Deno.test(`SystemdServices.find(): a Primary where a stop has left a mount is drbdd's only with the mark: ${isOurs}`, async () => {
    const trial = new Trial();
    trial.isPrimary = true;
    const since = { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" };
    trial.systemd.set(PROMOTE, since);
    trial.systemd.set("fs.mount", { ActiveState: "active", InactiveExitTimestampMonotonic: "600" });
    if (isOurs) trial.effects.files.put(MARK, "");
    const want = isOurs ? "leftPrimary" : "halfStopped";
    assert.equal(await trial.services.find(true, new AbortController().signal), want);
  });
}

for (const hasCutOff of [false, true]) {
  Deno.test(`SystemdServices.stop() does not mark a Primary that is not drbdd's, and demotes it only if a start was cut off: ${hasCutOff}`, async () => {
    const trial = new Trial();
    trial.isPrimary = true;
    trial.isOurs = false;
    trial.hasCutOff = hasCutOff;
    trial.effects.processes.install("drbdsetup", (role) => role.exit(0));
    const stop = trial.services.stop();
    await trial.effects.clock.advance(1_000);
    assert.deepEqual(await stop, { outcome: "ok" });
    const demotions = trial.effects.processes.started.filter(({ argv }) => argv[0] === "drbdsetup");
    assert.deepEqual([demotions.length, MARK in trial.effects.files.all()], [hasCutOff ? 1 : 0, false]);
  });
}

Deno.test("SystemdServices.stop() of what is not Primary marks nothing", async () => {
  const trial = new Trial();
  await trial.services.stop();
  await settle();
  assert.ok(!(MARK in trial.effects.files.all()));
});

Deno.test("SystemdServices.stop() is well, with a warning, when the services are gone but the demotion failed, and fails again", async () => {
  const trial = new Trial();
  trial.isPrimary = true;
  trial.systemd.verbs.set("stop", (role) => {
    trial.systemd.set(PROMOTE, { ActiveState: "failed" });
    role.exit(1);
  });
  trial.effects.processes.install("drbdsetup", (role) => {
    role.complain("State change failed: (-12) Device is held open by someone\n");
    role.exit(11);
  });
  const stop = trial.services.stop();
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.match(trial.log.from("warn").join(), /the resource is still Primary: .*held open by someone/);
});

Deno.test("SystemdServices.stop() ends a drbdsetup that does not demote within 30 s, and says so", async () => {
  const trial = new Trial();
  trial.isPrimary = true;
  trial.effects.processes.install("drbdsetup", () => {});
  let isOver = false;
  const stop = trial.services.stop().finally(() => isOver = true);
  await trial.effects.clock.advance(30_000);
  assert.equal(isOver, false);
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.match(trial.log.from("warn").join(), /the resource is still Primary: .*30 s/);
  assert.deepEqual(trial.effects.processes.alive, []);
});

Deno.test("SystemdServices.stop() reports a unit that had failed while the target was up, not one that failed to stop", async () => {
  const trial = new Trial();
  const until = (time: string) => ({ ActiveState: "failed", ActiveExitTimestampMonotonic: time });
  trial.systemd.verbs.set("stop", (role) => role.exit(0));
  trial.systemd.set(PROMOTE, { ActiveEnterTimestampMonotonic: "100" });
  trial.systemd.set(TARGET, { ActiveExitTimestampMonotonic: "200" });
  for (const notByItself of ["201", "99", "0"]) {
    trial.systemd.set("db.service", until(notByItself));
    assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  }
  trial.systemd.set("db.service", until("199"));
  assert.deepEqual(await trial.services.stop(), { outcome: "ok", failedUnit: "db.service" });
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
});

Deno.test("SystemdServices.freeze() freezes each unit by itself, without promotion, target and mounts", async () => {
  const trial = new Trial();
  trial.systemd.bundles.set(TARGET, [...ALL.slice(1), "through.service", "web.service", "sub.target"]);
  trial.systemd.activate("db.service", "through.service");
  // A oneshot that is through has no processes, web.service does not run.
  trial.systemd.set("through.service", { ControlGroup: "" });
  trial.systemd.verbs.set("freeze", (role, [unit = ""]) => {
    if (unit !== "db.service") role.exit(1);
    else trial.systemd.obey(role, "freeze", [unit]);
  });
  assert.deepEqual(await trial.services.freeze(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), [
    `list-dependencies ${TARGET}`,
    "freeze db.service",
    "freeze through.service",
    "freeze web.service",
  ]);
  assert.deepEqual(trial.log.from("warn"), []);
});

Deno.test("SystemdServices.freeze() freezes a unit that is just being started as soon as it is up", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { ActiveState: "activating", Job: "5" });
  trial.systemd.verbs.set("freeze", (role, args) => {
    if (trial.systemd.state("db.service") !== "active") return role.exit(1);
    trial.systemd.obey(role, "freeze", args);
  });
  let isOver = false;
  const freeze = trial.services.freeze().finally(() => isOver = true);
  await trial.effects.clock.advance(3_000);
  assert.equal(isOver, false);
  trial.systemd.set("db.service", { ActiveState: "active", Job: "" });
  await trial.effects.clock.advance(200);
  assert.deepEqual(await freeze, { outcome: "ok" });
});

for (
  const { name, state } of [
    { name: "is to be started", state: { ActiveState: "inactive", Job: "7" } },
    { name: "is just being started", state: { ActiveState: "activating" } },
    { name: "is to be restarted", state: { ActiveState: "active", Job: "7" } },
  ]
) {
  Deno.test(`SystemdServices.freeze() is not done with a unit that ${name}, though systemd says that it is frozen`, async () => {
    const trial = new Trial();
    trial.systemd.set("db.service", state);
    let isOver = false;
    const freeze = trial.services.freeze().finally(() => isOver = true);
    await trial.effects.clock.advance(3_000);
    assert.equal(trial.systemd.units.get("db.service")?.["FreezerState"], "frozen");
    assert.equal(isOver, false);
    trial.systemd.set("db.service", { ActiveState: "active", Job: "" });
    await trial.effects.clock.advance(200);
    assert.deepEqual(await freeze, { outcome: "ok" });
  });
}

Deno.test("SystemdServices.watchFrozen() reports a service that runs, within 5 s, and not what is frozen or a mount", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  await trial.services.freeze();
  const watching = new AbortController();
  let reports = 0;
  trial.services.watchFrozen(() => reports++, watching.signal);
  await trial.effects.clock.advance(60_000);
  assert.equal(reports, 0);
  trial.systemd.set("db.service", { FreezerState: "running" });
  await trial.effects.clock.advance(5_000);
  assert.equal(reports, 1);
  watching.abort();
  await trial.effects.clock.advance(60_000);
  assert.equal(reports, 1);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("SystemdServices.watchFrozen() goes on where systemctl fails, and says so", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  const watching = new AbortController();
  let reports = 0;
  trial.services.watchFrozen(() => reports++, watching.signal);
  trial.systemd.verbs.set("show", (role) => role.exit(1));
  await trial.effects.clock.advance(5_000);
  assert.equal(reports, 0);
  assert.match(trial.log.from("warn").join("\n"), /cannot check whether its services are still frozen: /);
  trial.systemd.verbs.delete("show");
  await trial.effects.clock.advance(10_000);
  assert.ok(reports > 0);
  watching.abort();
});

Deno.test("SystemdServices.freeze() fails when a unit runs on for 10 s", async () => {
  const trial = new Trial();
  trial.systemd.activate("db.service");
  trial.systemd.verbs.set("freeze", (role) => role.exit(1));
  const freeze = trial.services.freeze();
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(await freeze, { outcome: "failed", why: "cannot be frozen: db.service" });
});

Deno.test("SystemdServices.stop() during a freeze ends that: nothing is frozen afterwards", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { ActiveState: "activating", Job: "5" });
  trial.systemd.verbs.set("freeze", (role) => role.exit(1));
  trial.systemd.verbs.set("stop", (role, args) => {
    trial.systemd.set("db.service", { Job: "" });
    trial.systemd.obey(role, "stop", args);
  });
  const freeze = trial.services.freeze();
  await trial.effects.clock.advance(1_000);
  const stop = trial.services.stop();
  await trial.effects.clock.advance(0);
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.equal((await freeze).outcome, "nothingBegan");
  const calls = trial.systemd.called();
  assert.ok(!calls.slice(calls.indexOf(STOP)).some((call) => call.startsWith("freeze")));
});

Deno.test("SystemdServices.thaw() kills what systemd began to end while it was frozen, as by a watchdog", async () => {
  const trial = new Trial();
  trial.systemd.activate("db.service");
  await trial.services.freeze();
  trial.systemd.set("db.service", { ActiveState: "deactivating" });
  trial.systemd.verbs.set("thaw", (role) => role.exit(1));
  trial.systemd.called();
  assert.deepEqual(await trial.services.thaw(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called().slice(1), ["thaw db.service", "kill --signal=KILL db.service"]);
  assert.match(trial.log.from("warn").join(), /db\.service was stopped while it was frozen/);
});

Deno.test("SystemdServices: a unit that ended while it was frozen is not, though systemd says so for ever", async () => {
  const trial = new Trial();
  trial.systemd.activate(TARGET, PROMOTE, "db.service", "fs.mount");
  await trial.services.freeze();
  trial.systemd.set("db.service", { ActiveState: "failed" });
  assert.deepEqual(await trial.services.thaw(), { outcome: "ok" });
  assert.equal(await trial.services.find(true, new AbortController().signal), "active");
  // systemd, which takes it for frozen, would do nothing.
  trial.systemd.activate("db.service");
  trial.systemd.called();
  assert.deepEqual(await trial.services.freeze(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called().slice(1), ["thaw db.service", "freeze db.service"]);
  await trial.services.thaw();
  trial.systemd.called();
  await trial.services.freeze();
  assert.deepEqual(trial.systemd.called().slice(1), ["freeze db.service"]);
});

Deno.test("SystemdServices.thaw() thaws what is frozen, and fails when something stays so", async () => {
  const trial = new Trial();
  trial.systemd.activate("db.service");
  await trial.services.freeze();
  trial.systemd.verbs.set("thaw", (role) => role.exit(1));
  assert.deepEqual(await trial.services.thaw(), { outcome: "failed", why: "still frozen: db.service" });
  trial.systemd.verbs.delete("thaw");
  assert.deepEqual(await trial.services.thaw(), { outcome: "ok" });
  assert.equal(trial.systemd.called().filter((call) => call === "thaw db.service").length, 2);
});

Deno.test("SystemdServices.stop() of frozen services that another node may run kills them before", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  await trial.services.freeze();
  trial.systemd.called();
  trial.systemd.set("fs.mount", { FreezerState: "running" });
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called().slice(0, 3), [
    "kill --signal=KILL db.service",
    "stop --job-mode=ignore-dependencies db.service",
    STOP,
  ]);
  // Nothing is frozen any more.
  await trial.services.stop();
  assert.deepEqual(trial.systemd.called(), [STOP]);
});

const FROZEN_STOP = "/run/drbdd/frozen-stops/web";

Deno.test("SystemdServices: a stop of frozen services that an earlier drbdd did not end is found, and gone on with", async () => {
  const trial = new Trial();
  trial.effects.files.put(FROZEN_STOP, "");
  trial.systemd.activate(...ALL);
  trial.systemd.set("db.service", { ActiveState: "deactivating", MainPID: "77" });
  assert.equal(await trial.services.find(true, new AbortController().signal), "halfStopped");
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.equal(trial.systemd.called()[0], "kill --kill-whom=main --signal=KILL db.service");
  assert.ok(!(FROZEN_STOP in trial.effects.files.all()));
});

for (const mayGoOn of [false, true]) {
  Deno.test(`SystemdServices: such a stop goes on where the resource is Primary ${mayGoOn ? "with" : "without"} quorum`, async () => {
    const trial = new Trial();
    Object.assign(trial, { isPrimary: true, mayGoOn });
    trial.effects.files.put(FROZEN_STOP, "");
    trial.systemd.activate(TARGET, PROMOTE, "fs.mount");
    assert.equal(await trial.services.find(true, new AbortController().signal), "leftPrimary");
    const stopped = trial.services.stop();
    trial.isPrimary = false;
    await trial.effects.clock.advance(5_000);
    assert.deepEqual(await stopped, { outcome: "ok" });
    assert.ok(!(FROZEN_STOP in trial.effects.files.all()));
  });
}

for (
  const { name, isKept, isFirst = true, isDown = false, ...world } of [
    { name: "while the state of DRBD is not known", isKnown: false, isKept: true },
    { name: "later than at the start", isFirst: false, isKept: true },
    { name: "where nothing runs any more", isDown: true, isKept: false },
  ]
) {
  Deno.test(`SystemdServices.find() heeds no mark of a stop of frozen services ${name}`, async () => {
    const trial = new Trial();
    Object.assign(trial, world);
    trial.effects.files.put(FROZEN_STOP, "");
    if (!isDown) trial.systemd.activate(...ALL);
    const found = await trial.services.find(isFirst, new AbortController().signal);
    assert.equal(found, isDown ? "inactive" : "active");
    assert.equal(FROZEN_STOP in trial.effects.files.all(), isKept);
  });
}

for (const isFound of [false, true]) {
  Deno.test(`SystemdServices.stop() of services that were ${isFound ? "found " : ""}frozen, and may go on, has nothing before it`, async () => {
    const trial = new Trial();
    trial.mayGoOn = true;
    trial.systemd.bundles.set(TARGET, [...ALL.slice(1), "other.service"]);
    trial.systemd.activate("db.service", "other.service");
    for (const unit of ["db.service", "other.service"]) trial.systemd.set(unit, { FreezerState: "frozen" });
    if (isFound) assert.equal(await trial.services.find(true, new AbortController().signal), "frozen");
    else await trial.services.freeze();
    trial.systemd.called();
    // As systemd does it; the other one belongs to somebody else.
    trial.systemd.verbs.set("stop", (role) => {
      trial.systemd.set("db.service", { ActiveState: "inactive", FreezerState: "running" });
      role.exit(0);
    });
    assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
    assert.deepEqual(trial.systemd.called(), [STOP, `list-dependencies ${TARGET}`, "thaw other.service"]);
    await trial.services.stop();
    assert.deepEqual(trial.systemd.called(), [STOP]);
  });
}

Deno.test("SystemdServices.restart() starts the unit again, and the target if the unit took it along", async () => {
  const trial = new Trial();
  trial.systemd.activate(...ALL);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  assert.deepEqual(await trial.services.restart("db.service"), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called(), ["reset-failed db.service", "start db.service"]);
  trial.systemd.set(TARGET, { ActiveState: "inactive" });
  assert.deepEqual(await trial.services.restart("db.service"), { outcome: "ok" });
  assert.deepEqual(trial.systemd.called().slice(1), ["start db.service", `start ${TARGET}`]);
});

Deno.test("SystemdServices.restart() whose systemctl lost systemd looks at the job until it is over", async () => {
  for (const { active, want } of [{ active: "active", want: "ok" }, { active: "failed", want: "failed" }]) {
    const trial = new Trial();
    trial.systemd.activate(...ALL);
    trial.systemd.verbs.set("start", (role) => {
      trial.systemd.set("db.service", { ActiveState: "activating", Job: "78" });
      role.complain("Failed to wait for response: Connection reset by peer\n");
      role.exit(1);
    });
    let isOver = false;
    const restart = trial.services.restart("db.service").finally(() => isOver = true);
    await trial.effects.clock.advance(60_000);
    assert.equal(isOver, false);
    trial.systemd.set("db.service", { ActiveState: active, Job: "" });
    await trial.effects.clock.advance(200);
    assert.equal((await restart).outcome, want);
  }
});

Deno.test("SystemdServices.restart() fails when the unit does not start", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("start", (role) => role.exit(1));
  assert.deepEqual(await trial.services.restart("db.service"), {
    outcome: "failed",
    why: '"systemctl start db.service" failed: exit code 1',
  });
});

Deno.test("SystemdServices.stop() during a restart ends it: nothing is started afterwards", async () => {
  const trial = new Trial();
  trial.hold("start");
  const restart = trial.services.restart("db.service");
  await settle();
  assert.deepEqual(await trial.services.stop(), { outcome: "ok" });
  assert.equal((await restart).outcome, "nothingBegan");
  assert.equal(trial.systemd.called().at(-1), STOP);
});

Deno.test("SystemdServices.leave() lets a start go on in systemd, and touches nothing", async () => {
  const trial = new Trial();
  const held = trial.hold("start");
  const start = trial.services.start();
  await settle();
  await trial.services.leave();
  assert.ok(held[0]?.isOver);
  await start;
  assert.deepEqual(trial.systemd.called(), [`start ${TARGET}`]);
});

Deno.test("SystemdServices.leave() waits until a stop has been passed to systemd, not longer", async () => {
  const trial = new Trial();
  const held = trial.hold("stop");
  void trial.services.stop();
  await settle();
  let isOver = false;
  const leave = trial.services.leave().then(() => isOver = true);
  await trial.effects.clock.advance(999);
  assert.equal(isOver, false);
  await trial.effects.clock.advance(1);
  await leave;
  held[0]?.exit(0);
});

for (
  const { name, demotedAfterMs, promote, want } of [
    { name: "demotes what a promotion that was cut off has left Primary", want: ["drbdsetup secondary web"] },
    { name: "waits a moment for the news that the resource was demoted", demotedAfterMs: 200, want: [] },
    { name: "tries a demotion once more that failed", promote: "failed", want: ["drbdsetup secondary web"] },
  ]
) {
  Deno.test(`SystemdServices.stop() ${name}`, async () => {
    const trial = new Trial();
    trial.isPrimary = true;
    const asked: string[] = [];
    trial.effects.processes.install("drbdsetup", (role) => {
      asked.push(role.argv.join(" "));
      role.exit(0);
    });
    if (promote !== undefined) {
      trial.systemd.verbs.set("stop", (role) => {
        trial.systemd.set(PROMOTE, { ActiveState: promote });
        role.exit(0);
      });
    }
    if (demotedAfterMs !== undefined) {
      trial.effects.clock.setTimer(demotedAfterMs, () => trial.isPrimary = false);
    }
    const stop = trial.services.stop();
    await trial.effects.clock.advance(1_000);
    assert.deepEqual(await stop, { outcome: "ok" });
    assert.deepEqual(asked, want);
  });
}

Deno.test("SystemdServices.stop() says so when the resource stays Primary without its services", async () => {
  const trial = new Trial();
  trial.isPrimary = true;
  trial.effects.processes.install("drbdsetup", (role) => {
    role.complain("Device is held open by someone\n");
    role.exit(11);
  });
  const stop = trial.services.stop();
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(await stop, { outcome: "ok" });
  assert.match(
    trial.log.from("warn").join(),
    /web: the services are stopped, but .* Primary: exit code 11: Device is held open/,
  );
});

Deno.test("SystemdServices.watch() reports units that failed or ended by themselves, each time, within 5 s", async () => {
  const trial = new Trial();
  const failed: string[] = [];
  const abort = new AbortController();
  trial.systemd.activate(PROMOTE, "db.service", "fs.mount");
  trial.services.watch(recordFailures(failed), abort.signal);
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(failed, []);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  trial.systemd.set("fs.mount", { ActiveState: "inactive" });
  await trial.effects.clock.advance(4_500);
  assert.deepEqual(failed, ["fs.mount", "db.service"]);
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(failed.slice(2), ["db.service"]);
  abort.abort();
  await trial.effects.clock.advance(10_000);
  assert.equal(failed.length, 3);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

for (
  const { name, before, now, promotion } of [
    {
      name: "a unit that somebody stops together with the promotion",
      before: { ActiveState: "active" },
      now: { ActiveState: "inactive" },
      promotion: { ActiveState: "active", Job: "13" },
    },
    {
      name: "a unit that failed when the promotion was taken back",
      before: { ActiveState: "active" },
      now: { ActiveState: "failed" },
      promotion: { ActiveState: "inactive" },
    },
    {
      name: "a oneshot that is through",
      before: { ActiveState: "active" },
      now: { ActiveState: "inactive", Type: "oneshot" },
    },
    { name: "a unit that never ran", before: {}, now: { ActiveState: "inactive" } },
    {
      name: "a unit that systemd starts again",
      before: { ActiveState: "active" },
      now: { ActiveState: "activating" },
    },
    {
      name: "a unit that is down while another one is restarted",
      before: { ActiveState: "active" },
      now: { ActiveState: "inactive", Job: "12" },
    },
  ]
) {
  Deno.test(`SystemdServices.watch() does not report ${name}`, async () => {
    const trial = new Trial();
    const failed: string[] = [];
    const abort = new AbortController();
    trial.systemd.activate(PROMOTE);
    trial.systemd.set("db.service", before);
    trial.services.watch(recordFailures(failed), abort.signal);
    await trial.effects.clock.advance(5_000);
    trial.systemd.set("db.service", now);
    if (promotion !== undefined) trial.systemd.set(PROMOTE, promotion);
    await trial.effects.clock.advance(20_000);
    assert.deepEqual(failed, []);
    abort.abort();
  });
}

Deno.test("SystemdServices.watch() reports what failed when the demotion was impossible", async () => {
  const trial = new Trial();
  const failed: string[] = [];
  const abort = new AbortController();
  trial.systemd.activate(PROMOTE, "db.service");
  trial.services.watch(recordFailures(failed), abort.signal);
  await trial.effects.clock.advance(5_000);
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  trial.systemd.set(PROMOTE, { ActiveState: "failed" });
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(failed, ["db.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

Deno.test("SystemdServices.watch() reports a unit that ran after the promotion and ended before the first look", async () => {
  const trial = new Trial();
  const failed: string[] = [];
  const abort = new AbortController();
  const since = (microseconds: string) => ({ ActiveEnterTimestampMonotonic: microseconds });
  trial.systemd.set(PROMOTE, { ActiveState: "active", ...since("500") });
  trial.systemd.set("fs.mount", { ...since("400"), StateChangeTimestampMonotonic: "600" });
  trial.systemd.set("db.service", { ...since("600"), StateChangeTimestampMonotonic: "700" });
  trial.services.watch(recordFailures(failed), abort.signal);
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(failed, ["db.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

Deno.test("SystemdServices.watch() reports again a unit that was restarted and ended before the next look", async () => {
  const trial = new Trial();
  const failed: string[] = [];
  const abort = new AbortController();
  const ended = (since: string) => ({
    ...{
      ActiveState: "inactive",
      ActiveEnterTimestampMonotonic: since,
      StateChangeTimestampMonotonic: since,
    },
  });
  trial.systemd.set(PROMOTE, { ActiveState: "active", ActiveEnterTimestampMonotonic: "500" });
  trial.systemd.activate("fs.mount");
  trial.systemd.set("db.service", { ActiveState: "active", ActiveEnterTimestampMonotonic: "600" });
  trial.services.watch(recordFailures(failed), abort.signal);
  await trial.effects.clock.advance(5_000);
  trial.systemd.set("db.service", ended("600"));
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(failed, ["db.service"]);
  trial.systemd.set("db.service", ended("700"));
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(failed, ["db.service", "db.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

Deno.test("SystemdServices.watch() says since when nobody could see how the units are: since find() was begun, or the last answer", async () => {
  const trial = new Trial();
  const abort = new AbortController();
  const sinceMs: (number | undefined)[] = [];
  const beginMs = trial.effects.clock.nowMs();
  const hang = () => {};
  trial.systemd.verbs.set("show", hang);
  const finding = trial.services.find(true, abort.signal).catch(() => "unknown");
  await trial.effects.clock.advance(40_000);
  assert.equal(await finding, "unknown");
  trial.systemd.verbs.clear();
  trial.systemd.activate(PROMOTE, TARGET);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.services.find(true, abort.signal);
  trial.services.watch(
    { failed: (_, ms) => sinceMs.push(ms), missing: () => {}, seen: () => {} },
    abort.signal,
  );
  await settle();
  const within = 4_000;
  assert.deepEqual(sinceMs, [beginMs + within], "at most 4 s after the begin");
  trial.systemd.set("db.service", { ActiveState: "active" });
  await trial.effects.clock.advance(within);
  const seenMs = trial.effects.clock.nowMs();
  trial.systemd.verbs.set("show", hang);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.effects.clock.advance(60_000);
  trial.systemd.verbs.clear();
  await trial.effects.clock.advance(40_000);
  assert.equal(sinceMs[1], seenMs + within, "at most 4 s after the last answer");
  abort.abort();
});

Deno.test("UnitQueries asks for many hundreds of units in several calls at once, and mixes nothing up", async () => {
  const trial = new Trial();
  const units = Array.from({ length: 900 }, (_, place) => `u${place}.service`);
  trial.systemd.set("u7.service", { ActiveState: "failed" });
  trial.systemd.set("u899.service", { ActiveState: "active" });
  const held: (() => void)[] = [];
  trial.systemd.verbs.set(
    "show",
    (role, args) => void held.push(() => trial.systemd.obey(role, "show", args)),
  );
  const looking = UnitQueries.of(trial.effects).query(units);
  await settle();
  assert.equal(held.length, 3);
  for (const answer of held.toReversed()) answer();
  const states = await looking;
  const notInactive = states.flatMap((state, place) =>
    state.get("ActiveState") === "inactive" ? [] : [`${units[place]}: ${state.get("ActiveState")}`]
  );
  assert.deepEqual(notInactive, ["u7.service: failed", "u899.service: active"]);
});

/** Units of a resource that is called as its only unit. */
function unitsOf(trial: Trial, resource: string, unit: string): ResourceUnits {
  const config = resourceConfig(resource, v.parse(RESOURCE_TABLE, { start: [unit] }));
  return new ResourceUnits(trial.effects, trial.log, config as SystemdResourceConfig);
}

Deno.test("UnitWatch asks systemctl once for the units of all resources", async () => {
  const trial = new Trial();
  const watch = UnitWatch.of(trial.effects, trial.log);
  const abort = new AbortController();
  const failed: string[] = [];
  trial.systemd.activate("drbd-promote@one.service", "drbd-promote@two.service");
  const listenerOf = (name: string) => ({
    failed: (unit: string) => failed.push(`${name}: ${unit}`),
    missing() {},
    seen() {},
  });
  watch.add(unitsOf(trial, "one", "a.service"), listenerOf("one"), abort.signal);
  watch.add(unitsOf(trial, "two", "b.service"), listenerOf("two"), abort.signal);
  trial.systemd.set("b.service", { ActiveState: "failed" });
  await trial.effects.clock.advance(4_000);
  const asked = trial.effects.processes.started.map(({ argv }) =>
    argv.slice(argv.indexOf("--") + 1).join(" ")
  );
  const one = "drbd-services@one.target drbd-promote@one.service a.service";
  assert.deepEqual(asked, [one, `${one} ${one.replaceAll("one", "two").replace("a.s", "b.s")}`]);
  assert.deepEqual(failed, ["two: b.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});

Deno.test("UnitWatch looks again when systemctl fails", async () => {
  const trial = new Trial();
  const watch = UnitWatch.of(trial.effects, trial.log);
  const abort = new AbortController();
  const failed: string[] = [];
  trial.effects.processes.install("systemctl", undefined);
  watch.add(unitsOf(trial, "web", "a.service"), recordFailures(failed), abort.signal);
  await settle();
  await trial.effects.clock.advance(20_000);
  assert.deepEqual(trial.log.from("warn").map((line) => /^[^:]+: [^:]+: [^:]+/.exec(line)?.[0]), [
    "warn: Cannot monitor the units of the start lists; retrying every 4 s: Cannot start systemctl",
  ]);
  const systemd = new SimulatedSystemd(trial.effects.processes);
  systemd.activate(PROMOTE);
  systemd.set("a.service", { ActiveState: "failed" });
  await trial.effects.clock.advance(4_000);
  assert.deepEqual(failed, ["a.service"]);
  abort.abort();
  await trial.effects.clock.advance(4_000);
});
