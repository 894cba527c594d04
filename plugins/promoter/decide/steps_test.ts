/** Small parts of decisions, each at its limits. */
import assert from "node:assert/strict";
import { POLICY, SECONDARY } from "../../../tests/support/trials/state_machine_course.ts";
import { delayParts } from "./start/promotion_delay.ts";
import { apartUntilMs, shouldMoveAway } from "./moves/neighbours.ts";
import { recentRestarts } from "./failures/restarts.ts";
import { canTakeOver } from "./failures/service_failures.ts";
import { INITIAL_STATE } from "./state.ts";
import { begin } from "./steps.ts";

Deno.test("begin(): what the last action has left is over", () => {
  const before = {
    ...INITIAL_STATE,
    action: 4,
    isIncomplete: true,
    retryAtMs: 5,
    restartLastsMs: 7,
    failedUnits: [{ unit: "a.service", kind: "leave", atMs: 1 } as const],
  };
  const { phase, action, isIncomplete, retryAtMs, restartLastsMs, failedUnits } = begin(before, "stopping");
  assert.deepEqual(
    { phase, action, isIncomplete, retryAtMs, restartLastsMs, failedUnits },
    {
      phase: "stopping",
      action: 5,
      isIncomplete: false,
      retryAtMs: undefined,
      restartLastsMs: -Infinity,
      failedUnits: [],
    },
  );
});

Deno.test("recentRestarts(): ten minutes long, and of that unit", () => {
  const restarts = [{ unit: "a", atMs: 0 }, { unit: "a", atMs: 1 }, { unit: "b", atMs: 2 }];
  assert.deepEqual(recentRestarts({ ...INITIAL_STATE, restarts }, "a", 600_000), [{ unit: "a", atMs: 1 }]);
});

Deno.test("canTakeOver(): one peer with all data is enough", () => {
  assert.equal(canTakeOver({ ...SECONDARY, upToDatePeers: ["beta"] }), true);
  assert.equal(canTakeOver({ ...SECONDARY, upToDatePeers: [] }), false);
  assert.equal(canTakeOver(undefined), false);
});

Deno.test("delayParts(): why a node that is not the best one waits", () => {
  const why = (node: string) =>
    delayParts(SECONDARY, { ...POLICY, preferredNodes: ["beta", "alpha"] }, "quorum", node);
  assert.deepEqual(why("beta"), []);
  assert.deepEqual(why("alpha"), [{ seconds: 1, why: "other nodes are preferred" }]);
  assert.deepEqual(why("gamma"), [{ seconds: 2, why: "it is no preferred node" }]);
});

Deno.test("apartUntilMs(): 15 s, times the factor, from when both hold: it may be promoted, and the neighbour is here", () => {
  const until = (togetherSinceMs: number | undefined, promotableMs: number | undefined, others = true) =>
    apartUntilMs(
      { neighbours: [], togetherSinceMs },
      promotableMs,
      { sleepBeforePromoteFactor: 2 },
      others,
    );
  assert.deepEqual([until(100, 50), until(50, 100)], [30_100, 30_100]);
  assert.deepEqual([until(undefined, 50), until(50, undefined), until(50, 100, false)], [
    -Infinity,
    -Infinity,
    -Infinity,
  ]);
});

Deno.test("shouldMoveAway(): only where one runs here that is to stay", () => {
  const go = (isHere: boolean, hasPrecedence: boolean) =>
    shouldMoveAway({
      neighbours: [{ name: "db", isHere, peers: [], hasPrecedence }],
      togetherSinceMs: undefined,
    });
  assert.deepEqual([go(true, true), go(true, false), go(false, true)], [true, false, false]);
});
