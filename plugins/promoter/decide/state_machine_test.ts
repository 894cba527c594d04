import assert from "node:assert/strict";
import {
  Course,
  FREEZE,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
  type TestInput,
} from "../../../tests/support/trials/state_machine_course.ts";
import type { Input, Policy } from "./state.ts";
import type { View } from "./view.ts";

const BY_HAND = { why: "by hand", isEviction: false };

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
  const course = new Course(FREEZE).see(PRIMARY).feed({ kind: "found", services: "frozen" });
  assert.equal(course.state.phase, "frozen");
});

Deno.test("step() unsure -> freezing when some services are found frozen, without quorum", () => {
  const course = new Course(FREEZE).see(NO_QUORUM).feed({ kind: "found", services: "frozen" });
  assert.deepEqual([course.state.phase, course.done], ["freezing", ["freeze"]]);
});

Deno.test("step() unsure -> stopping when an earlier stop has left something behind, until nothing is left", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
  course.see(PROMOTABLE);
  course.feed({ kind: "found", services: "halfStopped" });
  assert.equal(course.state.phase, "stopping");
  assert.equal(course.last.decision, "stop: an earlier stop has left something behind");
  course.pass(1_000).finish("failed").pass(60_000).finish("failed").pass(5_000);
  assert.deepEqual(course.done, ["stop", "stop", "stop"]);
  course.finish().pass(25);
  assert.deepEqual(course.done, ["stop", "stop", "stop", "start"]);
});

Deno.test("step() unsure -> stopping: what was left is stopped, and a Primary that is not drbdd's left alone then", () => {
  for (const services of ["halfStopped", "leftPrimary"] as const) {
    const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
    course.see(PRIMARY).feed({ kind: "found", services });
    assert.deepEqual([course.state.phase, course.done], ["stopping", ["stop"]]);
    course.finish().pass(50_000);
    assert.deepEqual(course.done, services === "halfStopped" ? ["stop"] : ["stop", "start"]);
  }
});

Deno.test("step() stopped: what somebody else has half stopped later is not drbdd's to stop", () => {
  const course = new Course().ready().see(PRIMARY).feed({ kind: "found", services: "halfStopped" });
  assert.deepEqual([course.state.phase, course.done], ["stopped", ["look"]]);
});

Deno.test("step() stopped -> stopping when a demotion failed and nothing is to be started, more and more rarely", () => {
  const course = new Course().running().pass(60_000).see(NO_QUORUM).finish();
  for (const seconds of [5, 10, 20, 40, 80, 160, 320, 600, 600]) {
    assert.equal(course.last.wakeAtMs, course.nowMs + seconds * 1000);
    course.pass(seconds * 1000 - 1);
    assert.equal(course.state.phase, "stopped");
    course.pass(1);
    assert.equal(course.last.decision, "stop: the resource is still Primary here, though nothing runs on it");
    course.finish();
  }
  // What is known may be old.
  course.isStale = true;
  course.pass(600_000);
  assert.deepEqual([course.state.phase, course.last.wakeAtMs], ["stopped", course.nowMs + 200]);
  // Somebody has let go of it.
  course.see({ ...SECONDARY, quorum: false });
  assert.equal(course.last.wakeAtMs, undefined);
});

Deno.test("step() stopped: a Primary on which drbdd has stopped nothing is not demoted", () => {
  const course = new Course().see(NO_QUORUM).ready(NO_QUORUM).pass(600_000);
  assert.deepEqual(course.done, []);
});

Deno.test("step() unsure does nothing, whatever DRBD allows", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
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
    { name: "DRBD does not avoid a split brain", inputs: [{ kind: "protection", protection: "none" }] },
    {
      name: "it is not known how a split brain is avoided",
      inputs: [{ kind: "protection", protection: undefined }],
    },
    { name: "drbdd ends", inputs: [{ kind: "end", stopServices: false }] },
    { name: "the resource is gone", inputs: [{ kind: "resource", view: undefined }] },
  ] satisfies { name: string; inputs: TestInput[] }[]
) {
  Deno.test(`step() stopped stays when ${name}`, () => {
    const course = new Course().ready(PROMOTABLE).feed(...inputs).pass(60_000);
    assert.deepEqual(course.done, []);
    assert.equal(course.state.phase, "stopped");
  });
}

