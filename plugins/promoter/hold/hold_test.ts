/** Resources on hold: the file, what the state machine does, and what drbdd does with a file that comes and goes. */
import assert from "node:assert/strict";
import {
  Course,
  FREEZE,
  NO_QUORUM,
  POLICY,
  PRIMARY,
  PROMOTABLE,
  SECONDARY,
} from "../../../tests/support/trials/state_machine_course.ts";
import { PromoterTrial } from "../../../tests/support/trials/promoter_trial.ts";
import { describeHold, holdPathOf, HOLDS_IN_FORCE, holdText, readHold, resourceOfHold } from "./hold.ts";
import type { Policy } from "../decide/state.ts";

const ON = { kind: "hold", isOnHold: true } as const;
const OFF = { kind: "hold", isOnHold: false } as const;

Deno.test("a hold is read as it was written, and any other file is a hold without an end", () => {
  const hold = { sinceMs: Date.UTC(2026, 0, 1), untilMs: Date.UTC(2026, 0, 2), reason: "new disks" };
  assert.deepEqual(readHold(holdText(hold)), hold);
  assert.equal(
    describeHold(hold),
    "on hold since 2026-01-01T00:00:00.000Z until 2026-01-02T00:00:00.000Z (new disks)",
  );
  const unknown = { sinceMs: undefined, untilMs: undefined, reason: undefined };
  for (const text of ["", "{", "[1]", '{"sinceMs":"x","untilMs":null,"reason":""}']) {
    assert.deepEqual(readHold(text), unknown, text);
  }
  assert.equal(describeHold(unknown), "on hold");
});

Deno.test("a hold's file names its resource, whatever that is called", () => {
  for (const name of ["web", "db-main", "a/b", "größe", "%"]) {
    assert.equal(resourceOfHold(holdPathOf(name).slice("/run/drbdd/hold/".length)), name);
  }
  assert.deepEqual([resourceOfHold("%"), resourceOfHold("a b")], [undefined, undefined]);
});

Deno.test("step() on hold starts nothing, says so once, and starts when the hold is over", () => {
  const course = new Course().ready().feed(ON).see(PROMOTABLE).pass(30);
  assert.equal(course.last.decision, undefined);
  course.pass(60_000).see({ ...PROMOTABLE, upToDatePeers: ["beta"] });
  assert.deepEqual(course.done, []);
  course.feed(OFF);
  assert.deepEqual(course.done, ["start"]);
});

Deno.test("step() on hold says that it waits when a start would be due", () => {
  const course = new Course().ready().feed(ON).see(PROMOTABLE);
  assert.equal(course.last.decision, "wait: the resource is on hold (drbddctl unhold ends that)");
});

Deno.test("step() on hold stops for lost quorum, and does not start again when it is back", () => {
  const course = new Course().running().feed(ON).see(NO_QUORUM);
  assert.deepEqual(course.done, ["start", "stop"]);
  assert.equal(course.last.decision, "stop: quorum is lost");
  course.finish().see(PROMOTABLE).pass(120_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() on hold freezes and thaws as usual: nothing is started by that", () => {
  const course = new Course(FREEZE).running().feed(ON).see(NO_QUORUM).finish().see(PRIMARY);
  assert.deepEqual(course.done, ["start", "freeze", "thaw"]);
});

Deno.test("step() on hold stops what runs without its Primary", () => {
  const course = new Course().running().feed(ON).see(SECONDARY).pass(2_000);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() on hold leaves a lost disk, where the policy says so", () => {
  const lost = { ...PRIMARY, lostVolumes: [0], disks: ["Diskless"] } as const;
  const course = new Course({ ...POLICY, onDiskDetach: "fail-over" }).running().feed(ON).see(lost);
  assert.deepEqual(course.done, ["start", "stop"]);
});

Deno.test("step() on hold does not move to a better node; when the hold is over, it does", () => {
  const policy: Policy = { ...POLICY, preferredNodes: ["beta", "alpha"] };
  const away = { ...PRIMARY, upToDatePeers: ["gamma"] };
  const course = new Course(policy).ready({ ...PROMOTABLE, upToDatePeers: ["gamma"] }).pass(10_000).see(away)
    .finish().pass(60_000).feed(ON).see(PRIMARY).pass(60_000);
  assert.deepEqual(course.done, ["start"]);
  course.feed(OFF);
  assert.deepEqual(course.done, ["start", "stop"]);
});

for (const onServiceFailure of ["ignore", "restart", "fail-over"] as const) {
  Deno.test(`step() on hold only reports a service that failed, with on-service-failure "${onServiceFailure}"`, () => {
    const course = new Course({ ...POLICY, onServiceFailure }).running().feed(ON);
    course.feed({ kind: "unitFailed", unit: "a.service" });
    const text = "a.service does not run any more; nothing is done about it while the resource is on hold";
    assert.deepEqual([course.last.decision, course.last.severity], [text, "warn"]);
    course.pass(4_000).feed({ kind: "unitFailed", unit: "a.service" });
    assert.equal(course.last.decision, undefined);
    course.pass(60_000).feed(OFF).pass(60_000);
    assert.deepEqual(course.done, ["start"]);
    // What is still down then is reported again.
    course.feed({ kind: "unitFailed", unit: "a.service" });
    const then = { ignore: [], restart: ["restart a.service"], "fail-over": ["stop"] }[onServiceFailure];
    assert.deepEqual(course.done, ["start", ...then]);
  });
}

Deno.test("step() on hold remembers that a service died in an outage, which is no failure of it", () => {
  const course = new Course({ ...POLICY, onServiceFailure: "fail-over", onQuorumLoss: "freeze" }).running();
  course.feed(ON).see(NO_QUORUM).finish().see(PRIMARY).finish().feed({
    kind: "unitFailed",
    unit: "a.service",
  });
  course.pass(60_000);
  assert.deepEqual(course.done, ["start", "freeze", "thaw"]);
  course.feed(OFF);
  assert.deepEqual(course.done, ["start", "freeze", "thaw", "restart a.service"]);
});

Deno.test("step() on hold does not complete what was found half started", () => {
  const course = new Course().feed({ kind: "protection", protection: "quorum" }, ON, { kind: "prepared" });
  course.see(PRIMARY).feed({ kind: "found", services: "partial" }).pass(60_000);
  assert.deepEqual([course.state.phase, course.done], ["started", []]);
});

Deno.test("step() on hold does not demote what an earlier stop has left Primary", () => {
  const course = new Course().running().see(NO_QUORUM).finish().feed(ON).pass(600_000);
  assert.deepEqual(course.done, ["start", "stop"]);
  course.feed(OFF);
  assert.deepEqual(course.done, ["start", "stop", "stop"]);
});

Deno.test("step() on hold leaves services at the end of drbdd, whatever stop-services-on-exit says", () => {
  const course = new Course().running().feed(ON, { kind: "end", stopServices: true });
  assert.deepEqual(course.done, ["start"]);
});

const DB = { start: ["db.service"] };
const PATH = holdPathOf("db");
const HOLD = holdText({ sinceMs: undefined, untilMs: undefined, reason: "new disks" });
const starts = (done: readonly string[]) => done.filter((each) => /^(start|stop|freeze|restart) /.test(each));
const START_DB = "start drbd-services@db.target";

function onHold(trial: PromoterTrial): number | undefined {
  const family = trial.daemon.metrics.families().find(({ name }) => name === "drbdd_promoter_on_hold");
  return family?.samples()[0]?.value;
}

Deno.test("promoter starts nothing while the file is there, shows it everywhere, and confirms it for drbddctl", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.effects.files.put(PATH, HOLD);
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  const text =
    "on hold (new disks): nothing is started, and services are stopped only if they cannot continue, as " +
    "without quorum; end it with: drbddctl unhold db";
  assert.deepEqual(trial.decisions("db"), [
    text,
    "wait: the resource is on hold (drbddctl unhold ends that)",
  ]);
  assert.ok(trial.log.lines.includes(`warn: db: ${text}`));
  assert.equal(onHold(trial), 1);
  assert.equal(await trial.effects.files.readText(HOLDS_IN_FORCE), '["db"]\n');
  await trial.effects.files.remove(PATH);
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), [START_DB]);
  assert.equal(await trial.effects.files.readText(HOLDS_IN_FORCE), "[]\n");
  assert.deepEqual([onHold(trial), trial.decisions("db")[2]], [0, "no longer on hold"]);
  await trial.exit();
});

