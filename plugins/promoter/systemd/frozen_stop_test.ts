import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../tests/support/simulated/simulated_processes.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { stopFrozen } from "./frozen_stop.ts";
import { FrozenStopMark } from "./frozen_stop_mark.ts";
import { type Done, OK } from "../control/services.ts";
import { Systemctl } from "./units/systemctl.ts";
import { UnitJobs } from "./units/unit_jobs.ts";

const LIST = ["fs.mount", "app.service", "data.mount", "db.service", "new.service"];
const FROZEN = { ActiveState: "active", FreezerState: "frozen", MainPID: "77" };
const MARK = "/run/drbdd/frozen-stops/web";
const STOP = "stop --job-mode=ignore-dependencies";

class Trial {
  readonly effects = new SimulatedEffects();
  readonly systemd = new SimulatedSystemd(this.effects.processes);
  readonly log = new LogRecorder();
  readonly jobs = new UnitJobs(new Systemctl(this.effects, this.log), LIST);
  readonly mark = new FrozenStopMark(this.effects, this.log, "web");

  /** app.service is stopped by a signal, db.service by a command; new.service runs. */
  constructor() {
    this.systemd.activate(...LIST);
    this.systemd.set("app.service", FROZEN);
    this.systemd.set("db.service", { ...FROZEN, ExecStop: "{ path=/usr/bin/pg_ctl }" });
  }

  get isMarked(): boolean {
    return MARK in this.effects.files.all();
  }

  begin(done: Done = OK): Promise<Done> {
    return stopFrozen(this.log, this.jobs, this.mark, { list: LIST, resource: "web" }, () => {
      this.systemd.calls.push("the stop");
      return Promise.resolve(done);
    });
  }

  /** Stops do not end by themselves. */
  hold(): Role[] {
    const held: Role[] = [];
    this.systemd.verbs.set("stop", (role) => void held.push(role));
    return held;
  }
}

Deno.test("stopFrozen() stops unit after unit, from the last to the first frozen one, and kills what is frozen before", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { ExecStop: "" });
  const stop = trial.hold();
  const done = trial.begin({ outcome: "ok", failedUnit: "app.service" });
  for (
    const calls of [
      [`${STOP} new.service`],
      ["kill --signal=KILL db.service", `${STOP} db.service`],
      [`${STOP} data.mount`],
      ["kill --signal=KILL app.service", `${STOP} app.service`],
    ]
  ) {
    await trial.effects.clock.advance(1_000);
    assert.deepEqual(trial.systemd.called(), calls);
    assert.ok(trial.isMarked);
    stop.pop()?.exit(0);
  }
  assert.deepEqual(await done, OK);
  assert.ok(!trial.isMarked);
  assert.deepEqual(trial.systemd.called(), ["the stop", "reset-failed app.service db.service"]);
  assert.match(trial.log.lines.join("\n"), /web: killing frozen services, .*: app\.service, db\.service$/m);
});

Deno.test("stopFrozen() holds what has ExecStop= until its stop begins: systemd would not run that of a dead service", async () => {
  const trial = new Trial();
  trial.systemd.set("app.service", { FreezerState: "running" });
  const stop = trial.hold();
  const done = trial.begin();
  await trial.effects.clock.advance(0);
  stop.pop()?.exit(0);
  trial.systemd.called();
  await trial.effects.clock.advance(500);
  assert.deepEqual(trial.systemd.called(), ["kill --signal=STOP db.service", `${STOP} db.service`]);
  trial.systemd.set("db.service", { ActiveState: "deactivating", FreezerState: "running" });
  await trial.effects.clock.advance(100);
  assert.deepEqual(trial.systemd.called(), ["kill --kill-whom=main --signal=KILL db.service"]);
  await trial.effects.clock.advance(5_000);
  assert.deepEqual(trial.systemd.called(), []);
  stop.pop()?.exit(0);
  assert.deepEqual(await done, OK);
  assert.deepEqual(trial.systemd.called(), [
    "kill --signal=KILL db.service",
    "the stop",
    "reset-failed db.service",
  ]);
});

Deno.test("stopFrozen() kills a service without a main process, which systemd stops by its command anyway", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { MainPID: "0" });
  await trial.begin();
  assert.equal(trial.systemd.called()[1], "kill --signal=KILL db.service");
});

Deno.test("stopFrozen() says which other service failed, and why a stop did", async () => {
  for (
    const ended of [{ outcome: "ok", failedUnit: "new.service" }, { outcome: "failed", why: "x" }] as const
  ) {
    const trial = new Trial();
    trial.systemd.set("db.service", { ExecStop: "" });
    assert.deepEqual(await trial.begin(ended), ended);
  }
});

Deno.test("stopFrozen() stops where systemd does not answer, and kills nothing where nothing is frozen", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("show", (role) => role.exit(1));
  assert.deepEqual(await trial.begin(), OK);
  assert.deepEqual(trial.systemd.called(), ["the stop"]);
  trial.systemd.verbs.delete("show");
  for (const unit of LIST) trial.systemd.set(unit, { FreezerState: "running" });
  assert.deepEqual(await trial.begin(), OK);
  assert.deepEqual(trial.systemd.called(), ["the stop"]);
});

Deno.test("stopFrozen() goes on with a stop that an earlier drbdd did not end: first it kills what was thawed for that", async () => {
  const trial = new Trial();
  trial.effects.files.put(MARK, "");
  const stopping = { ActiveState: "deactivating", FreezerState: "running" };
  trial.systemd.set("db.service", stopping);
  // Only its command for the stop is left; systemd has restarted this one.
  trial.systemd.set("fs.mount", { ...stopping, MainPID: "0" });
  trial.systemd.set("new.service", { MainPID: "78", ExecStop: "" });
  assert.deepEqual(await trial.begin({ outcome: "ok", failedUnit: "new.service" }), OK);
  assert.deepEqual(trial.systemd.called(), [
    "kill --kill-whom=main --signal=KILL db.service",
    "kill --signal=KILL new.service",
    `${STOP} new.service`,
    `${STOP} db.service`,
    "kill --signal=KILL db.service",
    `${STOP} data.mount`,
    "kill --signal=KILL app.service",
    `${STOP} app.service`,
    "the stop",
    "reset-failed app.service db.service new.service",
  ]);
  assert.match(
    trial.log.lines.join("\n"),
    /killing services whose stop was interrupted, .*: app.service, db.service, new/,
  );
  assert.ok(!trial.isMarked);
});

Deno.test("stopFrozen() leaves no mark of a stop with nothing left to kill, and stops what it cannot mark", async () => {
  const trial = new Trial();
  for (const unit of LIST) trial.systemd.set(unit, { ActiveState: "inactive" });
  trial.effects.files.put(MARK, "");
  assert.deepEqual(await trial.begin(), OK);
  assert.ok(!trial.isMarked);
  const another = new Trial();
  another.effects.files.failing.set(MARK, "No space left on device");
  assert.deepEqual(await another.begin(), OK);
  assert.equal(another.systemd.called().filter((call) => call.startsWith("kill")).length, 3);
  assert.match(
    another.log.from("warn").join(),
    /web: cannot mark the stop of frozen services: .*No space left/,
  );
});
