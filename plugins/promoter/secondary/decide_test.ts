import assert from "node:assert/strict";
import {
  SECONDARY_INITIAL_STATE,
  type SecondaryInput,
  type SecondaryState,
  type SecondaryStep,
  secondaryStep,
  type SecondaryView,
} from "./decide.ts";

const FIT: SecondaryView = { role: "Secondary", disks: ["UpToDate", "UpToDate"] };
const PRIMARY: SecondaryView = { ...FIT, role: "Primary" };
const SYNCING: SecondaryView = { ...FIT, disks: ["UpToDate", "Inconsistent"] };

/** Feeds inputs, keeps time, remembers what was done. */
class Course {
  state: SecondaryState = SECONDARY_INITIAL_STATE;
  nowMs = 1_000_000;
  isStale = false;
  last: SecondaryStep = {
    state: SECONDARY_INITIAL_STATE,
    action: undefined,
    wakeAtMs: undefined,
    decision: undefined,
  };
  readonly done: string[] = [];

  feed(...inputs: SecondaryInput[]): this {
    for (const input of inputs) {
      this.last = secondaryStep(this.state, input, { nowMs: this.nowMs, isStale: this.isStale });
      this.state = this.last.state;
      if (this.last.action !== undefined) this.done.push(this.last.action.kind);
    }
    return this;
  }

  see(view: SecondaryView | undefined): this {
    return this.feed({ kind: "resource", view });
  }

  promoting(isPromoting: boolean): this {
    return this.feed({ kind: "promoting", isPromoting });
  }

  finish(outcome: "ok" | "failed" = "ok"): this {
    return this.feed({ kind: "finished", action: this.state.action, outcome });
  }

  /** Time passes, and it is woken whenever it wants to be. */
  pass(durationMs: number): this {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const { wakeAtMs } = this.last;
      if (wakeAtMs === undefined || wakeAtMs > endMs) break;
      assert.ok(
        wakeAtMs > this.nowMs,
        `it wants to be woken at once, again and again, in ${this.state.phase}`,
      );
      this.nowMs = wakeAtMs;
      this.feed({ kind: "tick" });
    }
    this.nowMs = endMs;
    return this;
  }

  ready(view: SecondaryView | undefined = FIT): this {
    return this.feed({ kind: "found", services: "inactive" }, { kind: "prepared" }).see(view);
  }

  running(): this {
    return this.ready().pass(5_000).finish();
  }
}

Deno.test("secondaryStep() starts services when the resource has been Secondary and UpToDate for 5 s", () => {
  const course = new Course().ready().pass(4_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.last.decision, "start: the resource is Secondary and UpToDate here");
  course.finish();
  assert.equal(course.state.phase, "started");
});

const unfit: readonly { what: string; view: SecondaryView | undefined; why: string }[] = [
  { what: "Primary", view: PRIMARY, why: "stop: the resource is Primary here" },
  { what: "not UpToDate in all volumes", view: SYNCING, why: "stop: a local disk is Inconsistent" },
  { what: "Diskless", view: { ...FIT, disks: ["Diskless"] }, why: "stop: a local disk is Diskless" },
  { what: "without volumes", view: { ...FIT, disks: [] }, why: "stop: the resource has no volume" },
  {
    what: "in no known role",
    view: { ...FIT, role: "Unknown" },
    why: "stop: the role of the resource is Unknown",
  },
];

for (const { what, view, why } of unfit) {
  Deno.test(`secondaryStep() does not start, and stops, what is ${what}`, () => {
    assert.deepEqual(new Course().ready(view).pass(600_000).done, []);
    const course = new Course().running().see(view);
    assert.deepEqual(course.done, ["start", "stop"]);
    assert.equal(course.last.decision, why);
    course.finish().pass(600_000);
    assert.deepEqual(course.done, ["start", "stop"]);
    // What was promoted for a moment waits for its 5 s again.
    course.see(FIT).pass(4_999);
    assert.deepEqual(course.done, ["start", "stop"]);
    course.pass(1);
    assert.deepEqual(course.done, ["start", "stop", "start"]);
  });
}

Deno.test("secondaryStep() stops when drbdd is to promote, also in the middle of a start, and starts 5 s after that is over", () => {
  const course = new Course().running().promoting(true);
  assert.deepEqual([course.done, course.last.decision], [
    ["start", "stop"],
    "stop: the resource is to be promoted here",
  ]);
  course.finish().see(PRIMARY).pass(60_000).see(FIT).pass(60_000);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.promoting(false).pass(5_000);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  course.promoting(true);
  assert.deepEqual(course.done, ["start", "stop", "start", "stop"]);
  // The end of the start is no news any more.
  course.feed({ kind: "finished", action: course.state.action - 1, outcome: "failed" });
  assert.equal(course.state.phase, "stopping");
});

