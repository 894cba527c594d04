/** When a start is due: after other starts, and after services that failed. */
import assert from "node:assert/strict";
import {
  Course,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../../tests/support/trials/state_machine_course.ts";
import { startPlan } from "./start_plan.ts";
import { INITIAL_STATE, type Moment, type State } from "../state.ts";

const WON_BY_BETA = { ...SECONDARY, primaryPeer: "beta" };
/** No peer is connected. */
const ALONE = { ...PROMOTABLE, isMissingPeers: true, upToDatePeers: [], upToDateElsewhere: [] };

Deno.test("startPlan() keeps 20 s between starts that nothing came of, and makes the next one at their end", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("nothingBegan");
  const attemptMs = course.nowMs;
  course.pass(19_999);
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.last.wakeAtMs, attemptMs + 20_000);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "start"]);
});

Deno.test("startPlan(): a start that came too early is made at the end of the 20 s", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("nothingBegan");
  course.see(SECONDARY).pass(1_000).see(PROMOTABLE);
  course.pass(18_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "start"]);
});

for (
  const { name, race } of [
    {
      name: "the winner is seen while the start goes on",
      race: (course: Course) => course.see(WON_BY_BETA).finish("nothingBegan"),
    },
    {
      name: "the winner is seen after the start has ended",
      race: (course: Course) => course.finish("nothingBegan").see(WON_BY_BETA),
    },
  ]
) {
  Deno.test(`startPlan(): 2 s after a lost race a start is allowed again: ${name}`, () => {
    const course = race(new Course().ready(PROMOTABLE).pass(25)).pass(500).see(PROMOTABLE);
    assert.equal(course.last.wakeAtMs, course.nowMs + 1_500);
    assert.equal(course.last.decision, "wait 1.5 s: a promotion race was just lost");
    course.pass(1_499);
    assert.deepEqual(course.done, ["start"]);
    course.pass(1);
    assert.deepEqual(course.done, ["start", "start"]);
  });
}

Deno.test("startPlan(): a loser starts nothing as long as the winner is Primary, and at once when that has died", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(WON_BY_BETA).finish("nothingBegan");
  course.pass(60_000);
  assert.deepEqual([course.done, course.last.wakeAtMs], [["start"], undefined]);
  course.see({ ...PROMOTABLE, isMissingPeers: true }).pass(25);
  assert.deepEqual(course.done, ["start", "start"]);
});

