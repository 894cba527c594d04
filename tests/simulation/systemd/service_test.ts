import assert from "node:assert/strict";
import { ClusterClock } from "../cluster/clock.ts";
import { Manager } from "./manager.ts";
import { type ProcessListener, Service } from "./service.ts";
import { UnitFile } from "./unit_file.ts";

/** A systemd with one unit, and those who run for it. */
function world(text: string) {
  const clock = new ClusterClock(0);
  const processes: ProcessListener[] = [];
  const manager: Manager = new Manager({
    nowMs: () => clock.nowMs(),
    load: (name) =>
      new Service(new UnitFile(name, [text]), {
        nowMs: () => clock.nowMs(),
        stampMs: () => manager.stampMs(),
        changed: (unit, before) => manager.changed(unit, before),
        setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
        spawn: (_unit, _command, listener) => {
          processes.push(listener);
          return { kill: (signal) => listener.ended({ code: undefined, signal }), freeze: () => {} };
        },
      }),
    readAgain: () => {},
    onChange: () => {},
    onFailureAction: () => {},
  });
  const unit = manager.unit("a.service");
  manager.start("a.service");
  return { clock, manager, unit, processes };
}

const UNIT = "[Service]\nType=simple\nExecStart=/usr/bin/a\nRestartSec=2\n";

for (
  const [policy, code, restarts] of [
    ["always", 0, true],
    ["always", 1, true],
    ["on-failure", 0, false],
    ["on-failure", 1, true],
    ["no", 1, false],
  ] as const
) {
  Deno.test(`a service with Restart=${policy} that ends with ${code} is ${restarts ? "" : "not "}started again`, () => {
    const { clock, unit, processes } = world(`${UNIT}Restart=${policy}\n`);
    assert.equal(unit.state, "active");
    processes[0]?.ended({ code });
    assert.equal(unit.state, restarts ? "activating" : code === 0 ? "inactive" : "failed");
    assert.equal(processes.length, 1);
    if (!restarts) return;
    while (clock.nextMs <= 2_000) clock.step();
    assert.deepEqual([unit.state, processes.length], ["active", 2]);
  });
}

Deno.test("a service with Restart=always stays down when it is stopped", () => {
  const { clock, manager, unit, processes } = world(`${UNIT}Restart=always\n`);
  manager.enqueue("stop", unit);
  while (clock.nextMs <= 10_000) clock.step();
  assert.deepEqual([unit.state, processes.length], ["inactive", 1]);
});

Deno.test("no two changes of units have the same time, though no time passes", () => {
  const { unit, processes } = world(UNIT);
  const beganMs = unit.activeEnterMs ?? 0;
  processes[0]?.ended({ code: 0 });
  assert.ok((unit.activeExitMs ?? 0) > beganMs);
});
