/** Moves to a better node of preferred-nodes. */
import assert from "node:assert/strict";
import {
  Course,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../../tests/support/trials/state_machine_course.ts";
import type { Policy } from "../state.ts";
import type { View } from "../view.ts";

const BETTER: Policy = { ...POLICY, preferredNodes: ["beta", "alpha"] };
const BETA_AWAY: View = { ...PRIMARY, upToDatePeers: ["gamma"] };

/** The services run here for a minute, while beta was away. */
function settled(policy = BETTER): Course {
  return new Course(policy).ready({ ...PROMOTABLE, upToDatePeers: ["gamma"] }).pass(10_000).see(BETA_AWAY)
    .finish().pass(60_000);
}

/** Moves to beta, which does not take over: the services are started here again. */
function comeBack(course: Course): Course {
  return course.finish().see(PROMOTABLE).pass(25_000).see(PRIMARY).finish();
}

for (
  const { name, preferredNodes, policy, want } of [
    {
      name: "stops when a better node became UpToDate and is so for 5 s",
      preferredNodes: ["beta", "alpha"],
      policy: "always",
      want: true,
    },
    {
      name: "stops when it is no preferred node itself",
      preferredNodes: ["beta"],
      policy: "always",
      want: true,
    },
    {
      name: "stays when the node is not better",
      preferredNodes: ["alpha", "beta"],
      policy: "always",
      want: false,
    },
    {
      name: "stays when the node is not preferred",
      preferredNodes: ["alpha"],
      policy: "always",
      want: false,
    },
    {
      name: "stays with policy start-only",
      preferredNodes: ["beta", "alpha"],
      policy: "start-only",
      want: false,
    },
  ] as const
) {
  Deno.test(`a better node: step() started ${name}`, () => {
    const course = settled({ ...POLICY, preferredNodes, preferredNodesPolicy: policy }).see(PRIMARY);
    course.pass(4_999);
    assert.deepEqual(course.done, ["start"]);
    course.pass(1);
    assert.deepEqual(course.done, want ? ["start", "stop"] : ["start"]);
  });
}

Deno.test("a better node that comes says what follows, and why the services are stopped", () => {
  const course = settled().see(PRIMARY);
  assert.equal(course.last.decision, "wait 5 s: the services move to the preferred node beta");
  assert.equal(course.last.wakeAtMs, course.nowMs + 5_000);
  course.pass(1_000);
  assert.equal(course.last.decision, undefined);
  course.pass(4_000);
  assert.equal(course.last.decision, "stop: the preferred node beta is UpToDate");
});

Deno.test("a better node has to be UpToDate and connected for 5 s without interruption", () => {
  const course = settled();
  for (let time = 0; time < 3; time++) course.see(PRIMARY).pass(4_000).see(BETA_AWAY).pass(1_000);
  course.see(PRIMARY).pass(4_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node that was UpToDate all the time is looked for 10 s after the services were started here", () => {
  const course = new Course(BETTER).running().pass(9_999);
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.last.wakeAtMs, course.nowMs + 1);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node that comes while the services start is not kept waiting until they have", () => {
  const course = new Course(BETTER).ready({ ...PROMOTABLE, upToDatePeers: [] }).pass(10_000);
  course.see({ ...PRIMARY, upToDatePeers: [] }).pass(1_000).see(PRIMARY);
  assert.equal(course.last.wakeAtMs, course.nowMs + 5_000);
  course.pass(5_000);
  assert.deepEqual([course.state.phase, course.done], ["stopping", ["start", "stop"]]);
});

Deno.test("a better node that comes just before that look has its 5 s anyway", () => {
  const course = new Course(BETTER).ready({ ...PROMOTABLE, upToDatePeers: [] }).pass(10_000);
  course.see({ ...PRIMARY, upToDatePeers: [] }).finish().pass(9_000).see(PRIMARY).pass(4_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node is looked for when the services are found running", () => {
  const course = new Course(BETTER).feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
  course.see(PRIMARY).feed({ kind: "found", services: "active" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 10_000);
  course.pass(10_000);
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("a better node: nothing is stopped for it as long as what is known of it may be old", () => {
  const course = settled().see(PRIMARY);
  course.isStale = true;
  course.pass(10_000);
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
  course.isStale = false;
  course.pass(200);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node: a resource that is left alone is not moved, and nobody wakes for it", () => {
  const course = settled().see(PRIMARY).feed({ kind: "protection", protection: "none" }).pass(60_000);
  assert.deepEqual([course.done, course.last.wakeAtMs], [["start"], undefined]);
});

Deno.test("a better node that did not take over: no move to it for 60 s, twice as long each time, an hour at most", () => {
  const course = settled().see(PRIMARY).pass(5_000);
  for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60]) {
    assert.equal(course.state.phase, "stopping", `before the one of ${minutes} min`);
    course.finish().see(PROMOTABLE).pass(25_000);
    assert.equal(
      course.last.decision,
      `start: DRBD may promote here; beta did not take over: no move to it for ${minutes * 60} s`,
    );
    const backMs = course.nowMs;
    course.see(PRIMARY).finish().pass(12_000).see(BETA_AWAY).pass(1_000).see(PRIMARY);
    course.pass(minutes * 60_000 - 13_001);
    assert.equal(course.state.phase, "started", `in the one of ${minutes} min`);
    course.pass(1);
    assert.equal(course.nowMs, backMs + minutes * 60_000);
  }
});

Deno.test("a better node that did not take over is left at that, unless it comes back or the configuration is read again", () => {
  const course = comeBack(settled().see(PRIMARY).pass(5_000)).pass(10_000).pass(7_200_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  assert.equal(course.last.wakeAtMs, undefined);
  course.feed({ kind: "reloaded" });
  assert.deepEqual(course.done, ["start", "stop", "start", "stop"]);
});

Deno.test("a better node: a reload during its setback has the services move when that is over", () => {
  const course = comeBack(settled().see(PRIMARY).pass(5_000)).feed({ kind: "reloaded" });
  assert.match(
    course.last.decision ?? "",
    /^wait 6\d s: the services move to the preferred node beta$|^wait 60 s/,
  );
  course.pass(59_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  course.pass(1_000);
  assert.deepEqual(course.done, ["start", "stop", "start", "stop"]);
});

Deno.test("a better node that became Primary for less than a minute did not take over", () => {
  const course = settled().see(PRIMARY).pass(5_000).finish();
  course.see({ ...SECONDARY, primaryPeer: "beta" }).pass(59_999).see(PROMOTABLE).pass(25_000);
  assert.match(course.last.decision ?? "", /beta did not take over/);
});

Deno.test("a better node that was Primary for a minute has taken over: what was held against it is forgotten", () => {
  const course = comeBack(settled().see(PRIMARY).pass(5_000)).feed({ kind: "reloaded" }).pass(60_000);
  assert.equal(course.state.phase, "stopping");
  course.finish().see({ ...SECONDARY, primaryPeer: "beta" }).pass(60_000);
  course.see({ ...PROMOTABLE, upToDatePeers: ["gamma"] }).pass(25_000);
  assert.equal(course.last.decision, "start: DRBD may promote here");
  assert.deepEqual(course.state.setbacks, []);
});

Deno.test("a better node that gave the resource up though it is connected and UpToDate is not moved back to", () => {
  const course = new Course(BETTER).ready({ ...SECONDARY, primaryPeer: "beta" }).pass(600_000);
  // Its services failed: it leaves them to others, and holds back.
  course.see(PROMOTABLE).pass(1_000).see(PRIMARY).finish().pass(10_000).pass(600_000);
  assert.deepEqual(course.done, ["start"]);
  course.see(BETA_AWAY).see(PRIMARY).pass(5_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node that gave the resource up and comes back a moment later has its 5 s, not the rest of a minute", () => {
  const course = new Course(BETTER).ready({ ...SECONDARY, primaryPeer: "beta" }).pass(600_000);
  course.see(PROMOTABLE).pass(1_000).see(PRIMARY).finish().pass(3_000).see(BETA_AWAY).pass(12_000).see(
    PRIMARY,
  );
  course.pass(4_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node that was lost as Primary is moved back to 5 s after it is back", () => {
  const course = new Course(BETTER).ready({ ...SECONDARY, primaryPeer: "beta" }).pass(600_000);
  course.see({ ...PROMOTABLE, upToDatePeers: ["gamma"] }).pass(1_000).see(BETA_AWAY).finish().pass(10_000);
  course.see(PRIMARY).pass(5_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("a better node is no matter where quorum is lost meanwhile, and what is stopped for that counts against nobody", () => {
  const course = settled().see(PRIMARY).pass(4_000).see(NO_QUORUM).finish().see(PROMOTABLE).pass(60_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  assert.equal(course.last.decision, "start: DRBD may promote here");
});
