/** What follows a service that died for good. */
import assert from "node:assert/strict";
import {
  Course,
  FREEZE,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../../tests/support/trials/state_machine_course.ts";
import type { Input, Policy } from "../state.ts";
import type { View } from "../view.ts";

const FAIL_OVER: Policy = { ...POLICY, onServiceFailure: "fail-over" };
const RESTART: Policy = { ...POLICY, onServiceFailure: "restart", serviceFailureLimit: 2 };
const DB_FAILS: Input = { kind: "unitFailed", unit: "db.service" };
/** No peer has UpToDate data of all volumes. */
const ALONE: View = { ...PRIMARY, upToDatePeers: [], upToDateElsewhere: [] };

Deno.test("step() started: a failed unit is ignored by default", () => {
  assert.deepEqual(new Course().running().feed({ kind: "unitFailed", unit: "db.service" }).done, ["start"]);
});

Deno.test("step() started: a failed unit is restarted up to the limit, then the node gives way for a minute", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart", serviceFailureLimit: 2 }).running();
  const fails: Input = { kind: "unitFailed", unit: "db.service" };
  course.feed(fails).pass(1_000).feed(fails).pass(1_000).feed(fails);
  assert.deepEqual(course.done, ["start", "restart db.service", "restart db.service", "stop"]);
  course.finish().see(PROMOTABLE);
  course.pass(59_999);
  assert.equal(course.state.phase, "stopped");
  course.pass(1);
  assert.equal(course.state.phase, "starting");
});

Deno.test("step() started: restarts older than ten minutes do not count", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart", serviceFailureLimit: 1 }).running();
  const fails: Input = { kind: "unitFailed", unit: "db.service" };
  course.feed(fails).pass(600_000).feed(fails);
  assert.deepEqual(course.done, ["start", "restart db.service", "restart db.service"]);
});

Deno.test("step() started -> stopping at once when a unit failed, with policy fail-over", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "fail-over" }).running();
  course.feed({ kind: "unitFailed", unit: "db.service" });
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(70_000).finish();
  assert.equal(course.state.backoffUntilMs, course.nowMs + 60_000);
});

for (
  const { name, policy, times, want } of [
    { name: "fail-over gives way for a minute", policy: "fail-over", times: 1, want: 60_000 },
    { name: "restart starts over", policy: "restart", times: 2, want: 0 },
    { name: "restart gives way when the limit is reached", policy: "restart", times: 3, want: 60_000 },
    { name: "ignore does as always", policy: "ignore", times: 9, want: 0 },
  ] as const
) {
  Deno.test(`step() stopped: of a unit that took the others along when it failed, ${name}`, () => {
    const course = new Course({ ...POLICY, onServiceFailure: policy, serviceFailureLimit: 2 }).running();
    for (let time = 1; time <= times; time++) {
      // Longer than that between two attempts.
      course.pass(30_000).see(SECONDARY).pass(2_000);
      assert.equal(course.done.at(-1), "stop");
      course.feed({
        kind: "finished",
        action: course.state.action,
        outcome: "ok",
        failedUnit: "db.service",
      });
      const waitsMs = Math.max(0, course.state.backoffUntilMs - course.nowMs);
      assert.equal(waitsMs, time < times ? 0 : want, `time ${time}`);
      if (time < times) course.see(PROMOTABLE).pass(25).see(PRIMARY).finish();
    }
  });
}

Deno.test("step() started: restarts are counted for each unit by itself", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart", serviceFailureLimit: 1 }).running();
  course.feed({ kind: "unitFailed", unit: "db.service" }, { kind: "unitFailed", unit: "web.service" });
  assert.deepEqual(course.done, ["start", "restart db.service", "restart web.service"]);
  course.feed({ kind: "unitFailed", unit: "web.service" });
  assert.deepEqual(course.done.slice(3), ["stop"]);
});

Deno.test("step() started: where the resource is not Primary a failed unit is not restarted, nor is anything forgotten", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart" });
  course.feed({ kind: "protection", protection: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  const { wakeAtMs } = course.last;
  course.feed({ kind: "unitFailed", unit: "db.service" });
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, wakeAtMs);
});

