import assert from "node:assert/strict";
import { step } from "./mind.ts";
import {
  BEGINNING,
  type Input,
  type Moment,
  type Outcome,
  type Policy,
  type State,
  type Step,
} from "./state.ts";
import type { View } from "./view.ts";

const POLICY: Policy = {
  runner: "systemd",
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

  finish(outcome: Outcome = "ok"): this {
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
  const course = new Course().ready(SECONDARY).see(PRIMARY);
  course.feed({ kind: "found", services: "inactive" }).pass(60_000);
  assert.deepEqual(course.done, ["look"]);
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

Deno.test("step() stopped: a demotion during a start that came to nothing is over with it", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(PRIMARY);
  course.feed({ kind: "avoidance", avoidance: "none" }).see(SECONDARY).finish("nothingBegan").pass(60_000);
  course.feed({ kind: "avoidance", avoidance: "quorum" });
  assert.deepEqual([course.last.wakeAtMs, course.last.decision], [undefined, undefined]);
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
  const course = new Course().running().see(SECONDARY);
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  assert.match(course.last.decision ?? "", /^wait 2 s: the resource became Secondary/);
  course.pass(1_999).see({ ...SECONDARY, isMissingPeers: true });
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
  assert.deepEqual(new Course().running().see(undefined).done, ["start", "stop"]);
});

Deno.test("step() started -> stopping when services are found ending where the resource is Secondary already", () => {
  const course = new Course().see(SECONDARY).feed({ kind: "found", services: "ending" }).pass(1_999);
  assert.deepEqual([course.state.phase, course.done], ["started", []]);
  course.pass(1);
  assert.deepEqual(course.done, ["stop"]);
  // As long as it is Primary, whoever stops them is left to it.
  const primary = new Course().see(PRIMARY).feed({ kind: "found", services: "ending" }).pass(60_000);
  assert.deepEqual([primary.state.phase, primary.done], ["started", []]);
});

Deno.test("step() started stays when systemd starts the services, and with them the promotion, anew", () => {
  const course = new Course().running().see(SECONDARY).pass(1_500).see(PRIMARY);
  assert.equal(course.last.decision, "the resource is Primary again");
  assert.equal(course.last.wakeAtMs, undefined);
  course.pass(10_000).see(SECONDARY).pass(1_999);
  assert.deepEqual(course.done, ["start"]);
});

for (
  const { name, policy = {}, view } of [
    { name: "a peer is Primary", view: { primaryPeer: "beta" } },
    {
      name: "quorum is lost, too, with policy freeze",
      policy: { onQuorumLoss: "freeze" },
      view: { quorum: false },
    },
    { name: "nobody but the shell runner would start them anew", policy: { runner: "shell" }, view: {} },
  ] as const
) {
  Deno.test(`step() started -> stopping at once when the resource becomes Secondary and ${name}`, () => {
    const course = new Course({ ...POLICY, ...policy }).running();
    assert.deepEqual(course.see({ ...SECONDARY, ...view }).done, ["start", "stop"]);
    const later = new Course({ ...POLICY, ...policy, runner: "systemd" }).running().see(SECONDARY).pass(500);
    if (!("runner" in policy)) assert.deepEqual(later.see({ ...SECONDARY, ...view }).done, ["start", "stop"]);
  });
}

Deno.test("step() started -> stopping when services run for 20 s where the resource is not Primary", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 20_000);
  course.pass(19_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("step() started -> stopping at once when services are found where the resource is Primary on a peer", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" });
  course.see({ ...SECONDARY, primaryPeer: "beta" }).feed({ kind: "found", services: "active" });
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
  course.pass(70_000).finish();
  assert.equal(course.state.holdBackUntilMs, course.nowMs + 60_000);
});

for (
  const { name, policy, times, want } of [
    { name: "fail-over gives way for a minute", policy: "fail-over", times: 1, want: 60_000 },
    { name: "restart starts anew", policy: "restart", times: 2, want: 0 },
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
      const waitsMs = Math.max(0, course.state.holdBackUntilMs - course.nowMs);
      assert.equal(waitsMs, time < times ? 0 : want, `time ${time}`);
      if (time < times) course.see(PROMOTABLE).pass(25).see(PRIMARY).finish();
    }
  });
}

Deno.test("step() stopped: after a start that failed others have 20 s to try, however long it took", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see(PRIMARY).pass(90_000).finish("failed");
  course.pass(5_000).finish().see(PROMOTABLE);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(19_999);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
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

Deno.test("step() started: restarts are counted for each unit by itself", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart", serviceFailureLimit: 1 }).running();
  course.feed({ kind: "unitFailed", unit: "db.service" }, { kind: "unitFailed", unit: "web.service" });
  assert.deepEqual(course.done, ["start", "restart db.service", "restart web.service"]);
  course.feed({ kind: "unitFailed", unit: "web.service" });
  assert.deepEqual(course.done.slice(3), ["stop"]);
});

