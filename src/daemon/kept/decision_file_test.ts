import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { DecisionFile, readDecisions } from "./decision_file.ts";
import { type Decision, DecisionLog } from "../status/decision_log.ts";

const PATH = "/run/drbdd/decisions.json";

function world() {
  const effects = new SimulatedEffects();
  effects.variables.set("RUNTIME_DIRECTORY", "/run/drbdd");
  effects.files.put("/run/drbdd/configuration.json", "{}");
  return { effects, log: new LogRecorder() };
}

const decision = (wallMs: number, text: string, level: Decision["level"] = "info"): Decision => ({
  wallMs,
  plugin: "promoter",
  level,
  text,
});

Deno.test("the decisions of a daemon are those of the next one, before its own", async () => {
  const { effects, log } = world();
  const first = new DecisionLog();
  await new DecisionFile(effects, log, first).keep();
  first.note("web", decision(1, "start: DRBD may promote here"));
  first.note("web", decision(2, "start failed: a.service failed", "error"));
  await effects.clock.advance(1_000);
  await settle();
  assert.equal(effects.files.modes.get(PATH), 0o640);

  const second = new DecisionLog();
  const file = new DecisionFile(effects, log, second);
  const kept = file.keep();
  second.note("web", decision(3, "wait 20 s: the last attempt was less than 20 s ago"));
  await kept;
  assert.deepEqual(second.of("web").map(({ wallMs, level }) => `${wallMs} ${level}`), [
    "1 info",
    "2 error",
    "3 info",
  ]);
  await file.flush();
  assert.deepEqual((await readDecisions(effects)).get("web"), second.of("web"));
  assert.deepEqual(log.lines, []);
});

Deno.test("the file of decisions is bounded: the newest stay, and long texts are cut", async () => {
  const { effects, log } = world();
  const decisions = new DecisionLog();
  const file = new DecisionFile(effects, log, decisions);
  await file.keep();
  for (let at = 0; at < 30_000; at++) decisions.note(`r${at % 300}`, decision(at, "x".repeat(5_000)));
  await file.flush();
  await effects.clock.advance(1_000);
  await settle();
  const kept = await readDecisions(effects);
  const all = [...kept.values()].flat();
  assert.equal(all.length, 2_000);
  assert.equal(Math.min(...all.map(({ wallMs }) => wallMs)), 28_000);
  assert.equal(kept.get("r7")?.at(-1)?.wallMs, 29_707);
  assert.ok(all.every(({ text }) => text.length === 2_000));
});

Deno.test("a file of decisions that makes no sense is none", async () => {
  const { effects, log } = world();
  effects.files.put(PATH, '{"web":[{"wallMs":"1"}, 7],"db":3}');
  const decisions = new DecisionLog();
  await new DecisionFile(effects, log, decisions).keep();
  assert.deepEqual(decisions.of("web"), []);
  effects.files.put(PATH, "no JSON");
  assert.equal((await readDecisions(effects)).size, 0);
});

Deno.test("a daemon that systemd did not start keeps no file, and one that cannot write says so once", async () => {
  const effects = new SimulatedEffects();
  const log = new LogRecorder();
  const decisions = new DecisionLog();
  await new DecisionFile(effects, log, decisions).keep();
  decisions.note("web", decision(1, "start"));
  assert.equal(effects.clock.pendingTimers, 0);

  const other = world();
  other.effects.files.readOnly = "/run";
  const file = new DecisionFile(other.effects, other.log, decisions);
  await file.keep();
  for (const text of ["stop", "start"]) {
    decisions.note("web", decision(2, text));
    await file.flush();
  }
  assert.match(other.log.lines.join("\n"), /^warn: Cannot save the last decisions for drbddctl: [^\n]+$/);
});

Deno.test("a warning that repeats the last one is not kept twice", () => {
  const decisions = new DecisionLog();
  decisions.note("web", decision(1, "waits for its backing device /dev/x", "warning"));
  decisions.note("web", decision(2, "waits for its backing device /dev/x", "warning"));
  assert.deepEqual(decisions.of("web").map(({ wallMs }) => wallMs), [1]);
});