Deno.test("step() stopped waits until the resource is prepared", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, {
    kind: "found",
    services: "inactive",
  });
  course.see(PROMOTABLE).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "prepared" });
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped does not start while the state is stale, and looks again soon", () => {
  const course = new Course();
  course.isStale = true;
  course.ready(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
  course.isStale = false;
  course.pass(200);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a Primary found without drbdd's promotion is left alone, which is said once", () => {
  const course = new Course().see(PRIMARY).feed({ kind: "protection", protection: "quorum" }, {
    kind: "prepared",
  });
  course.feed({ kind: "found", services: "inactive" });
  assert.match(
    course.last.decision ?? "",
    /^wait: .* drbdd did not promote it: left alone until it is Secondary$/,
  );
  course.see({ ...PRIMARY, disks: ["Outdated"] }).pass(60_000);
  assert.deepEqual([course.done, course.last.decision, course.state.phase], [[], undefined, "stopped"]);
  course.see(SECONDARY).see(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() unsure: what is found half running on drbdd's own promotion is completed", () => {
  const course = new Course().see(PRIMARY).feed({ kind: "protection", protection: "quorum" }, {
    kind: "prepared",
  });
  assert.deepEqual(course.feed({ kind: "found", services: "partial" }).done, ["start"]);
});

Deno.test("step() stopped: of what somebody else promoted nothing is said before it is known what runs", () => {
  const course = new Course().ready(SECONDARY).see(PRIMARY);
  assert.deepEqual(course.done, ["look"]);
  course.feed({ kind: "protection", protection: "quorum" });
  assert.equal(course.last.decision, undefined);
  // It was started by drbddctl evict, which nobody took over from.
  course.feed({ kind: "found", services: "active" });
  assert.deepEqual([course.state.phase, course.last.decision], ["started", undefined]);

  const other = new Course().ready(SECONDARY).see(PRIMARY).feed({ kind: "protection", protection: "quorum" });
  other.feed({ kind: "found", services: "inactive" });
  assert.match(other.last.decision ?? "", /^wait: .* drbdd did not promote it/);
});

Deno.test("step() stopped: somebody else's Primary is left alone", () => {
  const course = new Course().ready(SECONDARY).see(PRIMARY);
  course.feed({ kind: "found", services: "inactive" });
  assert.match(course.last.decision ?? "", /left alone until it is Secondary$/);
  course.pass(60_000);
  assert.deepEqual([course.done, course.last.decision], [["look"], undefined]);
});

