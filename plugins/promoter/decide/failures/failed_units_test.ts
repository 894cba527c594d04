/** What counts as a failure of a unit that died, at its limits: the parts of service_failures.ts and stop_reason.ts one by one. */
import assert from "node:assert/strict";
import {
  Course,
  FREEZE,
  NO_QUORUM,
  POLICY,
  PRIMARY,
} from "../../../../tests/support/trials/state_machine_course.ts";
import {
  dueRestarts,
  failureEffect,
  ignoreFailure,
  whyNotRestarted,
  withFailedUnit,
} from "./service_failures.ts";
import { withRestart } from "./restarts.ts";
import { type FailedUnit, INITIAL_STATE, type Moment, type Policy, type State } from "../state.ts";
import { rest } from "../steps.ts";
import { stopReason } from "../stop_reason.ts";

const RESTART: Policy = { ...POLICY, onServiceFailure: "restart" };
const MOMENT: Moment = { nowMs: -1_000, node: "alpha", isStale: false };
const RUNNING: State = {
  ...INITIAL_STATE,
  phase: "started",
  view: PRIMARY,
  protection: "quorum",
  protectionAskedMs: -1_000,
};
const DEAD: FailedUnit = { unit: "db", kind: "restart", atMs: -1_000 };

function kinds(state: Partial<State>, sinceMs = -5_000): string[] {
  const input = { kind: "unitFailed", unit: "db", sinceMs } as const;
  return withFailedUnit({ ...RUNNING, ...state }, input, RESTART, MOMENT).failedUnits.map(({ kind }) => kind);
}

Deno.test("withFailedUnit(): what died up to 10 s after an outage is excused, once", () => {
  assert.deepEqual(kinds({ lastOutageMs: -15_000 }), ["excused"]);
  assert.deepEqual(kinds({ lastOutageMs: -15_001 }), ["restart"]);
  const outageRestarts = [{ unit: "db", atMs: -14_000 }];
  assert.deepEqual(kinds({ lastOutageMs: -14_000, outageRestarts }), ["restart"]);
  assert.deepEqual(kinds({ lastOutageMs: -13_999, outageRestarts }), ["excused"]);
  assert.deepEqual(kinds({ lastOutageMs: -14_000, outageRestarts: [{ unit: "web", atMs: -1_000 }] }), [
    "excused",
  ]);
  assert.deepEqual(kinds({ view: { ...PRIMARY, isServing: false } }), ["excused"]);
});

Deno.test("withFailedUnit(): on hold a failure is not remembered, an outage is", () => {
  assert.deepEqual(kinds({ isOnHold: true }), []);
  assert.deepEqual(kinds({ isOnHold: true, lastOutageMs: -5_000 }), ["excused"]);
});

Deno.test("failureEffect(): a failure for which services were stopped does not count a second time", () => {
  const none = { isRestart: false, isLeft: false };
  assert.deepEqual(failureEffect({ ...RUNNING, backoffMs: 60_000 }, "db", RESTART, MOMENT), none);
  assert.deepEqual(failureEffect(RUNNING, undefined, RESTART, MOMENT), none);
  assert.deepEqual(failureEffect(RUNNING, "db", POLICY, MOMENT), none);
  assert.deepEqual(failureEffect(RUNNING, "db", RESTART, MOMENT), { ...none, isRestart: true });
});

for (
  const [what, change, wait] of [
    ["protected, and nothing in the way", {}, undefined],
    ["without protection", { protection: "none" }, / nothing keeps two nodes from being Primary/],
    ["with an old answer", { protectionAskedMs: -70_000 }, / it is not known whether DRBD keeps/],
    [
      "beside a Primary",
      { view: { ...PRIMARY, primaryPeer: "beta" } },
      / the resource is Primary on beta/,
    ],
    ["without I/O", { view: { ...PRIMARY, isServing: false } }, /^wait: db died while the devices do not/],
    ["on hold", { isOnHold: true }, undefined],
  ] as const satisfies readonly (readonly [string, Partial<State>, RegExp | undefined])[]
) {
  Deno.test(`dueRestarts(), whyNotRestarted(): a unit that died ${what}`, () => {
    const state = { ...RUNNING, failedUnits: [DEAD], ...change };
    const { units } = dueRestarts(state, RESTART, MOMENT);
    assert.deepEqual(units.map(({ unit }) => unit), what.startsWith("protected") ? ["db"] : []);
    if (wait !== undefined) assert.match(whyNotRestarted(RUNNING, state, RESTART, -1_000) ?? "", wait);
    assert.equal(whyNotRestarted(state, state, RESTART, -1_000), undefined);
  });
}