Deno.test("a service that failed is started again here, with policy fail-over, where no peer could take over", () => {
  const course = new Course(FAIL_OVER).running().pass(60_000).see(ALONE).feed(DB_FAILS);
  assert.deepEqual(course.done, ["start", "restart db.service"]);
  assert.equal(
    course.last.decision,
    "restart db.service: failed, and no connected peer is UpToDate to take over; restart 1 of at most 3 in ten minutes",
  );
});

for (const policy of [{ ...FAIL_OVER, serviceFailureLimit: 2 }, RESTART]) {
  Deno.test(`a service that fails again and again where nobody could take over is started again once a minute: ${policy.onServiceFailure}`, () => {
    const course = new Course(policy).running().pass(60_000).see(ALONE).feed(DB_FAILS).pass(4_000);
    course.feed(DB_FAILS).pass(4_000).feed(DB_FAILS);
    assert.deepEqual(course.done, ["start", "restart db.service", "restart db.service"]);
    assert.equal(
      course.last.decision,
      "wait 56 s: db.service failed again after 2 restarts in ten minutes, and no connected peer is UpToDate to take over",
    );
    assert.equal(course.last.wakeAtMs, course.nowMs + 56_000);
    // Units that stay failed are reported again and again.
    course.pass(4_000).feed(DB_FAILS).pass(51_999);
    assert.equal(course.done.length, 3);
    course.pass(1);
    assert.deepEqual(course.done.slice(3), ["restart db.service"]);
    assert.match(course.last.decision ?? "", /failed again after 2 restarts .*; once a minute$/);
  });

  Deno.test(`a service that waits for its next minute is left to a peer that comes: ${policy.onServiceFailure}`, () => {
    const course = new Course(policy).running().pass(60_000).see(ALONE);
    course.feed(DB_FAILS).pass(4_000).feed(DB_FAILS).pass(4_000).feed(DB_FAILS).pass(10_000).see(PRIMARY);
    assert.deepEqual(course.done.slice(3), ["stop"]);
    assert.equal(course.last.decision, "stop: db.service failed again after 2 restarts in ten minutes");
    assert.equal(course.state.backoffMs, 60_000);
  });
}

Deno.test("a unit that took all others along, where nobody could take over: they are started here again, and it counts", () => {
  const course = new Course(FAIL_OVER).running().pass(60_000).see({ ...ALONE, ...{ role: "Secondary" } });
  course.pass(2_000);
  assert.equal(course.done.at(-1), "stop");
  course.feed({ ...finished(course), failedUnit: "db.service" });
  course.see({ ...ALONE, role: "Secondary", mayPromote: true }).pass(25);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  assert.equal(course.state.restarts.length, 1);
});

for (
  const { name, outage } of [
    { name: "quorum", outage: { ...PRIMARY, quorum: false, isServing: false } },
    {
      name: "all UpToDate data",
      outage: { ...ALONE, disks: ["Failed"], lostVolumes: [0], isServing: false },
    },
    { name: "I/O, which is suspended", outage: { ...PRIMARY, isServing: false } },
  ] satisfies { name: string; outage: View }[]
) {
  Deno.test(`a service that dies without ${name} is started again when that is back, and it does not count`, () => {
    // With policy freeze nothing is stopped.
    const course = new Course({ ...RESTART, onQuorumLoss: "freeze" }).running().pass(60_000);
    course.see({ ...outage, quorum: true }).feed(DB_FAILS);
    assert.equal(
      course.last.decision,
      "wait: db.service died while the devices do not serve I/O; it is started again when they do",
    );
    course.feed(DB_FAILS).pass(60_000);
    assert.deepEqual(course.done, ["start"]);
    course.see(PRIMARY);
    assert.deepEqual(course.done, ["start", "restart db.service"]);
    assert.match(course.last.decision ?? "", /not counted as its failure$/);
    assert.deepEqual(course.state.restarts, []);
  });
}

