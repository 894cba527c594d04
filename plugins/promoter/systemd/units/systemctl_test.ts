import assert from "node:assert/strict";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../../tests/support/simulated/simulated_processes.ts";
import { complaintOf, Systemctl } from "./systemctl.ts";

function world() {
  const effects = new SimulatedEffects();
  const held: Role[] = [];
  effects.processes.install("systemctl", (role) => void held.push(role));
  const log = new LogRecorder();
  return { effects, held, log, systemctl: new Systemctl(effects, log) };
}

for (
  const [verb, limitMs] of [
    ["show", 10_000],
    ["freeze", 10_000],
    ["reset-failed", 10_000],
    ["list-dependencies", 10_000],
    ["daemon-reload", 120_000],
    ["mask", 120_000],
  ] as const
) {
  Deno.test(`Systemctl.run() waits ${limitMs / 1000} s for ${verb}`, async () => {
    const { effects, systemctl } = world();
    let complaint = "";
    void systemctl.run([verb, "x"]).then((result) => complaint = complaintOf([verb, "x"], result));
    await effects.clock.advance(limitMs - 1);
    assert.equal(complaint, "");
    await effects.clock.advance(1);
    assert.equal(complaint, `"systemctl ${verb} x" failed: no answer within ${limitMs / 1000} s`);
    assert.equal(effects.clock.pendingTimers, 0);
  });
}

for (const verb of ["start", "stop", "restart"]) {
  Deno.test(`Systemctl.run() waits for the jobs of ${verb} without a limit`, async () => {
    const { effects, held, systemctl } = world();
    let isOver = false;
    void systemctl.run([verb, "x"]).then(() => isOver = true);
    await effects.clock.advance(3_600_000);
    assert.equal(isOver, false);
    held[0]?.exit(0);
    await settle();
    assert.equal(isOver, true);
  });
}

Deno.test("Systemctl.run() says after 10 s that a daemon-reload is being waited for", async () => {
  const { effects, held, log, systemctl } = world();
  void systemctl.run(["daemon-reload"]);
  await effects.clock.advance(60_000);
  held[0]?.exit(0);
  await settle();
  assert.deepEqual(log.lines, [
    "info: systemctl daemon-reload is still going on after 10 s",
    "warn: systemctl daemon-reload is still going on after 60 s",
  ]);
});

Deno.test("Systemctl.show() asks again when systemd does not answer, and says so", async () => {
  const { effects, held, log, systemctl } = world();
  let state: string | undefined;
  void systemctl.show(["x"], ["ActiveState"]).then(([unit]) => state = unit?.get("ActiveState"));
  await effects.clock.advance(20_000);
  assert.equal(held.length, 3);
  held[2]?.print("ActiveState=active\n");
  held[2]?.exit(0);
  await settle();
  assert.equal(state, "active");
  assert.deepEqual(log.lines, [
    'warn: systemd does not answer: "systemctl show --property=ActiveState -- x" failed: no answer within 10 s; ' +
    "asking again",
  ]);
});

Deno.test("Systemctl.show() fails when systemd does not answer three times", async () => {
  const { effects, systemctl } = world();
  const shown = assert.rejects(systemctl.show(["x"], ["ActiveState"]), /no answer within 10 s/);
  await effects.clock.advance(30_000);
  await shown;
  assert.equal(effects.clock.pendingTimers, 0);
});