Deno.test("stopReason(): only a failure has the node hold back after the stop", () => {
  const tick = { kind: "tick" } as const;
  const held = (now: State, policy: Policy = POLICY) =>
    stopReason(RUNNING, now, tick, policy, MOMENT)?.backoffMs;
  assert.equal(held({ ...RUNNING, ending: "stopServices" }), 0);
  assert.equal(held({ ...RUNNING, view: NO_QUORUM }), 0);
  const better = { ...RUNNING, betterPeers: [{ peer: "beta", sinceMs: -6_000, isWanted: true }] };
  assert.equal(held(better), 0);
  assert.equal(held({ ...RUNNING, failedUnits: [{ ...DEAD, kind: "leave" }] }, RESTART), 60_000);
  const unfrozen = { kind: "finished", action: 0, outcome: "failed" } as const;
  const freezing: State = { ...RUNNING, phase: "freezing", view: NO_QUORUM };
  assert.equal(stopReason(RUNNING, freezing, unfrozen, FREEZE, MOMENT)?.backoffMs, 0);
});

Deno.test("step(): what is restarted and what is being moved do not hide one another's words", () => {
  const course = new Course({ ...RESTART, preferredNodes: ["beta", "alpha"] }).running();
  course.feed({ kind: "unitFailed", unit: "db" });
  assert.match(course.last.decision ?? "", /^restart db: failed; restart 1 of at most 3/);
  assert.equal(course.last.severity, "warn");
});

Deno.test("failureEffect(): what died in an outage is neither a restart nor left to anybody", () => {
  const out = { ...RUNNING, lastOutageMs: -1_000, stopStartedMs: -1_000 };
  const failsOver: Policy = { ...POLICY, onServiceFailure: "fail-over" };
  assert.deepEqual(failureEffect(out, "db", failsOver, MOMENT), { isRestart: false, isLeft: false });
  assert.deepEqual(failureEffect(RUNNING, "db", failsOver, MOMENT), { isRestart: false, isLeft: true });
});

Deno.test("dueRestarts(): of each unit the last time is kept at which it was started again after an outage", () => {
  const outageRestarts = [{ unit: "db", atMs: -9_000 }, { unit: "web", atMs: -8_000 }];
  const state: State = { ...RUNNING, outageRestarts, failedUnits: [{ ...DEAD, kind: "excused" }] };
  assert.deepEqual(dueRestarts(state, RESTART, MOMENT).state.outageRestarts, [
    { unit: "web", atMs: -8_000 },
    { unit: "db", atMs: -1_000 },
  ]);
});

Deno.test("whyNotRestarted(): says how long, and nothing where the services do not run, or are to end", () => {
  const dead: FailedUnit = { unit: "db", kind: "leave", atMs: 59_001 };
  const said = (change: Partial<State>) =>
    whyNotRestarted(RUNNING, { ...RUNNING, failedUnits: [dead], ...change }, RESTART, -1_000);
  assert.match(said({}) ?? "", /^wait 61 s: db failed/);
  assert.equal(said({ phase: "stopping" }), undefined);
  assert.equal(said({ ending: "keepServices" }), undefined);
});

Deno.test("withRestart(): those that count no more are forgotten", () => {
  const restarts = [{ unit: "a", atMs: 0 }, { unit: "b", atMs: 1 }];
  assert.deepEqual(withRestart({ ...INITIAL_STATE, restarts }, "a", 600_000), [
    { unit: "b", atMs: 1 },
    { unit: "a", atMs: 600_000 },
  ]);
});

Deno.test("ignoreFailure(): said once in a minute for each unit, where the services run", () => {
  const failures = [{ unit: "web", atMs: -2_000 }, { unit: "db", atMs: -61_000 }];
  const said = ignoreFailure(rest({ ...RUNNING, failures }), "db", POLICY, MOMENT);
  assert.match(said.decision ?? "", /^db failed and stays down/);
  assert.deepEqual(said.state.failures, [{ unit: "web", atMs: -2_000 }, { unit: "db", atMs: -1_000 }]);
  const again = ignoreFailure(rest(said.state), "db", POLICY, { ...MOMENT, nowMs: 58_999 });
  assert.equal(again.decision, undefined);
  assert.deepEqual(again.state.failures, [{ unit: "db", atMs: 58_999 }]);
  const stopping = rest({ ...RUNNING, phase: "stopping" });
  assert.equal(ignoreFailure(stopping, "db", POLICY, MOMENT), stopping);
});
