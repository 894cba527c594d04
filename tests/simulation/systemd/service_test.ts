import assert from "node:assert/strict";
import { ClusterClock } from "../cluster/clock.ts";
import { Manager } from "./manager.ts";
import { type ProcessListener, Service } from "./service.ts";
import { UnitFile } from "./unit_file.ts";

/** A systemd with units of these names, the first of which is started, and those who run for them. */
function worldOf(texts: Readonly<Record<string, string>>) {
  const clock = new ClusterClock(0);
  const processes: ProcessListener[] = [];
  const changes: string[] = [];
  const manager: Manager = new Manager({
    nowMs: () => clock.nowMs(),
    load: (name) =>
      new Service(new UnitFile(name, [texts[name] ?? ""]), {
        nowMs: () => clock.nowMs(),
        stampMs: () => manager.stampMs(),
        changed: (unit, before) => manager.changed(unit, before),
        restart: (failed) => manager.restart(failed),
        setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
        spawn: (_unit, _command, listener) => {
          processes.push(listener);
          return { kill: (signal) => listener.ended({ code: undefined, signal }), freeze: () => {} };
        },
      }),
    readAgain: () => {},
    onChange: ({ name, state }) => void changes.push(`${name} ${state}`),
    onFailureAction: () => {},
  });
  const [first = ""] = Object.keys(texts);
  manager.start(first);
  return { clock, manager, processes, changes };
}

function world(text: string) {
  const { manager, ...rest } = worldOf({ "a.service": text });
  return { ...rest, manager, unit: manager.unit("a.service") };
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

Deno.test("what requires a service is restarted with it when systemd starts it again", () => {
  const b = "[Unit]\nRequires=a.service\nAfter=a.service\n[Service]\nType=simple\nExecStart=/usr/bin/b\n";
  const { clock, processes, changes } = worldOf({
    "b.service": b,
    "a.service": `${UNIT}Restart=on-failure\n`,
  });
  assert.deepEqual(changes.splice(0), ["a.service active", "b.service active"]);
  processes[0]?.ended({ code: 1 });
  assert.deepEqual(changes.splice(0), ["a.service failed", "a.service activating"]);
  while (clock.nextMs <= 2_000) clock.step();
  assert.deepEqual(changes, [
    "b.service deactivating",
    "b.service inactive",
    "a.service inactive",
    "a.service active",
    "b.service active",
  ]);
});

Deno.test("a service that systemd starts again too often stays failed, until its failures are forgotten", () => {
  const { clock, manager, unit, processes } = world(`${UNIT}Restart=on-failure\nRestartSec=100ms\n`);
  for (let count = 0; count < 5; count++) {
    processes[count]?.ended({ code: 1 });
    while (clock.nextMs <= 100 * (count + 1)) clock.step();
  }
  assert.deepEqual([unit.state, processes.length], ["failed", 5]);
  manager.start("a.service");
  assert.equal(unit.state, "failed");
  unit.resetFailed();
  manager.start("a.service");
  assert.deepEqual([unit.state, processes.length], ["active", 6]);
});

Deno.test("no two changes of units have the same time, though no time passes", () => {
  const { unit, processes } = world(UNIT);
  const startedMs = unit.activeEnterMs ?? 0;
  processes[0]?.ended({ code: 0 });
  assert.ok((unit.activeExitMs ?? 0) > startedMs);
});
