/** What a start changes in what is known, and how a start list that is incomplete is completed beside all else. */
import assert from "node:assert/strict";
import {
  FREEZE,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../../tests/support/trials/state_machine_course.ts";
import { INITIAL_STATE, type Moment, type Policy, type State, type Step } from "../state.ts";
import { step } from "../state_machine.ts";

const NOW_MS = -100_000;
const MOMENT: Moment = { nowMs: NOW_MS, node: "alpha", isStale: false };
const READY: State = {
  ...INITIAL_STATE,
  phase: "stopped",
  view: PROMOTABLE,
  protection: "quorum",
  protectionAskedMs: NOW_MS,
  isPrepared: true,
  promotableSinceMs: NOW_MS - 60_000,
};
const INCOMPLETE: State = {
  ...READY,
  phase: "started",
  view: PRIMARY,
  promotableSinceMs: undefined,
  isOurs: true,
  isIncomplete: true,
  startedSinceMs: NOW_MS - 5_000,
};

function tick(state: State, policy: Policy = POLICY): Step {
  return step(state, { kind: "tick" }, policy, MOMENT);
}

Deno.test("step(): a start forgets what was remembered of the last one", () => {
  const { state, actions } = tick({
    ...READY,
    leftPrimaryTimes: 3,
    refusedMs: NOW_MS - 30_000,
    isRaceLost: true,
    lastOutageMs: NOW_MS - 1,
    loggedWaitReason: "something",
  });
  assert.deepEqual(actions.map(({ kind }) => kind), ["start"]);
  const { leftPrimaryTimes, refusedMs, isRaceLost, lastOutageMs, loggedWaitReason, lastAttemptMs } = state;
  assert.deepEqual(
    { leftPrimaryTimes, refusedMs, isRaceLost, lastOutageMs, loggedWaitReason, lastAttemptMs },
    {
      leftPrimaryTimes: 0,
      refusedMs: undefined,
      isRaceLost: false,
      lastOutageMs: -Infinity,
      loggedWaitReason: undefined,
      lastAttemptMs: NOW_MS,
    },
  );
});

Deno.test("step(): a look at what a start needs does not have a wait reported a second time", () => {
  const said = (state: Partial<State>) =>
    tick({ ...READY, loggedWaitReason: "before", ...state }).state.loggedWaitReason;
  assert.equal(said({ startCheckMs: NOW_MS + 1 }), "before");
  assert.equal(said({ protectionAskedMs: -Infinity, startCheckMs: NOW_MS }), undefined);
  const held = said({ startCheckMs: NOW_MS + 1, backoffUntilMs: NOW_MS + 5_000 });
  assert.equal(held, "the services failed here");
});

Deno.test("step() started: what is incomplete is completed, and nobody wakes for it then", () => {
  const { actions, wakeAtMs, state } = tick(INCOMPLETE);
  assert.deepEqual([actions.map(({ kind }) => kind), wakeAtMs, state.phase], [
    ["start"],
    undefined,
    "starting",
  ]);
});

Deno.test("step() started: what is incomplete is frozen without quorum like all else", () => {
  const { actions } = tick({ ...INCOMPLETE, view: NO_QUORUM }, FREEZE);
  assert.deepEqual(actions.map(({ kind }) => kind), ["freeze"]);
});

Deno.test("step() started: it wakes for what comes first, the completion or the end of patience", () => {
  // Services run though the resource is not Primary: that is looked at 20 s after they were found.
  const without = { ...INCOMPLETE, view: SECONDARY, isOurs: false };
  const may = { ...without, view: PROMOTABLE, promotableSinceMs: NOW_MS };
  assert.equal(tick(without).wakeAtMs, NOW_MS + 15_000);
  assert.equal(tick(may).wakeAtMs, NOW_MS + 25);
  assert.equal(tick({ ...may, lastAttemptMs: NOW_MS - 1_000 }).wakeAtMs, NOW_MS + 15_000);
  assert.equal(tick({ ...INCOMPLETE, lastAttemptMs: NOW_MS - 1_000 }).wakeAtMs, NOW_MS + 19_000);
  assert.equal(tick({ ...INCOMPLETE, isPrepared: false }).wakeAtMs, undefined);
});

Deno.test("step() started: a failure that is ignored is said, one that is not has something done", () => {
  const state = { ...INCOMPLETE, isIncomplete: false };
  const failed = (change: Partial<State>, policy: Policy) =>
    step({ ...state, ...change }, { kind: "unitFailed", unit: "db" }, policy, MOMENT).decision ?? "";
  const restarts: Policy = { ...POLICY, onServiceFailure: "restart" };
  assert.match(failed({}, POLICY), /^db failed and stays down/);
  assert.match(failed({}, restarts), /^restart db/);
  assert.match(failed({ isOnHold: true }, restarts), /^db does not run any more/);
  assert.equal(tick(state).decision, undefined);
});

Deno.test("step() started: a demotion is waited out to its end, with the shell runner longer while a restart lasts", () => {
  const later: Moment = { ...MOMENT, nowMs: 100_000 };
  const state = { ...INCOMPLETE, isIncomplete: false, startedSinceMs: 99_000, protectionAskedMs: 100_000 };
  const wake = (change: Partial<State>, policy: Policy) =>
    step({ ...state, ...change }, { kind: "resource", view: SECONDARY }, policy, later).wakeAtMs;
  assert.equal(wake({}, POLICY), 102_000);
  assert.equal(wake({ restartLastsMs: Infinity }, { ...POLICY, runner: "shell" }), 119_000);
});

Deno.test("step() started: that a unit is not restarted yet is a warning, and nothing is said where none died", () => {
  const view = { ...PRIMARY, isServing: false };
  const restarts: Policy = { ...POLICY, onServiceFailure: "restart" };
  const state = { ...INCOMPLETE, isIncomplete: false, view };
  const { decision, severity } = step(state, { kind: "unitFailed", unit: "db" }, restarts, MOMENT);
  assert.match(decision ?? "", /^wait: db died while/);
  assert.equal(severity, "warn");
  assert.equal("severity" in tick(state, restarts), false);
});