Deno.test("promoter: a hold that was set the moment before holds a start back", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.pass(5_500);
  await trial.promotable("db");
  trial.effects.files.put(PATH, HOLD);
  await trial.pass(60);
  assert.deepEqual(starts(trial.done()), []);
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter: a hold ends when its time is over, and its file is removed", async () => {
  const trial = new PromoterTrial({ db: DB });
  const untilMs = trial.effects.clock.wallMs() + 30_000;
  trial.effects.files.put(PATH, holdText({ sinceMs: undefined, untilMs, reason: undefined }));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(29_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.pass(2_000);
  assert.deepEqual(starts(trial.done()), [START_DB]);
  assert.equal(await trial.effects.files.stat(PATH), undefined);
  await trial.exit();
});

Deno.test("promoter: on hold the services survive the end of drbdd in spite of stop-services-on-exit, and lost quorum stops them", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  await trial.running("db");
  trial.effects.files.put(PATH, HOLD);
  await trial.pass(1_000);
  await trial.exit();
  assert.deepEqual(starts(trial.done()), []);

  const next = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  await next.running("db");
  next.effects.files.put(PATH, HOLD);
  await next.pass(1_000);
  await next.quorum("db", "no");
  assert.equal(starts(next.done())[0], "stop drbd-services@db.target drbd-promote@db.service db.service");
  await next.exit();
});

Deno.test("promoter: holds that cannot be read any more stay in force, with one warning", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.effects.files.put(PATH, HOLD);
  await trial.dump(["db"]);
  await trial.pass(1_000);
  trial.effects.files.failing.set("/run/drbdd/hold", "Input/output error");
  await trial.promotable("db");
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  const warnings = trial.log.from("warn").filter((each) => each.includes("Cannot read which resources"));
  assert.equal(warnings.length, 1);
  await trial.exit();
});

Deno.test("promoter: a unit that an administrator stopped on hold is down when the hold is over, and then restarted", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "on-service-failure": "restart" } });
  await trial.running("db");
  await trial.pass(10_000);
  trial.effects.files.put(PATH, HOLD);
  await trial.pass(1_000);
  trial.systemd.set("db.service", {
    ...{
      ActiveState: "inactive",
      ActiveEnterTimestampMonotonic: "900",
      StateChangeTimestampMonotonic: "950",
    },
  });
  trial.systemd.set("drbd-promote@db.service", { ActiveEnterTimestampMonotonic: "500" });
  trial.done();
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.effects.files.remove(PATH);
  await trial.pass(10_000);
  assert.deepEqual(starts(trial.done()), ["start db.service"]);
  await trial.exit();
});

Deno.test("promoter: a reload of a changed table keeps the hold", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.effects.files.put(PATH, HOLD);
  await trial.dump(["db"]);
  await trial.reload({ db: { ...DB, "sleep-before-promote-factor": 2 } });
  await trial.promotable("db");
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});