Deno.test("step() started: where the resource is not Primary a failed unit is not restarted, nor is anything forgotten", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "restart" });
  course.feed({ kind: "avoidance", avoidance: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  const { wakeAtMs } = course.last;
  course.feed({ kind: "unitFailed", unit: "db.service" });
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, wakeAtMs);
});

Deno.test("step() unsure -> started -> starting when only a part is found running: the rest is started", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, { kind: "prepared" });
  course.see(PRIMARY).feed({ kind: "found", services: "partial" });
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.state.phase, "starting");
  course.finish();
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started: a part that is found running is completed when the resource is prepared, not earlier", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }).see(PRIMARY);
  course.feed({ kind: "found", services: "partial" }).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "prepared" });
  assert.deepEqual(course.done, ["start"]);
});

for (
  const { name, view, want } of [
    { name: "without quorum is stopped", view: NO_QUORUM, want: ["stop"] },
    { name: "while the resource is Secondary is stopped after 20 s", view: SECONDARY, want: ["stop"] },
  ]
) {
  Deno.test(`step() started: a part that is found running ${name}, not completed`, () => {
    const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, { kind: "prepared" });
    course.see(view).feed({ kind: "found", services: "partial" }).pass(20_000);
    assert.deepEqual(course.done, want);
  });
}

Deno.test("step() started: a part that was found on a stale picture is completed when the picture is fresh", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, { kind: "prepared" });
  course.isStale = true;
  course.see(PRIMARY).feed({ kind: "found", services: "partial" });
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
});

Deno.test("step() frozen -> stopping when frozen services are found where the resource stays Secondary", () => {
  const course = new Course(FREEZE).feed({ kind: "avoidance", avoidance: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "frozen" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 20_000);
  course.pass(20_000);
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("step() thawing -> frozen when the thawing failed, and again after 5 s", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).finish().see(PRIMARY).finish("failed");
  assert.equal(course.state.phase, "frozen");
  assert.equal(course.last.wakeAtMs, course.nowMs + 5_000);
  course.pass(5_000).finish();
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["start", "freeze", "thaw", "thaw"]);
});

Deno.test("step() stopped: looks at what runs when somebody else makes the resource Primary, and looks after it", () => {
  const course = new Course().ready().see(PRIMARY);
  assert.deepEqual(course.done, ["look"]);
  course.feed({ kind: "found", services: "active" });
  assert.equal(course.state.phase, "started");
  course.see(NO_QUORUM);
  assert.deepEqual(course.done, ["look", "stop"]);
});

Deno.test("step() stopped: a part that somebody else started is looked after, but not completed", () => {
  const course = new Course().ready().see(PRIMARY).feed({ kind: "found", services: "partial" }).pass(60_000);
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["look"]);
});

Deno.test("step() stopped: looks again when somebody else's Primary loses quorum, and leaves it if nothing runs", () => {
  const course = new Course().ready().see(PRIMARY).feed({ kind: "found", services: "inactive" });
  course.see({ ...PRIMARY, isMissingPeers: true }).see(NO_QUORUM);
  course.feed({ kind: "found", services: "inactive" });
  assert.deepEqual(course.done, ["look", "look"]);
  assert.equal(course.state.phase, "stopped");
});

Deno.test("step() stopped: what was found too late is no news", () => {
  const course = new Course().ready().see(PRIMARY).see(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, ["look", "start"]);
  course.feed({ kind: "found", services: "active" });
  assert.equal(course.state.phase, "starting");
});

Deno.test("step() stopped: a resource that is still Primary after its stop is not started before the news can be there", () => {
  const course = new Course({ ...POLICY, preferredNodes: ["beta", "alpha"] }).running().pass(60_000);
  course.see(BETA_AWAY).see(PRIMARY).finish();
  assert.equal(course.state.phase, "stopped");
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  course.see({ ...SECONDARY, primaryPeer: "beta" }).pass(60_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() stopped: a resource that could not be demoted is started on where it is", () => {
  const course = new Course().running().pass(60_000).see(NO_QUORUM).finish().pass(10_000);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.see(PRIMARY);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

Deno.test("step() stopped: of a resource that comes anew it has to be learnt how it avoids a split brain", () => {
  const course = new Course().ready().see(undefined).see(PROMOTABLE).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "avoidance", avoidance: "quorum" });
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped -> stopping when a start that was cut off has promoted all the same", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see({ ...SECONDARY, quorum: false }).finish();
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1_000).see(PRIMARY);
  assert.equal(course.last.wakeAtMs, course.nowMs + 1_000);
  course.pass(1_000);
  assert.equal(course.state.phase, "stopping");
  assert.match(course.last.decision ?? "", /the promotion that was cut off is through all the same/);
  course.finish().see(SECONDARY).see(PROMOTABLE).pass(20_000);
  assert.deepEqual(course.done, ["start", "stop", "stop", "start"]);
});

