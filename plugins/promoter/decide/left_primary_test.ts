/** A Primary that drbdd has left behind, at its limits. */
import assert from "node:assert/strict";
import { POLICY, PRIMARY, SECONDARY } from "../../../tests/support/trials/state_machine_course.ts";
import { considerDemoteAgain, considerLatePromotion } from "./left_primary.ts";
import { INITIAL_STATE, type Moment, type State, type Step } from "./state.ts";
import { rest } from "./steps.ts";

const MOMENT: Moment = { nowMs: 20_000, node: "alpha", isStale: false };
const STOPPED: State = { ...INITIAL_STATE, phase: "stopped", view: PRIMARY, protection: "quorum" };

Deno.test("considerLatePromotion(): a promotion up to 15 s after a start was cut off is taken back, once", () => {
  const cutOff = (cutOffMs: number | undefined) =>
    considerLatePromotion({ ...STOPPED, cutOffMs, stoppedSinceMs: 10_000 }, MOMENT);
  const late = cutOff(5_000);
  assert.equal(late?.decision, "stop: the start that was cut off promoted the resource after all");
  assert.equal(late?.state.cutOffMs, -Infinity);
  assert.equal(cutOff(4_999), undefined);
  assert.equal(cutOff(undefined), undefined);
  const early: Moment = { ...MOMENT, nowMs: 0 };
  assert.equal(considerLatePromotion({ ...STOPPED, stoppedSinceMs: -5_000 }, early), undefined);
  assert.equal(
    considerLatePromotion({ ...STOPPED, view: SECONDARY, cutOffMs: 19_000 }, MOMENT),
    undefined,
  );
});

function again(state: Partial<State>, moment = MOMENT, otherwise?: Partial<Step>): Step {
  return considerDemoteAgain({ ...rest({ ...STOPPED, ...state }), ...otherwise }, POLICY, moment);
}

Deno.test("considerDemoteAgain(): what a stop of drbdd's has left Primary is demoted again, when nothing is to be started", () => {
  const left = { isOurs: true, stoppedSinceMs: 15_000, isPrepared: false };
  assert.deepEqual(again(left).actions.map(({ kind }) => kind), ["stop"]);
  assert.deepEqual(again({ ...left, protection: "fencing" }).actions.map(({ kind }) => kind), ["stop"]);
  assert.equal(again(left).state.leftPrimaryTimes, 1);
  const early = again({ ...left, stoppedSinceMs: 15_001 });
  assert.deepEqual([early.actions, early.wakeAtMs], [[], 20_001]);
});

for (
  const [why, state] of [
    ["nothing was stopped", { stoppedSinceMs: -Infinity }],
    ["it is somebody else's", { isOurs: false }],
    ["nothing protects it", { protection: "none" }],
    ["that is not known", { protection: undefined }],
    ["it is on hold", { isOnHold: true }],
    ["drbdd ends", { ending: "keepServices" }],
    ["it is Secondary", { view: SECONDARY }],
  ] as const satisfies readonly (readonly [string, Partial<State>])[]
) {
  Deno.test(`considerDemoteAgain(): it is left as it is where ${why}`, () => {
    assert.deepEqual(
      again({ isOurs: true, stoppedSinceMs: 15_000, isPrepared: false, ...state }).actions,
      [],
    );
  });
}

Deno.test("considerDemoteAgain(): what begins goes before it", () => {
  const look = { kind: "look", why: "" } as const;
  const left = { isOurs: true, stoppedSinceMs: 15_000, isPrepared: false };
  assert.deepEqual(again(left, MOMENT, { actions: [look] }).actions, [look]);
});

Deno.test("considerDemoteAgain(): on what may be old it waits, at any time", () => {
  const left = { isOurs: true, stoppedSinceMs: -60_000, isPrepared: false };
  const step = again(left, { ...MOMENT, nowMs: -50_000, isStale: true });
  assert.deepEqual([step.actions, step.wakeAtMs], [[], -49_800]);
  assert.deepEqual(again(left, { ...MOMENT, nowMs: -50_000 }).actions.map(({ kind }) => kind), ["stop"]);
});
