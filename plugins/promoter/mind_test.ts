import assert from "node:assert/strict";
import { step } from "./mind.ts";
import { BEGINNING, type Input, type Moment, type Policy, type State, type Step } from "./state.ts";
import type { View } from "./view.ts";

const POLICY: Policy = {
  preferredNodes: [],
  preferredNodesPolicy: "always",
  fencingPromoteDelayS: 5,
  onQuorumLoss: "shutdown",
  onDiskDetach: "ignore",
  sleepBeforePromoteFactor: 1,
  onServiceFailure: "ignore",
  serviceFailureLimit: 3,
};
const FREEZE: Policy = { ...POLICY, onQuorumLoss: "freeze" };

const SECONDARY: View = {
  role: "Secondary",
  mayPromote: false,
  quorum: true,
  primaryPeer: undefined,
  isMissingPeers: false,
  disks: ["UpToDate"],
  lostVolumes: [],
  upToDateElsewhere: [0],
  upToDatePeers: ["beta", "gamma"],
};
const PROMOTABLE: View = { ...SECONDARY, mayPromote: true };
const PRIMARY: View = { ...SECONDARY, role: "Primary" };
const NO_QUORUM: View = {
  ...PRIMARY,
  quorum: false,
  isMissingPeers: true,
  upToDatePeers: [],
  upToDateElsewhere: [],
};

/** A mind at work: feeds inputs, keeps time, remembers what was done. */
class Course {
  state: State = BEGINNING;
  nowMs = 1_000_000;
  isStale = false;
  last: Step = { state: BEGINNING, actions: [], wakeAtMs: undefined, decision: undefined };
  readonly done: string[] = [];

  constructor(readonly policy: Policy = POLICY, readonly node = "alpha") {}

  feed(...inputs: Input[]): this {
    for (const input of inputs) {
      const moment: Moment = { nowMs: this.nowMs, node: this.node, isStale: this.isStale };
      this.last = step(this.state, input, this.policy, moment);
      this.state = this.last.state;
      for (const action of this.last.actions) {
        this.done.push(action.kind === "restartUnit" ? `restart ${action.unit}` : action.kind);
      }
    }
    return this;
  }

  see(view: View | undefined): this {
    return this.feed({ kind: "resource", view });
  }

  finish(outcome: "ok" | "failed" | "nothingBegan" = "ok"): this {
    return this.feed({ kind: "finished", action: this.state.action, outcome });
  }

  pass(durationMs: number): this {
    this.nowMs += durationMs;
    return this.feed({ kind: "tick" });
  }

  /** Everything known and ready, the services not running. */
  ready(view = SECONDARY): this {
    return this.feed(
      { kind: "avoidance", avoidance: "quorum" },
      { kind: "found", services: "inactive" },
      { kind: "prepared" },
      { kind: "resource", view },
    );
  }

  /** The services run here. */
  running(): this {
    return this.ready(PROMOTABLE).pass(10_000).see(PRIMARY).finish();
  }
}

Deno.test("step() unsure -> stopped when nothing is found running", () => {
  const course = new Course().feed({ kind: "found", services: "inactive" });
  assert.equal(course.state.phase, "stopped");
});

Deno.test("step() unsure -> started when the services are found running", () => {
  const course = new Course().see(PRIMARY).feed({ kind: "found", services: "active" });
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, []);
});

Deno.test("step() unsure -> frozen when the services are found frozen", () => {
  const course = new Course(FREEZE).see(NO_QUORUM).feed({ kind: "found", services: "frozen" });
  assert.equal(course.state.phase, "frozen");
});

Deno.test("step() unsure does nothing, whatever DRBD allows", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, { kind: "prepared" });
  course.see(PROMOTABLE).pass(60_000);
  assert.equal(course.state.phase, "unsure");
  assert.deepEqual(course.done, []);
});

Deno.test("step() stopped -> starting when DRBD may promote and said so for a moment", () => {
  const course = new Course().ready(PROMOTABLE);
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 25);
  course.pass(25);
  assert.equal(course.state.phase, "starting");
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped stays when may_promote is taken back at once", () => {
  const course = new Course().ready(PROMOTABLE).pass(10).see(SECONDARY).pass(60_000);
  assert.deepEqual(course.done, []);
});

Deno.test("step() stopped begins to count again when may_promote went and came", () => {
  const course = new Course().ready({ ...PROMOTABLE, disks: ["Consistent"] });
  course.pass(900).see(SECONDARY).see({ ...PROMOTABLE, disks: ["Consistent"] }).pass(900);
  assert.deepEqual(course.done, []);
  course.pass(100);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a better disk state shortens the delay while it runs", () => {
  const course = new Course().ready({ ...PROMOTABLE, disks: ["Diskless"] });
  course.pass(2_000);
  assert.deepEqual(course.done, []);
  course.see(PROMOTABLE);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a worse disk state makes the delay longer while it runs", () => {
  const course = new Course().ready({ ...PROMOTABLE, disks: ["Consistent"] });
  course.pass(500).see({ ...PROMOTABLE, disks: ["Diskless"] }).pass(5_000);
  assert.deepEqual(course.done, []);
  course.pass(500);
  assert.deepEqual(course.done, ["start"]);
});