Deno.test("secondaryStep() stops what runs when the resource has not been up for 5 s", () => {
  const course = new Course().running().see(undefined).pass(4_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual([course.done, course.last.decision], [
    ["start", "stop"],
    "stop: the resource is not up in DRBD",
  ]);
  assert.deepEqual(new Course().running().see(undefined).pass(4_000).see(FIT).pass(50_000).done, ["start"]);
});

Deno.test("secondaryStep() neither starts nor stops for want of a resource while what is known of DRBD is stale", () => {
  const gone = new Course();
  gone.isStale = true;
  gone.feed({ kind: "found", services: "active" }).pass(50_000);
  assert.deepEqual(gone.done, []);
  gone.isStale = false;
  assert.deepEqual(gone.pass(5_000).done, ["stop"]);
  const course = new Course();
  course.isStale = true;
  course.ready().pass(50_000);
  assert.deepEqual(course.done, []);
  course.isStale = false;
  assert.deepEqual(course.pass(4_000).done, []);
  assert.deepEqual(course.pass(1_000).done, ["start"]);
});

Deno.test("secondaryStep() goes on with what it finds running, and stops it where it has no place", () => {
  const course = new Course().see(FIT).feed({ kind: "found", services: "active" }, { kind: "prepared" }).pass(
    30_000,
  );
  assert.deepEqual([course.state.phase, course.done], ["started", []]);
  assert.deepEqual(new Course().see(PRIMARY).feed({ kind: "found", services: "active" }).done, ["stop"]);
  const part = new Course().see(FIT).feed({ kind: "found", services: "partial" });
  assert.deepEqual([part.done, part.last.decision], [["stop"], "stop: only a part of them runs"]);
});

Deno.test("secondaryStep() waits for the drop-ins", () => {
  const course = new Course().feed({ kind: "found", services: "inactive" }).see(FIT).pass(60_000);
  assert.deepEqual(course.done, []);
  assert.deepEqual(course.feed({ kind: "prepared" }).pass(4_999).done, []);
  assert.deepEqual(course.pass(1).done, ["start"]);
});

Deno.test("secondaryStep() on hold starts nothing, and stops what has no place", () => {
  const course = new Course().feed({ kind: "hold", isOnHold: true }).ready().pass(60_000);
  assert.deepEqual(course.done, []);
  // A promotion that waited for the same goes first.
  assert.deepEqual(course.feed({ kind: "hold", isOnHold: false }).pass(4_999).done, []);
  assert.deepEqual(course.pass(1).done, ["start"]);
  course.finish().feed({ kind: "hold", isOnHold: true }).pass(50_000);
  assert.deepEqual(course.done, ["start"]);
  assert.deepEqual(course.see(PRIMARY).done, ["start", "stop"]);
  assert.deepEqual(course.finish().see(FIT).pass(50_000).done, ["start", "stop"]);
});

Deno.test("secondaryStep() stops after a start that failed, and starts again 20 s after it, less loudly", () => {
  const course = new Course().ready().pass(5_000).finish("failed");
  assert.deepEqual([course.done, course.last.decision], [["start", "stop"], "stop: the start failed"]);
  course.pass(1_000).finish().pass(18_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
  assert.equal(course.last.severity, "debug");
  course.finish().see(PRIMARY).finish().see(FIT).pass(5_000);
  assert.deepEqual([course.done.at(-1), course.last.severity], ["start", "info"]);
});

Deno.test("secondaryStep() repeats a stop that failed every 5 s, and starts nothing meanwhile", () => {
  const course = new Course().running().see(PRIMARY).finish("failed").see(FIT).pass(4_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1);
  assert.deepEqual([course.done, course.last.severity], [["start", "stop", "stop"], "debug"]);
  course.finish("failed").pass(5_000).finish();
  assert.deepEqual(course.done, ["start", "stop", "stop", "stop", "start"]);
});

Deno.test("secondaryStep() looks once a minute whether they still run, and starts what somebody stopped", () => {
  const course = new Course().running().pass(60_000);
  assert.deepEqual(course.done, ["start", "look"]);
  course.feed({ kind: "found", services: "active" }).pass(60_000);
  assert.deepEqual(course.done, ["start", "look", "look"]);
  course.feed({ kind: "found", services: "inactive" });
  assert.deepEqual([course.last.decision, course.last.severity], [
    "stopped by somebody else, or by itself",
    "warn",
  ]);
  course.pass(19_999);
  assert.deepEqual(course.done, ["start", "look", "look"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "look", "look", "start"]);
  course.finish().pass(60_000).feed({ kind: "found", services: "partial" });
  assert.deepEqual(course.done.slice(-2), ["look", "stop"]);
});

Deno.test("secondaryStep() stops at the end of drbdd if that is wanted, and starts nothing any more", () => {
  assert.deepEqual(new Course().running().feed({ kind: "end", stopServices: true }).done, ["start", "stop"]);
  const kept = new Course().running().feed({ kind: "end", stopServices: false }).pass(50_000);
  assert.deepEqual(kept.done, ["start"]);
  assert.deepEqual(new Course().ready().feed({ kind: "end", stopServices: false }).pass(60_000).done, []);
});

Deno.test("secondaryStep() does nothing before it is known what runs", () => {
  const course = new Course().feed({ kind: "prepared" }).see(FIT).pass(60_000).see(PRIMARY).promoting(true);
  assert.deepEqual([course.state.phase, course.done], ["unsure", []]);
});