Deno.test("step() stopped: what somebody else promoted and demoted before it was looked at hides no wait", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
  course.see(SECONDARY).feed({ kind: "found", services: "inactive" });
  course.see(PRIMARY).see({ ...PROMOTABLE, disks: ["Diskless"] });
  assert.deepEqual(course.done, ["look"]);
  assert.match(course.last.decision ?? "", /^wait .*Diskless/);
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
  course.feed({ kind: "protection", protection: "none" }).see(SECONDARY).finish("nothingBegan").pass(60_000);
  course.feed({ kind: "protection", protection: "quorum" });
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

Deno.test("step() frozen -> freezing when a service was started meanwhile, as long as quorum is lost", () => {
  const course = new Course(FREEZE).running().see(NO_QUORUM).finish().feed({ kind: "unfrozen" });
  assert.equal(course.state.phase, "freezing");
  assert.equal(course.last.decision, "freeze: quorum is lost, and a service was started meanwhile");
  assert.equal(course.last.severity, "warn");
  course.finish().see(PRIMARY).feed({ kind: "unfrozen" });
  assert.deepEqual(course.done, ["start", "freeze", "freeze", "thaw"]);
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

Deno.test("step() starting -> freezing with policy freeze, as soon as the resource is Primary without quorum", () => {
  const course = new Course(FREEZE).ready(PROMOTABLE).pass(10_000).see(PRIMARY).see(NO_QUORUM);
  assert.deepEqual([course.state.phase, course.done], ["freezing", ["start", "freeze"]]);
  course.finish();
  assert.equal(course.state.phase, "frozen");
});

Deno.test("step() freezing -> stopping when not all can be frozen, but thawed where quorum is back", () => {
  const failing = () => new Course(FREEZE).running().see(NO_QUORUM);
  const course = failing().finish("failed");
  assert.deepEqual([course.state.phase, course.done], ["stopping", ["start", "freeze", "stop"]]);
  assert.equal(course.last.decision, "stop: quorum is lost, and they cannot be frozen");
  assert.deepEqual(failing().see(PRIMARY).finish("failed").done, ["start", "freeze", "thaw"]);
});

Deno.test("step() stopped: a start waits for what it needs to be looked at, as long as that is wanted", () => {
  const course = new Course().ready(PROMOTABLE).feed({ kind: "startCheck", untilMs: Infinity }).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "startCheck", untilMs: course.nowMs + 1_000 }).pass(999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["start"]);
  const quick = new Course().ready(PROMOTABLE).feed({ kind: "startCheck", untilMs: Infinity }).pass(25);
  quick.feed({ kind: "startCheck", untilMs: -Infinity });
  assert.deepEqual(quick.done, ["start"]);
});

Deno.test("step() started -> stopping when the resource becomes Secondary or goes", () => {
  const course = new Course().running().see(SECONDARY);
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  course.feed({ kind: "examined", stop: undefined });
  assert.equal(
    course.last.decision,
    "demoted unexpectedly; waiting 2 s for systemd to restart its services",
  );
  assert.equal(course.last.severity, "warn");
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

Deno.test("step() started stays when systemd starts the services, and with them the promotion, again", () => {
  const course = new Course().running().see(SECONDARY).feed({ kind: "examined", stop: undefined });
  course.pass(1_500).see(PRIMARY);
  assert.equal(course.last.decision, "the resource is Primary again");
  assert.equal(course.last.wakeAtMs, undefined);
  course.pass(10_000).see(SECONDARY).pass(1_999);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started: a demotion that is over before it was looked at is reported when it is over", () => {
  const course = new Course().running().see(SECONDARY);
  assert.equal(course.last.decision, undefined);
  course.pass(50).see(PRIMARY);
  assert.equal(course.last.decision, "demoted unexpectedly; the resource is Primary again already");
  assert.equal(course.last.severity, "warn");
  course.feed({ kind: "examined", stop: undefined });
  assert.equal(course.last.decision, undefined);
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
    { name: "nobody but the shell runner would restart them", policy: { runner: "shell" }, view: {} },
  ] as const
) {
  Deno.test(`step() started -> stopping at once when the resource becomes Secondary and ${name}`, () => {
    const course = new Course({ ...POLICY, ...policy }).running();
    assert.deepEqual(course.see({ ...SECONDARY, ...view }).done, ["start", "stop"]);
    const later = new Course({ ...POLICY, ...policy, runner: "systemd" }).running().see(SECONDARY).pass(500);
    if (!("runner" in policy)) assert.deepEqual(later.see({ ...SECONDARY, ...view }).done, ["start", "stop"]);
  });
}

Deno.test("step() started -> stopping when services are found where the resource is not Primary, and is not so after 2 s", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" });
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  course.pass(1_999);
  assert.deepEqual(course.done, []);
  course.pass(1);
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("step() started: services that are found while the resource is being promoted go on", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "active" }).pass(1_999).see(PRIMARY).pass(30_000);
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, []);
});

Deno.test("step() started -> stopping when the resource is not Primary 20 s after the start of its services", () => {
  const course = new Course().ready(PROMOTABLE).pass(10_000).finish();
  assert.equal(course.state.phase, "started");
  assert.equal(course.last.wakeAtMs, course.nowMs + 20_000);
  course.pass(19_999);
  assert.deepEqual(course.done, ["start"]);
  course.pass(1);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() started -> stopping at once when services are found where the resource is Primary on a peer", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" });
  course.see({ ...SECONDARY, primaryPeer: "beta" }).feed({ kind: "found", services: "active" });
  assert.deepEqual(course.done, ["stop"]);
});

Deno.test("step() started: services are not stopped for want of a Primary while the state is stale, nor is it looked at again soon", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }).see(SECONDARY);
  course.isStale = true;
  course.feed({ kind: "found", services: "active" });
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

/** Services that run on after protection was lost. */
function unprotected(policy: Policy = POLICY): Course {
  return new Course(policy).running().feed({ kind: "protection", protection: "none" });
}

Deno.test("step() started: services run on when split-brain protection is gone, and move nowhere", () => {
  const policy: Policy = { ...POLICY, onDiskDetach: "fail-over", preferredNodes: ["beta", "alpha"] };
  const course = unprotected(policy).see({ ...PRIMARY, upToDatePeers: [] }).see(PRIMARY);
  course.see({ ...PRIMARY, disks: ["Failed"], lostVolumes: [0] }).pass(3_600_000);
  assert.deepEqual([course.done, course.state.phase], [["start"], "started"]);
});