for (
  const { name, inputs } of [
    {
      name: "a peer is Primary",
      inputs: [{ kind: "resource", view: { ...PROMOTABLE, primaryPeer: "beta" } }],
    },
    { name: "DRBD does not avoid a split brain", inputs: [{ kind: "avoidance", avoidance: "none" }] },
    {
      name: "it is not known how a split brain is avoided",
      inputs: [{ kind: "avoidance", avoidance: undefined }],
    },
    { name: "drbdd ends", inputs: [{ kind: "end", stopServices: false }] },
    { name: "the resource is gone", inputs: [{ kind: "resource", view: undefined }] },
  ] satisfies { name: string; inputs: Input[] }[]
) {
  Deno.test(`step() stopped stays when ${name}`, () => {
    const course = new Course().ready(PROMOTABLE).feed(...inputs).pass(60_000);
    assert.deepEqual(course.done, []);
    assert.equal(course.state.phase, "stopped");
  });
}

Deno.test("step() stopped waits until the resource is prepared", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, {
    kind: "found",
    services: "inactive",
  });
  course.see(PROMOTABLE).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "prepared" });
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped does not start on a stale picture, and looks again soon", () => {
  const course = new Course();
  course.isStale = true;
  course.ready(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
  course.isStale = false;
  course.pass(200);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a Primary found without its services is started on", () => {
  const course = new Course().see(PRIMARY).ready(PRIMARY);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: somebody else's Primary is left alone", () => {
  const course = new Course().ready(SECONDARY).see(PRIMARY).pass(60_000);
  assert.deepEqual(course.done, []);
});

Deno.test("step() starting -> started", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(PRIMARY).finish("ok");
  assert.equal(course.state.phase, "started");
});

Deno.test("step() starting -> stopped without a stop when the race was lost", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("nothingBegan");
  assert.equal(course.state.phase, "stopped");
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() starting -> stopping when the start failed", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("failed");
  assert.equal(course.state.phase, "stopping");
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() starting -> stopping at once when quorum is lost; the start's end is no news then", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(PRIMARY);
  const start = course.state.action;
  course.see(NO_QUORUM);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.feed({ kind: "finished", action: start, outcome: "ok" });
  assert.equal(course.state.phase, "stopping");
  course.finish();
  assert.equal(course.state.phase, "stopped");
});

Deno.test("step() keeps 20 s between attempts and makes the next one at their end", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("nothingBegan");
  const attemptMs = course.nowMs;
  course.pass(19_999);
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.last.wakeAtMs, attemptMs + 20_000);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "start"]);
});

Deno.test("step() makes an attempt that came too early at the end of the 20 s", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("nothingBegan");
  course.see(SECONDARY).pass(1_000).see(PROMOTABLE);
  course.pass(18_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "start"]);
});

Deno.test("step() started -> stopping when quorum is lost", () => {
  const course = new Course().running().see(NO_QUORUM);
  assert.deepEqual(course.done, ["start", "stop"]);
  assert.match(course.last.decision ?? "", /quorum is lost/);
});

Deno.test("step() started -> freezing -> frozen -> thawing -> started when quorum comes back", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM);
  assert.equal(course.state.phase, "freezing");
  course.finish();
  assert.equal(course.state.phase, "frozen");
  course.see(PRIMARY);
  assert.equal(course.state.phase, "thawing");
  course.finish();
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["start", "freeze", "thaw"]);
});

Deno.test("step() freezing: quorum that comes back meanwhile thaws as soon as the freezing is over", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).see(PRIMARY).finish();
  assert.deepEqual(course.done, ["start", "freeze", "thaw"]);
});

Deno.test("step() thawing -> freezing when quorum is lost again", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).finish().see(PRIMARY).see(NO_QUORUM);
  assert.deepEqual(course.done, ["start", "freeze", "thaw", "freeze"]);
});

Deno.test("step() frozen -> stopping when forced to Secondary", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).finish().see({
    ...SECONDARY,
    primaryPeer: "beta",
  });
  assert.deepEqual(course.done, ["start", "freeze", "stop"]);
});

Deno.test("step() starting with policy freeze lets the start go on without quorum, then freezes", () => {
  const course = new Course(FREEZE).ready(PROMOTABLE).pass(10_000).see(PRIMARY).see(NO_QUORUM);
  assert.deepEqual(course.done, ["start"]);
  course.finish();
  assert.deepEqual(course.done, ["start", "freeze"]);
});

Deno.test("step() started -> stopping when the resource becomes Secondary or goes", () => {
  assert.deepEqual(new Course().running().see(SECONDARY).done, ["start", "stop"]);
  assert.deepEqual(new Course().running().see(undefined).done, ["start", "stop"]);
});

