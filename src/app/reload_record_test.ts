import assert from "node:assert/strict";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import { Metrics } from "../daemon/status/metrics.ts";
import { ReloadRecord } from "./reload_record.ts";

Deno.test("ReloadRecord shows under Prometheus' names whether the last reload succeeded, and when one did", async () => {
  const effects = new SimulatedEffects();
  const record = new ReloadRecord(effects, new LogRecorder());
  const metrics = new Metrics();
  record.show(metrics);
  const values = () => metrics.families().map(({ name, type, ...rest }) => [name, type, rest]);
  const shown = () => metrics.families().flatMap((family) => family.samples().map(({ value }) => value));
  const startedMs = effects.clock.wallMs();
  record.note(startedMs, "loaded");
  assert.deepEqual(shown(), [startedMs / 1000, 1]);
  await effects.clock.advance(7_000);
  record.note(effects.clock.wallMs(), "errors", ["one", "two"]);
  assert.deepEqual(shown(), [startedMs / 1000, 0]);
  record.note(effects.clock.wallMs(), "loaded");
  assert.deepEqual(shown(), [startedMs / 1000 + 7, 1]);
  assert.deepEqual(values().map(([name, type]) => [name, type]), [
    ["drbdd_config_last_reload_success_timestamp_seconds", "gauge"],
    ["drbdd_config_last_reload_successful", "gauge"],
  ]);
});

Deno.test("ReloadRecord says when drbddctl will not find its notes", async () => {
  const effects = new SimulatedEffects();
  effects.variables.set("RUNTIME_DIRECTORY", "/nowhere");
  const log = new LogRecorder();
  new ReloadRecord(effects, log).note(0, "loaded");
  await effects.clock.advance(0);
  assert.match(log.lines.join(), /^warn: Cannot write the result of the reload for drbddctl: .*\/nowhere/);
});
