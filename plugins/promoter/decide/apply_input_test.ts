/** What each input changes in what is known, and what it leaves. */
import assert from "node:assert/strict";
import {
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../tests/support/trials/state_machine_course.ts";
import { applyInput } from "./apply_input.ts";
import { INITIAL_STATE, type Input, type Moment, type State } from "./state.ts";

/** Early after the boot: nothing that never happened may look as if it had happened just now. */
const MOMENT: Moment = { nowMs: 100, node: "alpha", isStale: false };

function after(state: Partial<State>, input: Input, policy = POLICY): State {
  return applyInput({ ...INITIAL_STATE, ...state }, input, policy, MOMENT);
}

Deno.test("applyInput() of a hold: failures are forgotten, what died in an outage is not", () => {
  const excused = { unit: "a.service", kind: "excused", atMs: 1 } as const;
  const failedUnits = [excused, { unit: "b.service", kind: "restart", atMs: 2 } as const];
  const held = after({ phase: "started", failedUnits }, { kind: "hold", isOnHold: true });
  assert.deepEqual([held.isOnHold, held.failedUnits], [true, [excused]]);
  assert.equal(after({ isOnHold: true }, { kind: "hold", isOnHold: false }).isOnHold, false);
});

Deno.test("applyInput() of services found frozen: that they have no Primary counts from then on", () => {
  const { phase, startedSinceMs } = after({ view: PRIMARY }, { kind: "found", services: "frozen" });
  assert.deepEqual([phase, startedSinceMs], ["frozen", MOMENT.nowMs]);
});

Deno.test("applyInput() of neighbours: who is better is recomputed", () => {
  const state = { phase: "started", view: PRIMARY } as const;
  const neighbours = [{ name: "db", isHere: true, peers: [], hasPrecedence: true }];
  const { betterPeers } = after(state, { kind: "neighbours", neighbours });
  assert.deepEqual(betterPeers.map(({ peer }) => peer), ["beta", "gamma"]);
});

for (
  const { name, demotedSinceMs, view, want } of [
    {
      name: "that is Primary again is over for a restart",
      demotedSinceMs: 1,
      view: PRIMARY,
      want: [-Infinity, undefined],
    },
    {
      name: "that stays Primary goes on",
      demotedSinceMs: undefined,
      view: PRIMARY,
      want: [5_000, undefined],
    },
    {
      name: "that is still Secondary goes on, with what was found out of it",
      demotedSinceMs: 1,
      view: SECONDARY,
      want: [5_000, { stop: { why: "evicted", isEviction: true } }],
    },
  ]
) {
  Deno.test(`applyInput() of a resource ${name}`, () => {
    const state: Partial<State> = {
      phase: "started",
      view: demotedSinceMs === undefined ? PRIMARY : SECONDARY,
      restartLastsMs: 5_000,
      examined: { stop: { why: "evicted", isEviction: true } },
      demotedSinceMs,
    };
    const { restartLastsMs, examined } = after(state, { kind: "resource", view });
    assert.deepEqual([restartLastsMs, examined], want);
  });
}

Deno.test("applyInput() of a resource: demotions without effect are counted as long as it is Primary", () => {
  const state = { phase: "stopped", view: PRIMARY, isOurs: true, leftPrimaryTimes: 3 } as const;
  assert.equal(after(state, { kind: "resource", view: PRIMARY }).leftPrimaryTimes, 3);
  assert.equal(after(state, { kind: "resource", view: SECONDARY }).leftPrimaryTimes, 0);
});

Deno.test("applyInput() of a resource: one that comes, and one that is gone, has lost no connection", () => {
  const gone = after({ view: SECONDARY, connectionRemovedMs: 50 }, { kind: "resource", view: undefined });
  assert.equal(gone.connectionRemovedMs, -Infinity);
  const fewer = { ...SECONDARY, connected: ["beta"] };
  assert.equal(after({ view: SECONDARY }, { kind: "resource", view: fewer }).connectionRemovedMs, 100);
  assert.equal(after({}, { kind: "resource", view: fewer }).connectionRemovedMs, -Infinity);
});

Deno.test("applyInput() of what was found: a Primary under services that run is drbdd's, another is not", () => {
  assert.equal(after({ view: PRIMARY }, { kind: "found", services: "active" }).isOurs, true);
  assert.equal(after({ view: PRIMARY, isOurs: true }, { kind: "found", services: "inactive" }).isOurs, false);
  assert.equal(
    after({ view: PRIMARY, isOurs: true }, { kind: "found", services: "halfStopped" }).isOurs,
    false,
  );
  assert.equal(
    after({ view: SECONDARY, isOurs: true }, { kind: "found", services: "active" }).isOurs,
    false,
  );
});

Deno.test("applyInput() of a start of which nothing began: a demotion during it is over", () => {
  const input = { kind: "finished", action: 1, outcome: "nothingBegan" } as const;
  const next = after({ phase: "starting", action: 1, demotedSinceMs: 50 }, input);
  assert.deepEqual([next.phase, next.demotedSinceMs, next.refusedMs], ["stopped", undefined, 100]);
});

Deno.test("applyInput() of a stop: the hold-back begins, and is used up", () => {
  const restarts = [{ unit: "a.service", atMs: 1 }];
  const state: Partial<State> = {
    phase: "stopping",
    action: 1,
    view: PROMOTABLE,
    backoffMs: 60_000,
    restarts,
    lostVolumes: [0],
    betterPeers: [{ peer: "beta", sinceMs: 1, isWanted: true }],
  };
  const next = after(state, { kind: "finished", action: 1, outcome: "ok" });
  assert.deepEqual([next.backoffUntilMs, next.backoffMs, next.restarts], [60_100, 0, []]);
  assert.deepEqual(next.lostVolumes, []);
  assert.deepEqual(next.betterPeers, [{ peer: "beta", sinceMs: 1, isWanted: false }]);
  const short = after({ ...state, backoffMs: 0 }, { kind: "finished", action: 1, outcome: "ok" });
  assert.deepEqual([short.backoffUntilMs, short.restarts], [100, restarts]);
});

Deno.test("applyInput() of a stop: what a failed unit is left for is not counted as a restart, what it is restarted for is", () => {
  const state = { phase: "stopping", action: 1, view: PROMOTABLE } as const;
  const input = { kind: "finished", action: 1, outcome: "ok", failedUnit: "a.service" } as const;
  const left = after(state, input, { ...POLICY, onServiceFailure: "fail-over" });
  assert.deepEqual([left.backoffUntilMs, left.restarts], [60_100, []]);
  const restarted = after(state, input, { ...POLICY, onServiceFailure: "restart" });
  assert.deepEqual([restarted.backoffUntilMs, restarted.restarts], [100, [{
    unit: "a.service",
    atMs: 100,
  }]]);
});