Deno.test("step() started -> stopping when services run for 20 s where the resource is not Primary", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 20_000);
  course.pass(19_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("step() started: a stale picture does not stop services for want of a Primary, and is not asked in a hurry", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  course.isStale = true;
  course.pass(30_000);
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
});

const DISK_LOST: View = { ...PRIMARY, disks: ["Diskless"], lostVolumes: [0] };

Deno.test("step() started -> stopping when a disk is lost, with policy fail-over and an UpToDate peer", () => {
  const policy: Policy = { ...POLICY, onDiskDetach: "fail-over" };
  assert.deepEqual(new Course(policy).running().see(DISK_LOST).done, ["start", "stop"]);
});

for (
  const { name, policy, view } of [
    { name: "with policy ignore", policy: POLICY, view: DISK_LOST },
    {
      name: "when no peer is UpToDate",
      policy: { ...POLICY, onDiskDetach: "fail-over" as const },
      view: { ...DISK_LOST, upToDateElsewhere: [] },
    },
    {
      name: "when only another volume is UpToDate elsewhere",
      policy: { ...POLICY, onDiskDetach: "fail-over" as const },
      view: { ...DISK_LOST, upToDateElsewhere: [1] },
    },
  ]
) {
  Deno.test(`step() started stays when a disk is lost ${name}`, () => {
    assert.deepEqual(new Course(policy).running().see(view).done, ["start"]);
  });
}

Deno.test("step() started stays on a node that was started without a disk", () => {
  const course = new Course({ ...POLICY, onDiskDetach: "fail-over" });
  course.ready({ ...PROMOTABLE, disks: ["Diskless"], lostVolumes: [0] }).pass(6_000).see(DISK_LOST).finish();
  course.see({ ...DISK_LOST, upToDatePeers: ["beta"] });
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started -> stopping when the disk was lost earlier and a peer becomes UpToDate only then", () => {
  const course = new Course({ ...POLICY, onDiskDetach: "fail-over" }).running();
  course.see({ ...DISK_LOST, upToDateElsewhere: [] }).see(DISK_LOST);
  assert.deepEqual(course.done, ["start", "stop"]);
});

const BETA_AWAY: View = { ...PRIMARY, upToDatePeers: ["gamma"] };

for (
  const { name, preferredNodes, policy, want } of [
    {
      name: "stops when a better node becomes UpToDate",
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
  Deno.test(`step() started ${name}`, () => {
    const course = new Course({ ...POLICY, preferredNodes, preferredNodesPolicy: policy });
    course.running().see(BETA_AWAY).see(PRIMARY);
    assert.deepEqual(course.done, want ? ["start", "stop"] : ["start"]);
  });
}

Deno.test("step() started stays when a better node was UpToDate all the time", () => {
  const course = new Course({ ...POLICY, preferredNodes: ["beta", "alpha"] }).running().see(PRIMARY).pass(
    60_000,
  );
  assert.deepEqual(course.done, ["start"]);
});

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
  assert.equal(course.state.holdBackUntilMs, course.nowMs + 60_000);
});

Deno.test("step() stopping -> stopping: a failed stop is tried again after 5 s, and again", () => {
  const course = new Course().running().see(NO_QUORUM).finish("failed");
  assert.equal(course.last.wakeAtMs, course.nowMs + 5_000);
  course.pass(4_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1).finish("failed").pass(5_000);
  assert.deepEqual(course.done, ["start", "stop", "stop", "stop"]);
  course.finish();
  assert.equal(course.state.phase, "stopped");
});

Deno.test("step() stopping: whatever happens, one stop is enough", () => {
  const course = new Course().running().see(NO_QUORUM).see(PRIMARY).see(NO_QUORUM).see(SECONDARY).pass(1_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() end stops the services in every phase in which they may run, if that is wanted", () => {
  const end: Input = { kind: "end", stopServices: true };
  const starting = new Course().ready(PROMOTABLE).pass(25).feed(end);
  assert.deepEqual(starting.done, ["start", "stop"]);
  assert.deepEqual(new Course().running().feed(end).done, ["start", "stop"]);
  assert.deepEqual(new Course(FREEZE).running().see(NO_QUORUM).finish().feed(end).done, [
    "start",
    "freeze",
    "stop",
  ]);
  assert.deepEqual(new Course().ready().feed(end).done, []);
});

Deno.test("step() end leaves the services alone otherwise", () => {
  assert.deepEqual(new Course().running().feed({ kind: "end", stopServices: false }).done, ["start"]);
});

Deno.test("step() without protection against split brain stops nothing either", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "none" }).see(PRIMARY);
  course.feed({ kind: "found", services: "active" }).see(NO_QUORUM).see(SECONDARY).pass(60_000);
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, undefined);
});

Deno.test("step() says once why it holds back", () => {
  const course = new Course().ready({ ...PROMOTABLE, disks: ["Diskless"] });
  assert.equal(course.last.decision, "wait 6 s: a local disk is Diskless");
  course.pass(1_000);
  assert.equal(course.last.decision, undefined);
});