for (const policy of [FAIL_OVER, RESTART]) {
  Deno.test(`news of a death that come after quorum is back: no failure, policy ${policy.onServiceFailure}`, () => {
    const course = new Course({ ...FREEZE, ...policy, onQuorumLoss: "freeze" }).running().pass(60_000);
    course.see(NO_QUORUM).finish().pass(5_000).see(PRIMARY).finish().pass(9_999).feed(DB_FAILS);
    assert.deepEqual(course.done, ["start", "freeze", "thaw", "restart db.service"]);
    assert.deepEqual(course.state.restarts, []);
    const later = new Course({ ...FREEZE, ...policy, onQuorumLoss: "freeze" }).running().pass(60_000);
    later.see(NO_QUORUM).finish().see(PRIMARY).finish().pass(10_001).feed(DB_FAILS);
    assert.equal(later.state.restarts.length + later.state.backoffMs, policy === FAIL_OVER ? 60_000 : 1);
  });

  Deno.test(`a service that dies of a lost disk, though a peer has the data, has not failed: ${policy.onServiceFailure}`, () => {
    const course = new Course(policy).running().pass(60_000);
    course.see({ ...PRIMARY, disks: ["Failed"], lostVolumes: [0] }).pass(3_000).feed(DB_FAILS);
    assert.deepEqual(course.done, ["start", "restart db.service"]);
    assert.deepEqual(course.state.restarts, []);
    course.pass(60_000).feed(DB_FAILS);
    assert.equal(course.state.restarts.length + course.state.backoffMs, policy === FAIL_OVER ? 60_000 : 1);
  });

  Deno.test(`quorum is lost for 5 s and a service dies of it before all is stopped: nobody holds back, policy ${policy.onServiceFailure}`, () => {
    const course = new Course({ ...policy, serviceFailureLimit: 1 }).running();
    for (let time = 0; time < 3; time++) {
      course.pass(60_000).see(NO_QUORUM).pass(300).see({ ...SECONDARY, quorum: false, isServing: false });
      course.feed({ ...finished(course), failedUnit: "db.service" });
      course.pass(5_000).see(PROMOTABLE).pass(25);
      assert.equal(course.state.phase, "starting", `time ${time}`);
      course.see(PRIMARY).finish();
    }
  });

  Deno.test(`a service that died of lost quorum has not failed, however long its stop takes: policy ${policy.onServiceFailure}`, () => {
    const course = new Course({ ...policy, serviceFailureLimit: 1 }).running().pass(60_000);
    course.see(NO_QUORUM).pass(300).see(SECONDARY);
    for (let time = 0; time < 3; time++) course.finish("failed").pass(5_000);
    course.feed({ ...finished(course), failedUnit: "db.service" });
    assert.equal(course.state.phase, "stopped");
    assert.ok(course.state.backoffUntilMs <= course.nowMs);
    assert.deepEqual(course.state.restarts, []);
  });
}

Deno.test("a service that died in an outage and fails again after its restart has failed by itself", () => {
  const course = new Course({ ...RESTART, serviceFailureLimit: 1 }).running().pass(60_000);
  course.see({ ...PRIMARY, isServing: false }).feed(DB_FAILS).pass(1_000).see(PRIMARY);
  assert.deepEqual(course.done, ["start", "restart db.service"]);
  assert.deepEqual(course.state.restarts, []);
  course.pass(4_000).feed(DB_FAILS);
  assert.equal(course.last.decision, "restart db.service: failed; restart 1 of at most 1 in ten minutes");
  assert.equal(course.state.restarts.length, 1);
  // Another unit, whose death in the same outage is heard of only now, has not.
  course.feed({ kind: "unitFailed", unit: "web.service" });
  assert.match(course.last.decision ?? "", /^restart web.service: died while .* not counted as its failure$/);
});

Deno.test("a service that is started again after an outage and dies in the next one has not failed", () => {
  const course = new Course(RESTART).running().pass(60_000);
  course.see({ ...PRIMARY, isServing: false }).feed(DB_FAILS).pass(1_000).see(PRIMARY);
  course.pass(2_000).see({ ...PRIMARY, isServing: false }).pass(500).feed(DB_FAILS).see(PRIMARY);
  assert.deepEqual(course.done, ["start", "restart db.service", "restart db.service"]);
  assert.deepEqual(course.state.restarts, []);
});

Deno.test("a monitor that was asked without quorum and answers half a minute after it is back: no failure", () => {
  const policy: Policy = { ...FAIL_OVER, onQuorumLoss: "freeze" };
  const course = new Course(policy).running().pass(60_000).see({ ...PRIMARY, isServing: false });
  const sinceMs = course.nowMs;
  course.pass(1_000).see(PRIMARY).pass(29_000).feed({ kind: "unitFailed", unit: "the services", sinceMs });
  assert.deepEqual(course.done, ["start", "restart the services"]);
});