Deno.test("step() started: without protection what cannot work any more is stopped anyway", () => {
  assert.deepEqual(unprotected().see(NO_QUORUM).done, ["start", "stop"]);
  assert.deepEqual(unprotected().see(SECONDARY).pass(2_000).done, ["start", "stop"]);
  assert.deepEqual(unprotected(FREEZE).see(NO_QUORUM).done, ["start", "freeze"]);
});

for (const policy of ["restart", "fail-over"] as const) {
  Deno.test(`step() started: without protection a failed unit leads to no ${policy}, which is said once`, () => {
    const course = unprotected({ ...POLICY, onServiceFailure: policy });
    course.feed({ kind: "unitFailed", unit: "db.service" });
    assert.match(
      course.last.decision ?? "",
      /^wait: db\.service failed; it is not restarted because nothing keeps two/,
    );
    course.feed({ kind: "unitFailed", unit: "db.service" });
    assert.equal(course.last.decision, undefined);
    assert.deepEqual(course.done, ["start"]);
  });
}

Deno.test("step() started: what is found half running is not completed without protection", () => {
  const course = new Course().feed({ kind: "protection", protection: "none" }, { kind: "prepared" }).see(
    PRIMARY,
  );
  course.feed({ kind: "found", services: "partial" }).pass(60_000);
  assert.deepEqual(course.done, []);
});

Deno.test("step() stopped: no start rests on an answer older than 60 s; the next good one starts at once", () => {
  const course = new Course().ready(SECONDARY).pass(0);
  course.isAsking = false;
  course.pass(60_001).see(PROMOTABLE).pass(25);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "protection", protection: "quorum", askedMs: course.nowMs - 25 });
  assert.deepEqual(course.done, ["start"]);
});

for (
  const [what, view] of [
    ["a connection", { ...PROMOTABLE, connected: ["beta"], disconnected: ["gamma"], isMissingPeers: true }],
    ["the configuration of a connection", { ...PROMOTABLE, connected: ["beta"] }],
    ["quorum that comes back", PROMOTABLE],
  ] as const
) {
  Deno.test(`step() stopped: after a change of ${what} an answer to an older question starts nothing`, () => {
    const course = new Course().ready({ ...SECONDARY, quorum: view !== PROMOTABLE });
    course.isAsking = false;
    const askedMs = course.nowMs;
    course.pass(1_000).see(view).feed({ kind: "protection", protection: "quorum", askedMs }).pass(30_000);
    assert.deepEqual(course.done, []);
    course.feed({ kind: "protection", protection: "none", askedMs: course.nowMs }).pass(1);
    assert.deepEqual(course.done, []);
    course.feed({ kind: "protection", protection: "quorum", askedMs: course.nowMs });
    assert.deepEqual(course.done, ["start"]);
  });
}

Deno.test("step() stopped: a start costs no time where the answer comes while the resource settles", () => {
  const course = new Course().ready(SECONDARY);
  course.isAsking = false;
  course.pass(1_000).see({ ...PROMOTABLE, connected: ["beta"], disconnected: ["gamma"] });
  course.nowMs += 10;
  course.feed({ kind: "protection", protection: "quorum", askedMs: course.nowMs - 10 });
  assert.deepEqual([course.done, course.last.wakeAtMs], [[], course.nowMs + 15]);
  course.pass(15);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped: a Primary that a failed demotion left is not demoted while the answer to start on it is awaited", () => {
  const course = new Course().running().see(NO_QUORUM).finish();
  course.isAsking = false;
  course.pass(1_000).see(PRIMARY).pass(600_000);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.feed({ kind: "protection", protection: "quorum", askedMs: course.nowMs });
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

for (const protection of ["quorum", "none"] as const) {
  Deno.test(`step() frozen: quorum that is back thaws nothing before it is known why; then it is ${protection}`, () => {
    const course = new Course(FREEZE).running().see(NO_QUORUM).finish();
    course.isAsking = false;
    course.pass(1_000).see({ ...PRIMARY, connected: [], disconnected: ["beta", "gamma"] }).pass(1_000);
    course.feed({ kind: "protection", protection, askedMs: course.nowMs });
    assert.deepEqual(course.done.slice(2), protection === "quorum" ? ["thaw"] : []);
  });
}

Deno.test("step() starts, thaws and restarts nothing while a connected peer is Primary, whatever DRBD allows", () => {
  const DUAL: View = { ...PRIMARY, primaryPeer: "beta" };
  const frozen = new Course(FREEZE).running().see({ ...DUAL, quorum: false }).finish().see(DUAL).pass(60_000);
  assert.deepEqual(frozen.done, ["start", "freeze"]);
  const failed = new Course({ ...POLICY, onServiceFailure: "restart" }).running().see(DUAL);
  failed.feed({ kind: "unitFailed", unit: "db.service" });
  assert.deepEqual(failed.done, ["start"]);
  const found = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" }).see(
    DUAL,
  );
  assert.deepEqual(found.feed({ kind: "found", services: "partial" }).pass(60_000).done, []);
});

Deno.test("step() says once why it holds back", () => {
  const course = new Course().ready({ ...PROMOTABLE, disks: ["Diskless"] });
  assert.equal(course.last.decision, "wait 6 s: a local disk is Diskless");
  course.pass(1_000);
  assert.equal(course.last.decision, undefined);
});

Deno.test("step() unsure -> started -> starting when only a part is found running: the rest is started", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
  course.see(PRIMARY).feed({ kind: "found", services: "partial" });
  assert.deepEqual(course.done, ["start"]);
  assert.equal(course.state.phase, "starting");
  course.finish();
  assert.equal(course.state.phase, "started");
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started: a part that is found running is completed when the resource is prepared, not earlier", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }).see(PRIMARY);
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
    const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
    course.see(view).feed({ kind: "found", services: "partial" }).pass(20_000);
    assert.deepEqual(course.done, want);
  });
}

