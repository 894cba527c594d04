import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Program } from "../../../tests/support/simulated/simulated_processes.ts";
import { demoteIfNeeded, keepJournal } from "./after_stop.ts";

/** A demotion that begins now, of a resource that is Primary for so long. */
function demotion(primaryForMs: number, play: Program) {
  const effects = new SimulatedEffects();
  let demotions = 0;
  effects.processes.install("drbdsetup", (role) => {
    demotions++;
    play(role);
  });
  const startedMs = effects.clock.nowMs();
  const isPrimary = () => effects.clock.nowMs() - startedMs < primaryForMs;
  let end: { why: string | undefined } | undefined;
  void demoteIfNeeded(effects, "web", isPrimary).then((why) => end = { why });
  return { effects, demotions: () => demotions, end: () => end };
}

Deno.test("demoteIfNeeded() leaves what is Secondary alone, at once", async () => {
  const { demotions, end } = demotion(0, (role) => role.exit(0));
  await settle();
  assert.deepEqual([demotions(), end()], [0, { why: undefined }]);
});

Deno.test("demoteIfNeeded() waits 300 ms for the news of a demotion", async () => {
  const { effects, demotions, end } = demotion(300, (role) => role.exit(0));
  await effects.clock.advance(299);
  assert.equal(end(), undefined);
  await effects.clock.advance(1);
  assert.deepEqual([demotions(), end()], [0, { why: undefined }]);
});

Deno.test("demoteIfNeeded() demotes what is still Primary after 300 ms", async () => {
  const { effects, demotions, end } = demotion(Infinity, (role) => role.exit(0));
  await effects.clock.advance(299);
  assert.equal(demotions(), 0);
  await effects.clock.advance(1);
  assert.deepEqual([demotions(), end()], [1, { why: undefined }]);
});

Deno.test("demoteIfNeeded() returns why drbdsetup could not demote", async () => {
  const { effects, end } = demotion(Infinity, (role) => {
    role.complain("Device is held open by someone\n");
    role.exit(11);
  });
  await effects.clock.advance(300);
  assert.match(end()?.why ?? "", /held open/);
});

Deno.test("keepJournal() ends a journalctl that hangs after a minute, and goes on with the next", async () => {
  const effects = new SimulatedEffects();
  let begun = 0;
  effects.processes.install("journalctl", () => begun++);
  void keepJournal(effects, new LogRecorder());
  await effects.clock.advance(59_999);
  assert.deepEqual([begun, effects.processes.alive.length], [1, 1]);
  await effects.clock.advance(1);
  assert.deepEqual([begun, effects.processes.alive.length], [2, 1]);
});

Deno.test("keepJournal() says at debug level that there is no journalctl, and does not reject", async () => {
  const log = new LogRecorder();
  await keepJournal(new SimulatedEffects(), log);
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0] ?? "", /^debug: Cannot flush the journal: /);
});
