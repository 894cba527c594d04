import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { stopFrozen } from "./frozen_stop.ts";
import { type Done, OK } from "../control/services.ts";

const LIST = ["fs.mount", "app.service", "db.service", "new.service"];
const FROZEN = { ActiveState: "active", FreezerState: "frozen", MainPID: "77" };

class Trial {
  readonly effects = new SimulatedEffects();
  readonly systemd = new SimulatedSystemd(this.effects.processes);
  readonly log = new LogRecorder();
  readonly stop = Promise.withResolvers<Done>();

  /** app.service is stopped by a signal, db.service by a command; new.service runs. */
  constructor() {
    this.systemd.activate(...LIST);
    this.systemd.set("app.service", FROZEN);
    this.systemd.set("db.service", { ...FROZEN, ExecStop: "{ path=/usr/bin/pg_ctl }" });
  }

  begin(): Promise<Done> {
    return stopFrozen(this.effects, this.log, { list: LIST, resource: "web" }, () => {
      this.systemd.calls.push("the stop");
      return this.stop.promise;
    });
  }
}

Deno.test("stopFrozen() kills what is frozen before it is stopped, and then forgets that it failed", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { FreezerState: "running" });
  const done = trial.begin();
  await trial.effects.clock.advance(0);
  assert.deepEqual(trial.systemd.called(), ["kill --signal=KILL app.service", "the stop"]);
  assert.match(trial.log.lines.join("\n"), /web: killing frozen services, .*: app\.service$/m);
  trial.stop.resolve({ outcome: "ok", failedUnit: "app.service" });
  await trial.effects.clock.advance(100);
  assert.deepEqual(await done, OK);
  assert.deepEqual(trial.systemd.called(), ["reset-failed app.service"]);
});

Deno.test("stopFrozen() holds what has ExecStop= until its stop begins: systemd would not run that of a dead service", async () => {
  const trial = new Trial();
  const done = trial.begin();
  await trial.effects.clock.advance(500);
  assert.deepEqual(trial.systemd.called(), [
    "kill --signal=KILL app.service",
    "kill --signal=STOP db.service",
    "the stop",
  ]);
  trial.systemd.set("db.service", { ActiveState: "deactivating", FreezerState: "running" });
  await trial.effects.clock.advance(100);
  assert.deepEqual(trial.systemd.called(), ["kill --kill-whom=main --signal=KILL db.service"]);
  await trial.effects.clock.advance(10_000);
  assert.deepEqual(trial.systemd.called(), []);
  trial.stop.resolve(OK);
  assert.deepEqual(await done, OK);
  assert.deepEqual(trial.systemd.called(), [
    "kill --signal=KILL db.service",
    "reset-failed app.service db.service",
  ]);
});

Deno.test("stopFrozen() kills a service without a main process, which systemd stops by its command all the same", async () => {
  const trial = new Trial();
  trial.systemd.set("db.service", { MainPID: "0" });
  const done = trial.begin();
  await trial.effects.clock.advance(0);
  assert.deepEqual(trial.systemd.called(), ["kill --signal=KILL app.service db.service", "the stop"]);
  trial.stop.resolve(OK);
  await done;
});

Deno.test("stopFrozen() says which other service failed, and why a stop did", async () => {
  for (
    const ended of [{ outcome: "ok", failedUnit: "new.service" }, { outcome: "failed", why: "x" }] as const
  ) {
    const trial = new Trial();
    trial.stop.resolve(ended);
    assert.deepEqual(await trial.begin(), ended);
    assert.equal(trial.effects.clock.pendingTimers, 0);
  }
});

Deno.test("stopFrozen() stops where systemd does not answer, and without anything else where nothing is frozen", async () => {
  const trial = new Trial();
  trial.systemd.verbs.set("show", (role) => role.exit(1));
  trial.stop.resolve(OK);
  assert.deepEqual(await trial.begin(), OK);
  assert.deepEqual(trial.systemd.called(), ["the stop"]);
});