Deno.test("an outage before the services were started here excuses none of them", () => {
  const course = new Course(FAIL_OVER).ready({ ...SECONDARY, quorum: false, isServing: false });
  course.see(PROMOTABLE).pass(25).see(PRIMARY).finish().pass(1_000).feed(DB_FAILS);
  assert.deepEqual(course.done, ["start", "stop"]);
});

function finished({ state: { action } }: Course) {
  return { kind: "finished", action, outcome: "ok" } as const;
}

const SHELL: Policy = { ...POLICY, runner: "shell", onServiceFailure: "restart", serviceFailureLimit: 2 };
const SERVICES_FAIL: Input = { kind: "unitFailed", unit: "the services" };

Deno.test("step() started: a restart by the shell runner may demote and promote, and counts anyway", () => {
  const course = new Course(SHELL).running();
  for (let time = 0; time < 2; time++) {
    course.feed(SERVICES_FAIL).pass(1_000).see(SECONDARY);
    assert.equal(
      course.last.decision,
      "demoted while its services are restarted; waiting for that",
    );
    course.pass(30_000).feed({ kind: "restarted" }).pass(1_999).see(PRIMARY).pass(10_000);
  }
  course.feed(SERVICES_FAIL);
  assert.deepEqual(course.done, ["start", "restart the services", "restart the services", "stop"]);
  course.finish().see(PROMOTABLE);
  assert.equal(course.state.backoffUntilMs, course.nowMs + 60_000);
});

Deno.test("step() started -> stopping when a restart by the shell runner leaves the resource Secondary", () => {
  const course = new Course(SHELL).running().feed(SERVICES_FAIL).see(SECONDARY);
  course.pass(5_000).feed({ kind: "restarted" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  course.pass(1_999);
  assert.equal(course.state.phase, "started");
  course.pass(1);
  assert.equal(course.state.phase, "stopping");
});

Deno.test("step() started -> stopping at once when somebody demotes while a restart by the shell runner has promoted again", () => {
  const course = new Course(SHELL).running().feed(SERVICES_FAIL).see(SECONDARY).pass(1_000).see(PRIMARY).pass(
    500,
  );
  assert.equal(course.state.phase, "started");
  course.see(SECONDARY);
  assert.equal(course.state.phase, "stopping");
  assert.equal(course.last.decision, "stop: demoted unexpectedly");
});

for (
  const { name, view } of [
    { name: "a peer was faster", view: { ...SECONDARY, primaryPeer: "beta" } },
    { name: "quorum is lost", view: { ...SECONDARY, quorum: false } },
  ]
) {
  Deno.test(`step() started -> stopping at once when ${name} during a restart by the shell runner`, () => {
    const course = new Course(SHELL).running().feed(SERVICES_FAIL).see(SECONDARY).see(view);
    assert.deepEqual(course.done, ["start", "restart the services", "stop"]);
  });
}

Deno.test("step() started -> stopping at once when the resource is demoted after a restart by the shell runner", () => {
  const course = new Course(SHELL).running().feed(SERVICES_FAIL, { kind: "restarted" }).pass(2_000);
  course.see(SECONDARY);
  assert.equal(course.state.phase, "stopping");
});

Deno.test("step() stopped: restarts count on over a stop for another reason", () => {
  const course = new Course({ ...SHELL, serviceFailureLimit: 1 }).running();
  course.feed(SERVICES_FAIL, { kind: "restarted" }).see(NO_QUORUM).finish().see(PROMOTABLE);
  course.pass(20_000).see(PRIMARY).finish().feed(SERVICES_FAIL);
  assert.deepEqual(course.done, ["start", "restart the services", "stop", "start", "stop"]);
  assert.equal(course.state.backoffMs, 60_000);
});

Deno.test("step(): a stop ends the restart of the shell runner, and what was said of its demotion", () => {
  const course = new Course(SHELL).running().feed(SERVICES_FAIL).see(NO_QUORUM).finish().see(PROMOTABLE);
  course.pass(20_000).see(PRIMARY).finish().see(SECONDARY);
  assert.deepEqual(course.done, ["start", "restart the services", "stop", "start", "stop"]);
});