Deno.test("startPlan(): a race that was lost makes no later start that is refused come any sooner", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(WON_BY_BETA).finish("nothingBegan");
  course.pass(2_000).see(PROMOTABLE).pass(25).finish("nothingBegan").pass(19_999);
  assert.deepEqual(course.done, ["start", "start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "start", "start"]);
});

Deno.test("startPlan(): a start that failed is not repeated any sooner because a peer was Primary since", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("failed").finish();
  course.see(WON_BY_BETA).pass(5_000).see(PROMOTABLE).pass(14_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

Deno.test("startPlan(): after a start that failed others have 20 s to try, however long it took", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see({ ...SECONDARY, role: "Primary" }).pass(90_000);
  course.finish("failed").pass(5_000).finish().see(PROMOTABLE);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(19_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

Deno.test("startPlan(): a node leaves nothing to peers that cannot take over any more", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "fail-over" }).running().pass(60_000);
  course.feed({ kind: "unitFailed", unit: "db.service" }).finish().see(PROMOTABLE);
  assert.equal(course.last.wakeAtMs, course.nowMs + 60_000);
  course.pass(5_000).see(ALONE);
  assert.equal(course.last.wakeAtMs, course.nowMs + 15_000);
  course.pass(15_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

Deno.test("startPlan(): no start for 5 s after a connection was removed, as drbdadm down begins so", () => {
  // Without the connection, nobody is missing any more whom fencing would be given time for.
  const missing = { ...PROMOTABLE, connected: ["gamma"], disconnected: ["beta"], isMissingPeers: true };
  const course = new Course().ready(missing).pass(20);
  course.see({ ...missing, disconnected: [], isMissingPeers: false });
  assert.equal(
    course.last.decision,
    "wait 5 s: a connection was removed; the resource may be being taken down",
  );
  course.pass(4_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("startPlan(): a resource that was taken down and comes again is not waited for", () => {
  const missing = { ...PROMOTABLE, connected: ["gamma"], disconnected: ["beta"], isMissingPeers: true };
  const course = new Course().ready(missing).pass(20).see({ ...missing, disconnected: [] }).pass(100);
  course.see(undefined).pass(100).feed({ kind: "protection", protection: "quorum" }).see(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, ["start"]);
});

/** All that a start needs, since the boot a moment ago. */
const READY: State = {
  ...INITIAL_STATE,
  phase: "stopped",
  view: PROMOTABLE,
  protection: "quorum",
  protectionAskedMs: 0,
  isPrepared: true,
  promotableSinceMs: 0,
};

function planned(state: Partial<State>, nowMs = 100) {
  const moment: Moment = { nowMs, node: "alpha", isStale: false };
  return startPlan({ ...READY, ...state }, POLICY, moment);
}

Deno.test("startPlan(): what never happened puts off no start, however early it is", () => {
  assert.equal(planned({}, 25).kind, "start");
  assert.deepEqual(planned({}, 24), { kind: "wait", atMs: 25, why: undefined });
  const isOurs = { view: PRIMARY, isOurs: true, promotableSinceMs: undefined };
  assert.equal(planned(isOurs, 0).kind, "start");
});

Deno.test("startPlan(): while the end of a look is not known it is planned again after a second", () => {
  assert.deepEqual(planned({ startCheckMs: Infinity }), { kind: "wait", atMs: 1_100, why: undefined });
});

Deno.test("startPlan(): while an answer about protection is awaited it is planned again after a second", () => {
  const waiting = { kind: "wait", atMs: 1_100, why: undefined };
  assert.deepEqual(planned({ protectionAskedMs: -Infinity }), waiting);
});

Deno.test("startPlan(): nothing is planned on hold, without quorum or protection, beside a Primary, on another's Primary", () => {
  const none = [
    { isOnHold: true },
    { view: { ...NO_QUORUM, role: "Secondary", mayPromote: true } as const },
    { view: { ...PROMOTABLE, primaryPeer: "beta" } },
    { view: { ...PRIMARY, primaryPeer: "beta" }, isOurs: true },
    { view: PRIMARY },
    { view: { ...PRIMARY, mayPromote: true } },
    { view: SECONDARY, isOurs: true },
    { protection: undefined },
    { protection: "none" } as const,
    { isPrepared: false },
  ];
  for (const state of none) assert.equal(planned(state).kind, "none", JSON.stringify(state));
  assert.equal(planned({ isOurs: true }).kind, "start");
});

Deno.test("startPlan(): a Primary of drbdd's own waits for no neighbour, another start does", () => {
  const together = {
    neighbours: [{ name: "db", isHere: true, peers: [], hasPrecedence: true }],
    togetherSinceMs: 0,
  };
  assert.deepEqual(planned(together), { kind: "wait", atMs: 15_000, why: "db runs here (not-with)" });
  assert.equal(planned({ ...together, view: PRIMARY, isOurs: true }).kind, "start");
  assert.equal(planned({ ...together, view: { ...PROMOTABLE, upToDatePeers: [] } }).kind, "start");
});

Deno.test("startPlan(): after a stop a resource that may be promoted is started at once, one that is Primary still after 2 s", () => {
  assert.equal(planned({ stoppedSinceMs: 100 }).kind, "start");
  const primary = { view: PRIMARY, isOurs: true, stoppedSinceMs: 100 };
  assert.deepEqual(planned(primary), { kind: "wait", atMs: 2_100, why: "it was just stopped" });
});