Deno.test("step() started: services that run in part while the state is stale are completed when it is up to date", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
  course.isStale = true;
  course.see(PRIMARY).feed({ kind: "found", services: "partial" });
  assert.deepEqual(course.done, []);
  assert.equal(course.last.wakeAtMs, course.nowMs + 200);
});

Deno.test("step() frozen -> stopping when frozen services are found where the resource is Secondary", () => {
  const course = new Course(FREEZE).feed({ kind: "protection", protection: "quorum" }).see(SECONDARY);
  course.feed({ kind: "found", services: "frozen" });
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

Deno.test("step() stopped: if an administrator promotes the resource, services that run are managed", () => {
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
  const course = new Course({ ...POLICY, onDiskDetach: "fail-over" }).running().pass(60_000);
  course.see(DISK_LOST).finish();
  assert.equal(course.state.phase, "stopped");
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
  course.see({ ...SECONDARY, primaryPeer: "beta" }).pass(60_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() stopped: a resource that could not be demoted is started on where it is", () => {
  const course = new Course().running().pass(60_000).see(NO_QUORUM).finish().pass(4_000);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.see(PRIMARY);
  assert.deepEqual(course.done, ["start", "stop", "start"]);
});

Deno.test("step() stopped: of a resource that comes back it has to be learnt how it avoids a split brain", () => {
  const course = new Course().ready().see(undefined).see(PROMOTABLE).pass(60_000);
  assert.deepEqual(course.done, []);
  course.feed({ kind: "protection", protection: "quorum" });
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() stopped -> stopping when a start that was cut off has promoted anyway", () => {
  const course = new Course().ready(PROMOTABLE).pass(25).see({ ...SECONDARY, quorum: false }).finish();
  assert.deepEqual(course.done, ["start", "stop"]);
  course.pass(1_000).see(PRIMARY);
  assert.equal(course.last.wakeAtMs, course.nowMs + 1_000);
  course.pass(1_000);
  assert.equal(course.state.phase, "stopping");
  assert.match(course.last.decision ?? "", /the start that was cut off promoted the resource after all/);
  course.finish().see(SECONDARY).see(PROMOTABLE).pass(20_000);
  assert.deepEqual(course.done, ["start", "stop", "stop", "start"]);
});

Deno.test("step() stopped -> stopping when a start that failed has promoted anyway, later", () => {
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
  const course = new Course(FREEZE).ready().see({ ...PRIMARY, primaryPeer: "beta" });
  course.feed({ kind: "found", services: "frozen" });
  assert.equal(course.state.phase, "frozen");
});

Deno.test("step() stopped -> freezing when some of somebody else's services are found frozen, without quorum", () => {
  const course = new Course(FREEZE).ready().see(PRIMARY).see(NO_QUORUM);
  course.feed({ kind: "found", services: "frozen" });
  assert.equal(course.state.phase, "freezing");
});

Deno.test("step() stopped: what says that it may promote but has no quorum is not believed", () => {
  const course = new Course().ready({ ...PROMOTABLE, quorum: false }).pass(60_000);
  assert.deepEqual(course.done, []);
  course.see(PROMOTABLE);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() started: the rest is not started before it is clear that a demotion does not last", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }).see(PRIMARY);
  course.feed({ kind: "found", services: "partial" }).see(PROMOTABLE).feed({ kind: "prepared" }).pass(1_000);
  assert.deepEqual([course.state.phase, course.done], ["started", []]);
  course.see(PRIMARY);
  assert.deepEqual([course.state.phase, course.done], ["starting", ["start"]]);
});

Deno.test("step() started -> starting when the start list grew", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, { kind: "prepared" });
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

for (
  const { name, course, want } of [
    {
      name: "services stopped because quorum is lost",
      course: () => new Course().running().see(NO_QUORUM),
      want: ["warn", "stop: quorum is lost"],
    },
    {
      name: "services frozen because quorum is lost",
      course: () => new Course(FREEZE).running().see(NO_QUORUM),
      want: ["warn", "freeze: quorum is lost"],
    },
    {
      name: "a demotion that lasts",
      course: () =>
        new Course().running().see(SECONDARY).feed({ kind: "examined", stop: undefined }).pass(2_000),
      want: ["warn", "stop: demoted unexpectedly"],
    },
    {
      name: "an administrator who stops the target",
      course: () =>
        new Course().running().see(SECONDARY).feed({ kind: "examined", stop: BY_HAND }).pass(2_000),
      want: ["warn", "stop: by hand"],
    },
    {
      name: "an eviction",
      course: () =>
        new Course().running().see(SECONDARY)
          .feed({ kind: "examined", stop: { why: "evicted", isEviction: true } }).pass(2_000),
      want: ["info", "stop: evicted"],
    },
    {
      name: "a service that fails, with the policy to fail over",
      course: () =>
        new Course({ ...POLICY, onServiceFailure: "fail-over" }).running()
          .feed({ kind: "unitFailed", unit: "db.service" }),
      want: ["warn", "stop: db.service failed"],
    },
    {
      name: "a service that fails, with the policy to restart",
      course: () =>
        new Course({ ...POLICY, onServiceFailure: "restart" }).running()
          .feed({ kind: "unitFailed", unit: "db.service" }),
      want: ["warn", "restart db.service: failed; restart 1 of at most 3 in ten minutes"],
    },
    {
      name: "a service that fails, with the policy to ignore",
      course: () => new Course().running().feed({ kind: "unitFailed", unit: "db.service" }),
      want: [
        "warn",
        'db.service failed and stays down, as on-service-failure is "ignore" (journalctl -u db.service)',
      ],
    },
    {
      name: "a stop that is repeated",
      course: () => new Course().running().see(NO_QUORUM).finish("failed").pass(5_000),
      want: ["debug", "stop: the last stop failed"],
    },
    {
      name: "an ordinary start",
      course: () => new Course().ready(PROMOTABLE).pass(10_000),
      want: ["info", "start: DRBD may promote here"],
    },
  ]
) {
  Deno.test(`step(): how loud is ${name}`, () => {
    const { severity, decision } = course().last;
    assert.deepEqual([severity, decision], want);
  });
}

Deno.test("step() started: nothing is said of a demotion before it was looked at, and nothing if somebody stopped them", () => {
  const course = new Course().running().see(SECONDARY);
  assert.equal(course.last.decision, undefined);
  course.feed({ kind: "examined", stop: BY_HAND });
  assert.equal(course.last.decision, undefined);
  assert.equal(course.last.wakeAtMs, course.nowMs + 2_000);
});

Deno.test("step() started: a failure that is ignored is said once, and again when it comes back", () => {
  const failed = { kind: "unitFailed", unit: "db.service" } as const;
  const course = new Course().running().feed(failed);
  assert.notEqual(course.last.decision, undefined);
  for (let seconds = 0; seconds < 300; seconds += 4) {
    course.pass(4_000).feed(failed);
    assert.equal(course.last.decision, undefined);
  }
  assert.deepEqual(course.done, ["start"]);
  course.pass(60_000).feed(failed);
  assert.notEqual(course.last.decision, undefined);
});

Deno.test("step() stops the services at once when the resource is taken down while a demotion is waited out", () => {
  const course = new Course().running().see(SECONDARY);
  assert.deepEqual(course.done, ["start"]);
  course.nowMs += 50;
  course.see(undefined);
  assert.deepEqual(course.done, ["start", "stop"]);
  assert.equal(course.last.decision, "stop: the resource is gone");
});