Deno.test("step() stopped -> stopping when a start that failed has promoted all the same, later", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).finish("failed").finish();
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(6_000).see(PRIMARY).pass(2_000);
  assert.equal(course.state.phase, "stopping");
  course.finish().see(SECONDARY).see(PROMOTABLE).pass(20_000);
  assert.deepEqual(course.done, ["start", "stop", "stop", "start"]);
});

Deno.test("step() stopped: a promotion long after a start was cut off is somebody else's", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see({ ...SECONDARY, quorum: false }).finish();
  course.see(SECONDARY).pass(16_000).see(PRIMARY).pass(60_000);
  assert.deepEqual(course.done, ["start", "stop", "look"]);
});

Deno.test("step() stopped: a demotion that was not cut off is not doubted", () => {
  const course = new Course().running().see(NO_QUORUM).finish().see(PRIMARY).pass(2_000);
  assert.ok(!course.done.slice(2).includes("stop"), course.done.join());
});

Deno.test("step() stopping -> stopped when all is stopped", () => {
  const course = new Course().running().see(NO_QUORUM).finish();
  assert.equal(course.state.phase, "stopped");
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() stopped -> started when somebody else has started the services", () => {
  const course = new Course().ready().see(PRIMARY).feed({ kind: "found", services: "active" });
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["look"]);
});

Deno.test("step() stopped -> frozen when somebody else's services are found frozen", () => {
  const course = new Course(FREEZE).ready().see(PRIMARY).see(NO_QUORUM);
  course.feed({ kind: "found", services: "frozen" });
  assert.equal(course.state.phase, "frozen");
});

Deno.test("step() stopped: what says that it may promote but has no quorum is not believed", () => {
  const course = new Course().ready({ ...PROMOTABLE, quorum: false }).pass(60_000);
  assert.deepEqual(course.done, []);
  course.see(PROMOTABLE);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started: the rest is not started before it is clear that a demotion does not last", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }).see(PRIMARY);
  course.feed({ kind: "found", services: "partial" }).see(PROMOTABLE).feed({ kind: "prepared" }).pass(1_000);
  assert.deepEqual([course.state.phase, course.done], ["started", []]);
  course.see(PRIMARY);
  assert.deepEqual([course.state.phase, course.done], ["starting", ["start"]]);
});

Deno.test("step() started -> starting when the start list grew", () => {
  const course = new Course().feed({ kind: "avoidance", avoidance: "quorum" }, { kind: "prepared" });
  course.see(PRIMARY);
  assert.equal(course.state.phase, "unsure");
  course.feed({ kind: "found", services: "partial" });
  assert.equal(course.state.phase, "starting");
});

Deno.test("step() freezing -> stopping when forced to Secondary", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).see(SECONDARY);
  assert.equal(course.state.phase, "stopping");
  assert.deepEqual(course.done, ["start", "freeze", "stop"]);
});

Deno.test("step() thawing -> stopping when the resource becomes Secondary", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).finish().see(PRIMARY).see(SECONDARY);
  assert.equal(course.state.phase, "stopping");
  assert.deepEqual(course.done, ["start", "freeze", "thaw", "stop"]);
});

const SHELL: Policy = { ...POLICY, runner: "shell", onServiceFailure: "restart", serviceFailureLimit: 2 };
const SERVICES_FAIL: Input = { kind: "unitFailed", unit: "the services" };

Deno.test("step() started: a restart by the shell runner may demote and promote, and counts all the same", () => {
  const course = new Course(SHELL).running();
  for (let time = 0; time < 2; time++) {
    course.feed(SERVICES_FAIL).pass(1_000).see(SECONDARY);
    assert.equal(
      course.last.decision,
      "wait: the resource became Secondary while its services are restarted",
    );
    course.pass(30_000).feed({ kind: "restarted" }).pass(1_999).see(PRIMARY).pass(10_000);
  }
  course.feed(SERVICES_FAIL);
  assert.deepEqual(course.done, ["start", "restart the services", "restart the services", "stop"]);
  course.finish().see(PROMOTABLE);
  assert.equal(course.state.holdBackUntilMs, course.nowMs + 60_000);
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
  assert.equal(course.state.holdBackMs, 60_000);
});

Deno.test("step(): a stop ends the restart of the shell runner, and what was said of its demotion", () => {
  const course = new Course(SHELL).running().feed(SERVICES_FAIL).see(NO_QUORUM).finish().see(PROMOTABLE);
  course.pass(20_000).see(PRIMARY).finish().see(SECONDARY);
  assert.deepEqual(course.done, ["start", "restart the services", "stop", "start", "stop"]);
});
