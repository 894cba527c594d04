import assert from "node:assert/strict";
import { line } from "../../tests/support/core/events2_text.ts";
import { GOOD_OPTIONS, PromoterTrial } from "../../tests/support/trials/promoter_trial.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import type { ResourceInput } from "./config/resource_table.ts";
import type { Role } from "../../tests/support/simulated/simulated_processes.ts";

const DB = { start: ["db.service"] };
const STOP_DB = "stop drbd-services@db.target drbd-promote@db.service db.service";
const start = (name: string) => `start drbd-services@${name}.target`;
const starts = (done: readonly string[]) =>
  done.filter((each) => /^(start|stop|freeze|thaw|restart) /.test(each));

/** A verb of systemctl that does not end by itself. */
function hold(trial: PromoterTrial, verb: string): Role[] {
  const held: Role[] = [];
  trial.systemd.verbs.set(verb, (role) => void held.push(role));
  return held;
}

Deno.test("promoter writes drop-ins, which systemd reads when it loads the units, and starts where DRBD may promote, saying why", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  await trial.dump(["db", "web"], { may_promote: "yes" });
  assert.deepEqual(trial.done(), []);
  assert.ok("/run/systemd/system/db.service.d/drbdd.conf" in trial.effects.files.all());
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("db"), start("web")]);
  assert.deepEqual(trial.decisions("db"), ["start: DRBD may promote here"]);
  assert.ok(trial.log.lines.includes("info: db: start: DRBD may promote here"));
  assert.deepEqual(trial.log.from("warn"), []);
  await trial.exit();
});

Deno.test("promoter puts drop-ins back that vanished, before the start that needs them and not in its way", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.pass(600_000);
  const path = "/run/systemd/system/db.service.d/drbdd.conf";
  await trial.effects.files.remove(path);
  trial.systemd.load("db.service");
  trial.done();
  await trial.promotable("db");
  assert.deepEqual(trial.done(), ["daemon-reload"]);
  assert.ok(path in trial.effects.files.all());
  await trial.pass(25);
  assert.deepEqual(trial.done(), [start("db")]);
  await trial.exit();
});

Deno.test("promoter: a start waits for drop-ins that cannot be looked at, and says why; 1 s if that worked a minute ago", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.pass(600_000);
  trial.systemd.verbs.set("show", (role) => role.exit(1));
  trial.done();
  await trial.promotable("db");
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  assert.match(
    trial.log.from("error").join(),
    /db: cannot make sure that its services can be started; nothing is started, retrying every 5 s: "systemctl show/,
  );
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  assert.deepEqual(trial.done(), [start("db")]);
  await trial.exit();
});

Deno.test("promoter: each attempt is preceded by a look of its own, two seconds ahead", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => role.exit(0));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(1_000);
  trial.systemd.set("db.service", { ActiveState: "failed" });
  trial.done();
  await trial.pass(16_000);
  assert.deepEqual(trial.done(), []);
  await trial.pass(2_000);
  assert.deepEqual(trial.done(), ["reset-failed db.service"]);
  await trial.pass(2_000);
  assert.deepEqual(trial.done(), [start("db")]);
  await trial.exit();
});

Deno.test("promoter: as many snippets as resources cost no more programs than one with all of them", async () => {
  const names = Array.from({ length: 40 }, (_, place) => `r${place}`);
  const tables = names.map((name) => ({ [name]: { start: [`${name}.service`] } }));
  const counts: number[] = [];
  for (const promoters of [[Object.assign({}, ...tables)], tables]) {
    const trial = new PromoterTrial(...promoters);
    await trial.dump(names);
    await trial.pass(30_000);
    const isSystemctl = ({ argv }: { argv: readonly string[] }) => argv[0] === "systemctl";
    counts.push(trial.effects.processes.started.filter(isSystemctl).length);
    await trial.exit();
  }
  assert.equal(counts[0], counts[1]);
  assert.ok((counts[0] ?? 0) < 10, `${counts[0]} programs`);
});

Deno.test("promoter: a unit that a condition holds back is shown as missing, and over when it runs", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role, args) => {
    trial.systemd.obey(role, "start", args);
    trial.systemd.set("drbd-promote@db.service", { ActiveEnterTimestampMonotonic: "500" });
    trial.systemd.set("db.service", {
      ...{ ActiveState: "inactive", ConditionResult: "no", ConditionTimestampMonotonic: "600" },
    });
  });
  trial.systemd.verbs.set("status", (role) => role.exit(3));
  await trial.running("db");
  const metric = () =>
    trial.daemon.metrics.families().find(({ name }) => name === "drbdd_promoter_incomplete")?.samples()
      .map(({ value }) => value);
  assert.deepEqual(metric(), [1]);
  assert.deepEqual(trial.log.from("warn"), [
    "warn: db: incomplete: db.service does not run: a condition was not met",
  ]);
  trial.systemd.activate("db.service");
  await trial.pass(5_000);
  assert.deepEqual(metric(), [0]);
  assert.equal(trial.decisions("db").at(-1), "complete: all units of the start list were started");
  await trial.exit();
});

Deno.test("promoter says at the end of a start what did not start, before anybody looks at the units again", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role, args) => {
    trial.systemd.obey(role, "start", args);
    trial.systemd.set("drbd-promote@db.service", { ActiveEnterTimestampMonotonic: "500" });
    trial.systemd.set("db.service", {
      ...{ ActiveState: "inactive", ConditionResult: "no", ConditionTimestampMonotonic: "600" },
    });
  });
  // What is looked at later does not answer.
  trial.systemd.verbs.set("status", (role) => {
    trial.systemd.verbs.set("show", () => {});
    role.exit(3);
  });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(trial.log.from("warn"), [
    "warn: db: incomplete: db.service does not run: a condition was not met",
  ]);
  trial.systemd.verbs.clear();
  await trial.exit();
});

Deno.test("promoter counts for Prometheus the units that run without their resource, until it is Primary", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service", "web.service"] } });
  const count = () =>
    trial.daemon.metrics.families().find(({ name }) => name === "drbdd_promoter_units_without_primary")
      ?.samples().map(({ value }) => value);
  await trial.dump(["db"]);
  trial.systemd.activate("db.service", "web.service");
  await trial.pass(120_000);
  assert.deepEqual(count(), [2]);
  trial.systemd.set("web.service", { ActiveState: "inactive" });
  await trial.pass(60_000);
  assert.deepEqual(count(), [1]);
  await trial.promotable("db");
  await trial.pass(25);
  assert.deepEqual(count(), [0]);
  await trial.exit();
});

Deno.test("promoter says which units run of a resource that is not up in DRBD, when it knows that it is not", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.activate("db.service");
  await trial.pass(180_000);
  assert.deepEqual(trial.decisions("db"), []);
  await trial.dump([]);
  await trial.pass(120_000);
  assert.match(trial.decisions("db").join(), /^db\.service active, but the resource is not Primary here/);
  await trial.exit();
});

Deno.test("promoter: a reload of a configuration that is the same has services move to a better node that gave them up", async () => {
  const table = { db: { ...DB, "preferred-nodes": ["beta", "alpha"] } };
  const trial = new PromoterTrial(table);
  await trial.dump(["db"]);
  await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
  await trial.print(line("change", "connection", { name: "db", role: "Secondary" }));
  await trial.promotable("db");
  await trial.pass(3_000);
  await trial.primary("db");
  trial.done();
  await trial.pass(600_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.reload(table);
  await trial.pass(5_000);
  assert.equal(starts(trial.done())[0], STOP_DB);
  await trial.exit();
});

Deno.test("promoter: a unit that a condition holds back has failed, for on-service-failure", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "on-service-failure": "fail-over" } });
  trial.systemd.verbs.set("start", (role, args) => {
    trial.systemd.obey(role, "start", args);
    trial.systemd.set("drbd-promote@db.service", { ActiveEnterTimestampMonotonic: "500" });
    trial.systemd.set("db.service", {
      ...{ ActiveState: "inactive", ConditionResult: "no", ConditionTimestampMonotonic: "600" },
    });
  });
  await trial.dump(["db"]);
  await trial.promotable("db");
  await trial.pass(25);
  await trial.primary("db");
  await trial.pass(5_000);
  assert.deepEqual(starts(trial.done()), [start("db"), STOP_DB]);
  await trial.exit();
});

Deno.test("promoter adjusts each resource by itself: one that hangs holds up no other", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  trial.drbdadm = (role) => {
    if (role.argv.join(" ") !== "drbdadm adjust db") role.exit(0);
  };
  await trial.dump(["db", "web"], { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("web")]);
  await trial.pass(60_000);
  assert.match(trial.log.from("warn").join(), /db: drbdadm adjust is still going on after 60 s/);
  trial.done();
  trial.effects.processes.alive.find(({ argv }) => argv[0] === "drbdadm")?.role.exit(0);
  await trial.pass(0);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter: a reload that changes one of many resources looks at that one, and asks DRBD once", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const tables = (more: readonly string[]) =>
    names.map((name) => ({ [name]: { start: [`${name}.service`, ...name === "c" ? more : []] } }));
  const trial = new PromoterTrial(...tables([]));
  await trial.dump(names);
  await trial.pass(20_000);
  const before = trial.effects.processes.started.length;
  await trial.reload(...tables(["more.service"]));
  const ran = trial.effects.processes.started.slice(before).map(({ argv }) => argv);
  const shown = ran.filter(([program]) => program === "systemctl").flatMap((argv) =>
    argv.slice(argv.indexOf("--") + 1).map((unit) => unit.replace(/^.*@/, ""))
  );
  const own = ["c.service", "c.target", "more.service"];
  assert.deepEqual([...new Set(shown)].sort(), own);
  assert.deepEqual(ran.filter(([, verb]) => verb === "adjust"), [["drbdadm", "adjust", "c"]]);
  const questions = ran.filter(([, verb]) => verb === "show").map((argv) => argv.at(4) ?? "all");
  assert.ok(questions.filter((each) => each !== "c").length <= 1, questions.join());
  await trial.exit();
});

Deno.test("promoter makes no start attempt where a peer is Primary, or DRBD does not allow it", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  await trial.dump(["db", "web"]);
  await trial.print(line("change", "connection", { name: "web", role: "Primary" }));
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  await trial.exit();
});

Deno.test("promoter: resources that may be promoted 0.1 s apart both start at once", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  await trial.dump(["db", "web"]);
  hold(trial, "start");
  trial.done();
  await trial.promotable("db");
  await trial.pass(100);
  await trial.promotable("web");
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("db"), start("web")]);
  trial.systemd.verbs.clear();
  await trial.exit();
});

Deno.test("promoter: a start that goes on holds up no stop of another resource", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  await trial.running("db");
  await trial.print(
    ...["resource", "connection", "device"].map((kind) =>
      line("create", kind as "resource", { name: "web", ...(kind === "resource" && { may_promote: "yes" }) })
    ),
  );
  const held = hold(trial, "start");
  await trial.pass(1_000);
  assert.equal(held.length, 1);
  trial.done();
  await trial.quorum("db", "no");
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  trial.systemd.verbs.clear();
  await trial.exit();
});

Deno.test("promoter: a stop that becomes due during a start goes ahead at once", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"], { may_promote: "yes" });
  const held = hold(trial, "start");
  await trial.pass(25);
  await trial.primary("db");
  trial.done();
  await trial.quorum("db", "no");
  assert.ok(held[0]?.isOver);
  assert.deepEqual(trial.done(), [STOP_DB]);
  await trial.exit();
});

Deno.test("promoter does not stop what does not run here, however much quorum is lost", async () => {
  const trial = new PromoterTrial({ db: DB, web: { start: ["web.service"] } });
  await trial.dump(["db", "web"]);
  trial.done();
  await trial.quorum("db", "no");
  await trial.quorum("web", "no");
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  await trial.exit();
});

Deno.test("promoter stops once, however many volumes lose quorum", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  await trial.print(line("create", "device", { name: "db", volume: 1, minor: 1001 }));
  await trial.print(
    line("change", "device", { name: "db", quorum: "no" }),
    line("change", "device", { name: "db", volume: 1, quorum: "no" }),
  );
  assert.deepEqual(trial.done(), [STOP_DB]);
  await trial.exit();
});

Deno.test("promoter does not act on what the same group of lines takes back", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  trial.done();
  const say = (word: string) => line("change", "resource", { name: "db", may_promote: word });
  await trial.print(say("no"), say("yes"), say("no"));
  await trial.pass(160);
  assert.deepEqual(trial.done(), []);
  await trial.print(say("yes"));
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter does not act on a line whose answer comes in the next chunk, a moment later", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  trial.done();
  await trial.promotable("db");
  await trial.pass(10);
  await trial.print(line("change", "resource", { name: "db", may_promote: "no" }));
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  await trial.exit();
});

Deno.test("promoter: a lost race is no failure, stops nothing, and is tried again after 20 s", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => role.exit(0));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.pass(19_999);
  assert.deepEqual(trial.done(), []);
  await trial.pass(1);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  assert.deepEqual(trial.decisions("db").slice(0, 2), [
    "start: DRBD may promote here",
    "not started here: DRBD refused the promotion (journalctl -u drbd-promote@db.service)",
  ]);
  assert.deepEqual(trial.log.from("error"), []);
  await trial.exit();
});

Deno.test("promoter: a failed start is stopped, logged with its reason, and repeated after 20 s", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate("drbd-promote@db.service");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.exit(1);
  });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  assert.deepEqual(starts(trial.done()), [start("db"), STOP_DB]);
  assert.match(
    trial.log.from("error").join(),
    /db: start failed: db\.service failed \(journalctl -u db\.service\)$/,
  );
  assert.match(trial.decisions("db").join("; "), /start failed: .*; stop: the start failed/);
  await trial.pass(20_000);
  assert.deepEqual(starts(trial.done()), [start("db"), STOP_DB]);
  await trial.exit();
});

Deno.test("promoter acts on a service that failed before the news of its own promotion came", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "on-service-failure": "restart" } });
  await trial.dump(["db"]);
  await trial.promotable("db");
  await trial.pass(1_000);
  trial.systemd.set("db.service", { ActiveState: "inactive", ActiveEnterTimestampMonotonic: "9000000" });
  await trial.pass(5_000);
  trial.done();
  await trial.primary("db");
  await trial.pass(5_000);
  assert.deepEqual(trial.done().filter((each) => each.startsWith("start")), ["start db.service"]);
  await trial.exit();
});

Deno.test("promoter: a start that fails is one message, on each node and at each attempt, with the unit and how to read its log", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate("drbd-promote@db.service");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.complain(
      "A dependency job for drbd-services@db.target failed. See 'journalctl -xe' for details.\n" +
        "Job for db.service failed because the control process exited with error code.\n",
    );
    role.exit(1);
  });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(1_000);
  const text = "db: start failed: db.service failed (journalctl -u db.service)";
  assert.deepEqual(trial.log.from("warn"), [`error: ${text}`]);
  assert.equal(trial.log.lines.filter((each) => each.includes("db.service failed")).length, 1);
  await trial.exit();
});

Deno.test("promoter counts stops that fail from the beginning after one that succeeded", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  const fail = () => trial.systemd.verbs.set("stop", (role) => role.exit(1));
  fail();
  await trial.quorum("db", "no");
  await trial.pass(10_000);
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "no" }));
  await trial.quorum("db", "yes");
  await trial.promotable("db");
  await trial.pass(30_000);
  await trial.primary("db");
  await trial.pass(1_000);
  const before = trial.log.from("error").length;
  fail();
  await trial.quorum("db", "no");
  await trial.pass(1_000);
  const errors = trial.log.from("error").slice(before);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /db: stop failed: /);
  assert.doesNotMatch(errors[0] ?? "", /in a row/);
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  await trial.exit();
});

const STARTS = "start: DRBD may promote here";

/** DRBD has allowed a start for ten minutes, but nothing protected; now protection is back, and a start due at once. */
async function longUnprotected(before: (trial: PromoterTrial) => Promise<void>): Promise<PromoterTrial> {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(600_000);
  await before(trial);
  trial.done();
  trial.options.delete("db");
  for (let seconds = 0; seconds < 30 && !trial.decisions("db").includes(STARTS); seconds++) {
    await trial.pass(1_000);
  }
  return trial;
}

Deno.test("promoter: a start that is due at once after a long time is made when what it needs was looked at", async () => {
  const trial = await longUnprotected(async (each) => {
    await each.effects.files.remove("/run/systemd/system/db.service.d/drbdd.conf");
    each.systemd.load("db.service");
  });
  assert.deepEqual(trial.done(), ["daemon-reload", start("db")]);
  await trial.exit();
});

Deno.test("promoter: a start that waits for its last look is not made when a stop was decided on meanwhile", async () => {
  const held: { role: Role; args: readonly string[] }[] = [];
  const trial = await longUnprotected((each) => {
    each.systemd.verbs.set("show", (role, args) => void held.push({ role, args }));
    return Promise.resolve();
  });
  assert.ok(trial.decisions("db").includes(STARTS));
  assert.deepEqual(starts(trial.done()), []);
  await trial.quorum("db", "no");
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  await trial.quorum("db", "yes");
  await trial.pass(100);
  trial.systemd.verbs.clear();
  for (const { role, args } of held) trial.systemd.obey(role, "show", args);
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter: a stop that failed is repeated until it works", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.systemd.verbs.set("stop", (role) => role.exit(1));
  await trial.quorum("db", "no");
  await trial.pass(5_000);
  assert.equal(starts(trial.done()).length, 2);
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  assert.deepEqual(trial.done(), [STOP_DB]);
  await trial.print(line("change", "resource", { name: "db", role: "Secondary" }));
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  await trial.exit();
});

Deno.test("promoter: what a drbdd before it has half stopped is stopped, and complained of until it is", async () => {
  const trial = new PromoterTrial({ db: { start: ["srv-db.mount", "db.service"] } });
  const since = { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" };
  trial.systemd.set("drbd-promote@db.service", since);
  trial.systemd.set("srv-db.mount", { ActiveState: "active", InactiveExitTimestampMonotonic: "600" });
  trial.systemd.verbs.set("stop", (role) => role.exit(1));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(60_000);
  const stop = "stop drbd-services@db.target drbd-promote@db.service srv-db.mount db.service";
  assert.deepEqual([...new Set(starts(trial.done()))], [stop]);
  assert.equal(trial.decisions("db")[0], "stop: an earlier stop has left something behind");
  assert.match(trial.log.from("error").join(), /db: stop failed: /);
  trial.systemd.verbs.clear();
  await trial.pass(6_000);
  assert.deepEqual(starts(trial.done()), [stop, start("db")]);
  await trial.exit();
});

Deno.test("promoter freezes when quorum is lost, thaws when it is back, and stops when forced to Secondary", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "on-quorum-loss": "freeze" } });
  trial.options.set("db", {
    ...GOOD_OPTIONS,
    "on-no-quorum": "suspend-io",
    "on-no-data-accessible": "suspend-io",
  });
  await trial.running("db");
  await trial.quorum("db", "no");
  assert.deepEqual(starts(trial.done()), ["freeze db.service"]);
  await trial.quorum("db", "yes");
  assert.deepEqual(starts(trial.done()), ["thaw db.service"]);
  await trial.quorum("db", "no");
  trial.done();
  await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "no" }));
  const done = trial.done();
  assert.ok(done.includes("kill --signal=KILL db.service"), done.join());
  assert.deepEqual(starts(done), ["stop --job-mode=ignore-dependencies db.service", STOP_DB]);
  await trial.exit();
});

for (
  const { policy, done } of [
    { policy: "ignore", done: [] },
    { policy: "fail-over", done: [STOP_DB] },
    { policy: "restart", done: ["start db.service", "start db.service", "start db.service", STOP_DB] },
  ] as const
) {
  Deno.test(`promoter with on-service-failure "${policy}" when a service cannot be kept alive`, async () => {
    const trial = new PromoterTrial({ db: { ...DB, "on-service-failure": policy } });
    await trial.running("db");
    trial.systemd.verbs.set("reset-failed", (role) => role.exit(0));
    trial.systemd.verbs.set("start", (role, args) => {
      if (args[0] === "db.service") role.exit(1);
      else trial.systemd.obey(role, "start", args);
    });
    trial.systemd.set("db.service", { ActiveState: "failed" });
    await trial.pass(20_000);
    assert.deepEqual(starts(trial.done()), done);
    // This node leaves the others alone for a minute, then it may try again.
    if (policy !== "ignore") {
      await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "yes" }));
      await trial.pass(39_000);
      assert.deepEqual(starts(trial.done()), []);
      await trial.pass(25_000);
      assert.deepEqual(starts(trial.done()).slice(0, 1), [start("db")]);
    }
    await trial.exit();
  });
}

Deno.test("promoter with the shell runner: a monitor that fails leads to a restart, then to a fail-over", async () => {
  const trial = new PromoterTrial({
    db: {
      runner: "shell",
      start: ["up"],
      stop: ["down"],
      monitor: "ask",
      "on-service-failure": "restart",
      "service-failure-limit": 1,
    },
  });
  await trial.running("db");
  trial.shell.set("ask", (role) => role.exit(7));
  await trial.pass(20_000);
  assert.deepEqual(trial.done().filter((each) => each !== "ask"), ["down", "up", "down"]);
  assert.match(trial.decisions("db").join("; "), /stop: the services failed again after 1 restarts/);
  await trial.exit();
});

Deno.test("promoter stops for a better node and for a lost disk, if it is to", async () => {
  const trial = new PromoterTrial({
    db: { ...DB, "preferred-nodes": ["beta", "alpha"] },
    web: { start: ["web.service"], "on-disk-detach": "fail-over" },
  });
  await trial.running("db", "web");
  await trial.print(line("change", "peer-device", { name: "db", "peer-disk": "Outdated" }));
  await trial.print(line("change", "device", { name: "web", disk: "Failed" }));
  assert.deepEqual(starts(trial.done()), [
    "stop drbd-services@web.target drbd-promote@web.service web.service",
  ]);
  await trial.print(line("change", "peer-device", { name: "db", "peer-disk": "UpToDate" }));
  await trial.pass(5_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  await trial.exit();
});

Deno.test("promoter: drbdsetup killed and started again touches no service, stop-services-on-exit or not", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  await trial.running("db");
  trial.killDrbdsetup();
  await trial.pass(200);
  await trial.dump(["db"], { role: "Primary" });
  await trial.pass(60_000);
  assert.deepEqual(trial.done(), []);
  await trial.exit();
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
});

Deno.test("promoter stops nothing when it ends, by default", async () => {
  const trial = new PromoterTrial({ db: DB, web: { runner: "shell", start: ["up"] } });
  await trial.running("db", "web");
  await trial.exit();
  assert.deepEqual(trial.done(), []);
});

Deno.test("promoter with stop-services-on-exit stops all resources at once, of both runners, after it let systemd's stop pass", async () => {
  const on = { "stop-services-on-exit": true };
  const trial = new PromoterTrial({
    db: { ...DB, ...on },
    web: { start: ["web.service"], ...on },
    mail: { runner: "shell", start: ["up"], stop: ["down"], ...on },
  });
  await trial.running("db", "web", "mail");
  const held = hold(trial, "stop");
  const reload = hold(trial, "daemon-reload");
  await trial.beginExit();
  assert.deepEqual(trial.done(), ["daemon-reload", "down"]);
  const left = Object.keys(trial.effects.files.all()).filter((path) => path.endsWith("before.conf"));
  assert.deepEqual(left, []);
  reload[0]?.exit(0);
  await settle();
  assert.deepEqual(held.map(({ argv }) => argv.at(-1)), ["db.service", "web.service"]);
  let isOver = false;
  void trial.over.then(() => isOver = true);
  await trial.pass(60_000);
  assert.equal(isOver, false, "it ends before the services are stopped");
  trial.systemd.verbs.clear();
  for (const role of held) trial.systemd.obey(role, "stop", role.argv.slice(4));
  await trial.exit();
});

Deno.test("promoter starts nothing any more while it waits to let systemd's stop pass", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  trial.systemd.load("drbd-services@db.target");
  await trial.dump(["db"], { may_promote: "yes" });
  const reload = hold(trial, "daemon-reload");
  trial.done();
  await trial.beginExit();
  await trial.pass(1_000);
  assert.deepEqual(trial.done(), ["daemon-reload"]);
  reload[0]?.exit(0);
  await trial.exit();
  assert.deepEqual(trial.done(), []);
});

Deno.test("promoter: the status says that services are stopped with drbdd if one resource of one promoter asks for it", async () => {
  const web = { start: ["web.service"] };
  const trial = new PromoterTrial({ db: DB, web });
  const says = () => trial.daemon.status().endsWith("; stopping drbdd stops services");
  assert.equal(says(), false);
  await trial.reload({ db: DB }, { web: { ...web, "stop-services-on-exit": true } });
  assert.equal(says(), true);
  await trial.reload({ db: { ...DB, "stop-services-on-exit": true }, web });
  assert.equal(says(), true);
  await trial.reload({ db: DB, web });
  assert.equal(says(), false);
  await trial.exit();
});

Deno.test("promoter with stop-services-on-exit stops them even if systemd does not answer", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  await trial.running("db");
  const reload = hold(trial, "daemon-reload");
  await trial.beginExit();
  await trial.pass(10_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  reload[0]?.exit(0);
  await trial.exit();
});

Deno.test("promoter with stop-services-on-exit stops nothing at a reload, even one that takes the resource away", async () => {
  const table = { ...DB, "stop-services-on-exit": true };
  const shell: ResourceInput = { runner: "shell", start: ["up"], "stop-services-on-exit": true };
  const trial = new PromoterTrial({ db: table, web: shell });
  await trial.running("db", "web");
  await trial.reload({ db: { ...table, "preferred-nodes": ["alpha"] }, web: shell });
  await trial.pass(10_000);
  await trial.reload();
  await trial.pass(10_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter after a reload with another start list: what is new is started, what went is tied to the resource until it stops", async () => {
  const trial = new PromoterTrial({ db: { start: ["old.service", "db.service"] } });
  await trial.running("db");
  trial.systemd.set("drbd-promote@db.service", { ActiveEnterTimestampMonotonic: "100" });
  trial.systemd.set("db.service", { StateChangeTimestampMonotonic: "101" });
  await trial.reload({ db: { start: ["db.service", "new.service"] } });
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  const file = "/run/systemd/system/old.service.d/drbdd.conf";
  assert.ok(file in trial.effects.files.all());
  assert.equal(trial.log.from("warn").filter((each) => /systemctl stop old\.service/.test(each)).length, 1);
  assert.match(
    trial.effects.files.all()["/run/systemd/system/new.service.d/drbdd.conf"] ?? "",
    /^Requires = db\.service$/m,
  );
  trial.systemd.set("old.service", { ActiveState: "inactive" });
  await trial.pass(60_000);
  assert.ok(!(file in trial.effects.files.all()));
  assert.deepEqual(trial.done().filter((each) => each === "daemon-reload"), ["daemon-reload"]);
  await trial.exit();
});

Deno.test("promoter: a reload while systemd is slow leaves the drop-ins of the new configuration", async () => {
  const trial = new PromoterTrial({ db: DB });
  const held: (() => void)[] = [];
  trial.systemd.verbs.set(
    "show",
    (role, args) => void held.push(() => trial.systemd.obey(role, "show", args)),
  );
  void trial.dump(["db", "web"]);
  await settle();
  const reloaded = trial.reload({ db: DB, web: { start: ["web.service"] } });
  await settle();
  trial.systemd.verbs.clear();
  // The answers come the other way round: whoever asked before the reload gets his own last.
  for (const answer of held.splice(0).toReversed()) {
    answer();
    await trial.pass(100);
  }
  await reloaded;
  await trial.pass(1_000);
  assert.ok("/run/systemd/system/web.service.d/drbdd.conf" in trial.effects.files.all());
  await trial.exit();
});

Deno.test("promoter removes drop-ins of an earlier life when it starts, and those of resources that went at a reload", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.effects.files.put("/run/systemd/system/gone.service.d/drbdd.conf", "of an earlier life");
  await trial.dump(["db"]);
  assert.ok(!("/run/systemd/system/gone.service.d/drbdd.conf" in trial.effects.files.all()));
  await trial.reload();
  assert.deepEqual(trial.effects.files.all(), {});
  await trial.exit();
});

Deno.test("promoter warns of what would hurt in an outage, at the start and at each reload, with a fix", async () => {
  const tables = { db: { ...DB, "preferred-nodes": ["delta"] } };
  const trial = new PromoterTrial(tables);
  trial.options.set("db", { ...GOOD_OPTIONS, "on-no-quorum": "suspend-io" });
  trial.systemd.set("db.service", { UnitFileState: "enabled" });
  await trial.dump(["db"]);
  const warnings = [
    "warn: db: db.service is enabled by itself: it would start at boot without its data; " +
    "fix it with: systemctl disable db.service",
    'warn: db: The DRBD option on-no-quorum is "suspend-io", expected "io-error"; fix it with: ' +
    "options { on-no-quorum io-error; } in the resource's file, then drbdadm adjust db",
    'warn: db: The preferred node "delta" is no peer of db: found alpha, beta; fix it with: ' +
    "name nodes in preferred-nodes as uname -n prints them, as in the resource's file",
  ];
  await trial.pass(600_000);
  assert.deepEqual(trial.log.from("warn").sort(), warnings.sort());
  assert.equal(trial.log.from("warn").length, 3);
  await trial.reload(tables);
  await trial.pass(5_000);
  assert.equal(trial.log.from("warn").length, 6);
  await trial.exit();
});

Deno.test("promoter leaves a resource without protection against split brain alone, loudly, until it has one", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(50_000);
  assert.deepEqual(trial.done(), []);
  assert.match(
    trial.log.from("error").join(),
    /db: left alone: .* fix it with: options \{ quorum majority; \}/,
  );
  assert.equal(trial.log.from("error").length, 1);
  trial.options.set("db", GOOD_OPTIONS);
  await trial.print(line("change", "device", { name: "db", open: "yes" }));
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter says nothing of a resource whose connections come a moment after it", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.dump(["db"], { may_promote: "yes" });
  trial.options.set("db", GOOD_OPTIONS);
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  assert.deepEqual(trial.log.from("error"), []);
  await trial.exit();
});

Deno.test("promoter says once what a new resource lacks, though its connections come one by one", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "preferred-nodes": ["alpha", "omega"] } });
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.dump(["db"], { may_promote: "yes" });
  for (const [place, conn] of ["gamma", "delta", "epsilon"].entries()) {
    const peer = { name: "db", "peer-node-id": String(place + 2), "conn-name": conn };
    await trial.print(line("create", "connection", peer), line("create", "peer-device", peer));
    for (const may_promote of ["no", "yes"]) {
      await trial.print(line("change", "resource", { name: "db", may_promote }));
      await trial.pass(50);
    }
  }
  await trial.pass(20_000);
  const said = trial.log.from("warn");
  assert.equal(said.filter((each) => each.includes("left alone: neither quorum")).length, 1, said.join("\n"));
  assert.equal(said.filter((each) => each.includes("preferred node")).length, 1, said.join("\n"));
  await trial.exit();
});

Deno.test("promoter asks for the options of a resource that is left alone every 30 s, as options change without a word", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(2_000);
  trial.options.set("db", GOOD_OPTIONS);
  await trial.pass(28_000);
  assert.deepEqual(starts(trial.done()), []);
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

const shows = (trial: PromoterTrial) =>
  trial.effects.processes.started.filter(({ argv }) => argv[1] === "show").length;
/** Of a series of the promoter's, the value. */
function valueOf(trial: PromoterTrial, metric: string, name: string): number | undefined {
  const family = trial.daemon.metrics.families().find((each) => each.name === `drbdd_promoter_${metric}`);
  return family?.samples().find(({ labels }) => labels["name"] === name)?.value;
}

Deno.test("promoter does not start where quorum was switched off while it ran, and the connection is lost then", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.pass(20_000);
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.print(
    line("change", "connection", { name: "db", connection: "Connecting" }),
    line("change", "resource", { name: "db", may_promote: "yes" }),
  );
  await trial.pass(50_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.match(trial.log.from("error").join(), /db: left alone: neither quorum nor fencing/);
  assert.match(trial.daemon.status(), /; PROBLEM: db: no split-brain protection: neither quorum/);
  assert.equal(valueOf(trial, "protected", "db"), 0);
  trial.options.set("db", GOOD_OPTIONS);
  await trial.pass(30_000);
  assert.deepEqual(starts(trial.done()).slice(0, 1), [start("db")]);
  assert.equal(trial.daemon.status().includes("PROBLEM"), false);
  assert.equal(valueOf(trial, "protected", "db"), 1);
  await trial.exit();
});

Deno.test("promoter asks DRBD for its options again when a start may follow, and at least once a minute", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  let before = shows(trial);
  const asked = () => shows(trial) - before > 0 && (before = shows(trial)) > 0;
  for (
    const change of [
      line("change", "connection", { name: "db", connection: "Connecting" }),
      line("change", "resource", { name: "db", may_promote: "yes" }),
      line("change", "connection", { name: "db", role: "Primary", connection: "Connected" }),
      line("change", "device", { name: "db", quorum: "no" }),
    ]
  ) {
    await trial.print(change);
    assert.ok(asked(), change);
  }
  await trial.print(line("change", "device", { name: "db", open: "yes", quorum: "no" }));
  assert.ok(!asked());
  await trial.pass(59_999);
  assert.ok(asked());
  await trial.exit();
});

Deno.test("promoter lets services run on whose protection is gone, says so everywhere, and when it is back", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "on-service-failure": "fail-over" } });
  await trial.running("db");
  assert.equal(valueOf(trial, "protected", "db"), 1);
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "1" });
  await trial.print(line("change", "connection", { name: "db", connection: "Connecting" }));
  await trial.pass(120_000);
  assert.deepEqual(starts(trial.done()), []);
  const said = trial.log.from("error");
  assert.equal(said.length, 1);
  assert.match(
    said.join(),
    /db: no split-brain protection: .*quorum is 1, which is not more than half of 2 nodes.*its services run on.*fix it with/,
  );
  assert.match(
    trial.daemon.status(),
    /1 Primary here, 1 degraded; db: not connected to beta .*; PROBLEM: db: no split-brain protection/,
  );
  assert.match(trial.effects.notified.join("\n"), /STATUS=.*PROBLEM: db: no split-brain protection/);
  assert.equal(valueOf(trial, "protected", "db"), 0);
  trial.options.set("db", GOOD_OPTIONS);
  await trial.pass(30_000);
  assert.equal(trial.decisions("db").at(-1), "split-brain protection is back: quorum");
  await trial.exit();
});

Deno.test("promoter has nothing to say of the protection of a resource that is taken down", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  trial.options.set("db", { ...GOOD_OPTIONS, quorum: "off" });
  await trial.pass(40_000);
  assert.match(trial.daemon.status(), /PROBLEM: db: no split-brain protection/);
  await trial.print(line("destroy", "resource", { name: "db" }));
  await trial.pass(40_000);
  assert.doesNotMatch(trial.daemon.status(), /PROBLEM/);
  assert.equal(valueOf(trial, "protected", "db"), undefined);
  await trial.exit();
});

Deno.test("promoter says once, not every 5 s, why its services cannot be made ready for a start", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.pass(10_000);
  trial.systemd.verbs.set("show", (role) => {
    role.complain("Failed to connect to bus: No such file or directory\n");
    role.exit(1);
  });
  await trial.promotable("db");
  await trial.pass(600_000);
  assert.equal(trial.log.from("error").filter((each) => each.includes("cannot make sure")).length, 1);
  await trial.exit();
});

Deno.test("promoter ends a drbdsetup that does not answer, says so once, and starts nothing on what it knew before", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  trial.answers = false;
  await trial.pass(1);
  await trial.print(
    line("change", "connection", { name: "db", connection: "Connecting" }),
    line("change", "resource", { name: "db", may_promote: "yes" }),
  );
  await trial.pass(100_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.equal(trial.log.from("error").length, 1);
  assert.match(
    trial.log.from("error").join(),
    /db: left alone: .*"drbdsetup show" did not answer within 10 s and was killed; asking again every 5 s/,
  );
  trial.answers = true;
  await trial.pass(15_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter says at once that a resource is Primary here and on a peer, naming both, and when that is over", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
  await trial.print(line("change", "device", { name: "db", open: "yes" }));
  const node = trial.effects.nodeName();
  assert.equal(trial.log.from("error").length, 1);
  assert.match(
    trial.log.from("error").join(),
    new RegExp(`db: two Primaries: ${node} \\(this node\\) and beta; .*fix it with: `),
  );
  assert.equal(valueOf(trial, "two_primaries", "db"), 1);
  assert.match(trial.daemon.status(), /, 1 down; db: two Primaries: this node and beta$/);
  assert.deepEqual(starts(trial.done()), []);
  await trial.print(line("change", "connection", { name: "db", role: "Secondary" }));
  assert.equal(valueOf(trial, "two_primaries", "db"), 0);
  assert.doesNotMatch(trial.daemon.status(), /two Primaries/);
  await trial.exit();
  assert.equal(valueOf(trial, "two_primaries", "db"), undefined);
});

Deno.test("promoter names all peers that are Primary beside this node, and says so again when there are more", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  const gamma = { "peer-node-id": 2, "conn-name": "gamma" };
  await trial.print(line("create", "connection", { name: "db", ...gamma }));
  await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
  await trial.print(line("change", "connection", { name: "db", role: "Primary", ...gamma }));
  await trial.print(line("change", "device", { name: "db", open: "yes" }));
  const node = trial.effects.nodeName();
  const errors = trial.log.from("error");
  assert.equal(errors.length, 2);
  assert.match(errors[0] ?? "", new RegExp(`two Primaries: ${node} \\(this node\\) and beta; both may`));
  assert.match(
    errors[1] ?? "",
    new RegExp(`two Primaries: ${node} \\(this node\\) and beta and gamma; all may .* on all nodes but one`),
  );
  assert.match(
    trial.daemon.status(),
    /; db: two Primaries: this node and beta and gamma$/,
  );
  await trial.print(
    line("change", "connection", { name: "db", role: "Secondary" }),
    line("change", "connection", { name: "db", role: "Secondary", ...gamma }),
  );
  assert.equal(valueOf(trial, "two_primaries", "db"), 0);
  assert.equal(trial.decisions("db").at(-1), "there are no two Primaries any more");
  await trial.exit();
});

Deno.test("promoter leaves a resource alone while drbdsetup does not return its options, and asks every 5 s", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", undefined);
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(30_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.equal(trial.log.from("error").length, 1);
  assert.match(trial.log.from("error").join(), /left alone: it is not known how .*: it does not work/);
  trial.options.delete("db");
  await trial.pass(5_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter starts nothing of systemd before its drop-ins could be written, but shell commands are run", async () => {
  const trial = new PromoterTrial({ db: DB, web: { runner: "shell", start: ["up"] } });
  const path = "/run/systemd/system/db.service.d/drbdd.conf";
  trial.effects.files.failing.set(path, "Read-only file system");
  await trial.dump(["db", "web"], { may_promote: "yes" });
  await trial.pass(4_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.match(trial.log.from("error").join(), /Cannot write the drop-ins .*Read-only file system/);
  assert.ok(trial.effects.notified.some((each) => each.includes("READY=1")));
  trial.effects.files.failing.clear();
  await trial.pass(2_000);
  assert.deepEqual(starts(trial.done()), [start("db")]);
  await trial.exit();
});

Deno.test("promoter without systemctl tries to find out what runs until it can, and says once what to do", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.effects.processes.install("systemctl", undefined);
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(3_600_000);
  const errors = trial.log.from("error");
  assert.equal(errors.length, 2, errors.join("\n"));
  for (const what of ["cannot find out whether its services run", "Cannot write the drop-ins for systemd"]) {
    assert.match(
      errors.join("\n"),
      new RegExp(`${what}.*; retrying every 5 s: .*systemctl.* not found in PATH; .* runner = "shell"`),
    );
  }
  await trial.exit();
});

Deno.test("promoter: a systemctl that hangs is in the log after 10 s, and asked again until it answers", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.pass(1_000);
  trial.systemd.verbs.set("show", () => {});
  await trial.dump(["db"]);
  await trial.promotable("db");
  await trial.pass(10_000);
  assert.match(
    trial.log.from("warn").join(),
    /systemd does not answer: "systemctl show .*no answer within 10 s/,
  );
  await trial.pass(3_600_000);
  assert.ok(trial.effects.processes.alive.filter(({ argv }) => argv[0] === "systemctl").length < 3);
  trial.systemd.verbs.delete("show");
  await trial.pass(60_000);
  assert.match(trial.decisions("db").join("; "), /start: DRBD may promote here/);
  await trial.exit();
});

Deno.test("promoter: a lost race names the winner, and is no warning", async () => {
  const trial = new PromoterTrial({ db: DB });
  const held = hold(trial, "start");
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
  held[0]?.complain(
    "A dependency job for drbd-services@db.target failed. See 'journalctl -xe' for details.\n",
  );
  held[0]?.exit(1);
  await trial.pass(0);
  assert.equal(trial.decisions("db")[1], "not started here: lost the promotion race, beta is Primary");
  assert.deepEqual(trial.log.from("warn"), []);
  await trial.exit();
});

Deno.test("promoter: a lost race is not blamed on a unit that failed before", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.set("db.service", { ActiveState: "failed", StateChangeTimestampMonotonic: "500" });
  trial.systemd.verbs.set("reset-failed", (role) => role.exit(0));
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.set("drbd-promote@db.service", { InactiveExitTimestampMonotonic: "900" });
    role.exit(0);
  });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  assert.match(trial.decisions("db")[1] ?? "", /^not started here: DRBD refused the promotion/);
  await trial.exit();
});

Deno.test("promoter: services that were evicted are stopped for that reason, without a warning", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  await trial.pass(5_000);
  trial.done();
  const target = "drbd-services@db.target";
  trial.systemd.set(target, {
    LoadState: "masked",
    UnitFileState: "masked-runtime",
    ActiveState: "inactive",
  });
  trial.systemd.set("drbd-promote@db.service", { ActiveState: "inactive" });
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  await trial.print(line("change", "resource", { name: "db", role: "Secondary" }));
  await trial.pass(3_000);
  assert.equal(
    trial.decisions("db")[1],
    `stop: ${target} was masked and stopped (drbddctl evict, or systemctl mask --runtime)`,
  );
  assert.deepEqual(trial.log.from("warn"), []);
  await trial.exit();
});

Deno.test("promoter: an outage is a warning", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  await trial.quorum("db", "no");
  assert.deepEqual(trial.log.from("warn"), ["warn: db: stop: quorum is lost"]);
  await trial.exit();
});

Deno.test("promoter with on-service-failure ignore warns once of a service that died for good", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.pass(120_000);
  assert.deepEqual(trial.log.from("warn"), [
    'warn: db: db.service failed and stays down, as on-service-failure is "ignore" (journalctl -u db.service)',
  ]);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter with the shell runner and on-service-failure ignore warns once when the monitor fails", async () => {
  const shell: ResourceInput = { runner: "shell", start: ["up"], stop: ["down"], monitor: "ask" };
  const trial = new PromoterTrial({ db: shell });
  await trial.running("db");
  trial.shell.set("ask", (role) => role.exit(1));
  await trial.pass(50_000);
  assert.deepEqual(trial.log.from("warn").filter((each) => !each.includes('command "ask" failed')), [
    "warn: db: the services failed according to the monitor command; not restarted, as on-service-failure is " +
    '"ignore"',
  ]);
  assert.deepEqual([...new Set(trial.done())], ["ask"]);
  await trial.exit();
});

Deno.test("promoter reports a stop that goes on failing at a falling rate, with who holds what", async () => {
  const start = ["srv-db.mount", "db.service"];
  const trial = new PromoterTrial({ db: { start } });
  trial.effects.processes.install("fuser", (role) => {
    role.print(" 4711");
    role.complain("                     USER        PID ACCESS COMMAND\n");
    role.complain(
      "/srv/db:             root     kernel mount /srv/db\n                     root       4711 ..c.. bash\n",
    );
    role.exit(0);
  });
  await trial.running("db");
  trial.systemd.set("srv-db.mount", { Where: "/srv/db" });
  trial.systemd.verbs.set("stop", (role) => {
    role.complain("Job for srv-db.mount failed.\n");
    role.exit(1);
  });
  trial.systemd.verbs.set("status", (role) => {
    role.print(
      "     CGroup: /system.slice/db.service\n             ├─812 /usr/bin/db --all\n             └─813 sleep 5\n",
    );
    role.exit(3);
  });
  await trial.quorum("db", "no");
  await trial.pass(100_000);
  const errors = trial.log.from("error");
  assert.equal(starts(trial.done()).length, 21);
  assert.deepEqual(errors.map((each) => /failed: (?:(\d+) times in a row)?/.exec(each)?.[1] ?? "1"), [
    "1",
    "2",
    "4",
    "8",
    "16",
  ]);
  assert.match(errors[0] ?? "", /srv-db\.mount is active, \/srv\/db is used by bash \(process 4711\)/);
  assert.match(
    errors[0] ?? "",
    /db\.service is active, with \/usr\/bin\/db \(process 812\), sleep \(process 813\)/,
  );
  assert.match(errors[0] ?? "", /trying again$/);
  assert.equal(
    trial.decisions("db").filter((text) => text.startsWith("stop: the last stop failed")).length,
    0,
  );
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  await trial.exit();
});

for (const rescue of [undefined, "rescue"]) {
  Deno.test(`promoter reports a stop of the shell runner that goes on failing at a falling rate, with who holds what, with on-stop-failure = ${rescue}`, async () => {
    const trial = new PromoterTrial({
      db: {
        runner: "shell",
        start: ["up"],
        stop: ["umount", "down"],
        ...(rescue === undefined ? {} : { "on-stop-failure": rescue }),
      },
    });
    trial.effects.processes.install("fuser", (role) => {
      assert.deepEqual(role.argv.slice(1), ["-vm", "/dev/drbd1000"]);
      role.complain(
        "/dev/drbd1000:       root     kernel mount /srv/db\n                     root       4711 ..c.. bash\n",
      );
      role.exit(0);
    });
    await trial.running("db");
    for (const command of ["umount", "rescue"]) {
      trial.shell.set(command, (role) => {
        role.complain("target is busy\n");
        role.exit(32);
      });
    }
    await trial.quorum("db", "no");
    const seconds = rescue === undefined ? 100 : 19;
    await trial.pass(seconds * 1_000);
    const commands = trial.done();
    assert.ok(commands.filter((each) => each === "umount").length >= 16);
    const errors = trial.log.from("error");
    const times = errors.map((each) => /stop failed: (?:(\d+) times in a row)?/.exec(each)?.[1] ?? "1");
    assert.deepEqual(times, ["1", "2", "4", "8", "16"]);
    assert.match(
      errors[4] ?? "",
      /the stop command "umount" failed: exit code 32; \/dev\/drbd1000 is used by bash \(process 4711\); trying again$/,
    );
    const warnings = trial.log.from("warn").filter((each) => /^warn.* command /.test(each));
    assert.deepEqual(
      [...new Set(warnings)],
      ['stop command "umount"', ...(rescue === undefined ? [] : ['on-stop-failure command "rescue"'])]
        .map((what) => `warn: db: the ${what} failed: exit code 32\n  target is busy`),
    );
    assert.equal(warnings.length, rescue === undefined ? 5 : 10);
    trial.shell.clear();
    await trial.pass(5_000);
    await trial.exit();
  });
}

Deno.test("promoter repeats the stop of what a Secondary may leave behind, until it succeeds", async () => {
  const trial = new PromoterTrial({ db: { runner: "shell", start: ["up"], stop: ["ip del", "down"] } });
  await trial.running("db");
  trial.shell.set("ip del", (role) => role.exit(2));
  await trial.print(line("change", "resource", { name: "db", role: "Secondary" }));
  await trial.quorum("db", "no");
  await trial.pass(16_000);
  trial.shell.clear();
  await trial.pass(60_000);
  const done = trial.done().filter((each) => each === "ip del").length;
  assert.ok(done >= 3 && done <= 6, `${done}`);
  assert.doesNotMatch(trial.log.from("error").join(), /not all stop commands/);
  await trial.exit();
});

Deno.test("promoter that is started again says which running services it found", async () => {
  const trial = new PromoterTrial({ db: { start: ["srv-db.mount", "db.service"] } });
  trial.systemd.activate("drbd-services@db.target", "drbd-promote@db.service", "srv-db.mount", "db.service");
  await trial.dump(["db"], { role: "Primary" });
  await trial.pass(1_000);
  assert.deepEqual(trial.decisions("db"), [
    "found running: srv-db.mount, db.service; drbdd manages them from here on",
  ]);
  assert.deepEqual(starts(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter says when a resource comes up that was not there at first, and when it goes", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump([]);
  const isSaid = (text: string) => trial.log.lines.includes(`info: db: ${text}`);
  await trial.print(line("create", "resource", { name: "db", role: "Secondary", may_promote: "no" }));
  assert.ok(isSaid("now up in DRBD, Secondary here"));
  assert.ok(!isSaid("no longer up in DRBD on this node"));
  await trial.print(line("destroy", "resource", { name: "db" }));
  assert.ok(isSaid("no longer up in DRBD on this node"));
  await trial.exit();
});

Deno.test("promoter keeps the last 100 decisions of each resource", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => role.exit(0));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(3_000_000);
  assert.equal(trial.decisions("db").length, 100);
  await trial.exit();
});

Deno.test("promoter has metrics of the phase of each resource, and of its actions", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  const lines = [...trial.daemon.metrics.families()].flatMap((family) =>
    family.samples().map(({ labels, value }) => `${family.name} ${Object.values(labels).join(" ")} ${value}`)
  );
  assert.ok(lines.includes("drbdd_promoter_state db started 1"), lines.join("\n"));
  assert.ok(lines.includes("drbdd_promoter_state db stopped 0"));
  assert.ok(lines.includes("drbdd_promoter_actions_total db start 1"));
  assert.ok(lines.includes("drbdd_promoter_takeovers_total db 1"));
  await trial.exit();
});

Deno.test("promoter without any resource has nothing to do, and is no failure", async () => {
  const trial = new PromoterTrial({});
  await trial.dump([]);
  await trial.pass(60_000);
  assert.deepEqual(trial.log.from("warn"), []);
  await trial.exit();
});

Deno.test("promoter looks at what runs when it knows whether the resource is Primary, not earlier", async () => {
  const trial = new PromoterTrial({ db: { runner: "shell", start: ["up"], stop: ["down"] } });
  trial.effects.files.put("/run/drbdd/promoted/db", "");
  await trial.pass(100);
  await trial.dump(["db"], { role: "Primary" });
  await trial.pass(1_000);
  assert.deepEqual(trial.done(), []);
  await trial.quorum("db", "no");
  assert.deepEqual(trial.done(), ["down"]);
  await trial.exit();
});

for (const runner of ["systemd", "shell"] as const) {
  Deno.test(`promoter leaves an administrator's Primary alone when it begins and after a reload, with the ${runner} runner`, async () => {
    const table = { runner, start: [runner === "shell" ? "up" : "db.service"] };
    const trial = new PromoterTrial({ db: table });
    await trial.dump(["db"], { role: "Primary", may_promote: "no" });
    await trial.pass(60_000);
    await trial.reload({ db: { ...table, "sleep-before-promote-factor": 2 } });
    await trial.pass(60_000);
    await trial.quorum("db", "no");
    await trial.pass(60_000);
    assert.deepEqual(trial.done().filter((each) => !/^(daemon-reload|reset-failed)/.test(each)), []);
    assert.match(
      trial.decisions("db").join(),
      /wait: .*drbdd did not promote it: left alone until it is Secondary/,
    );
    await trial.quorum("db", "yes");
    await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "yes" }));
    await trial.pass(1_000);
    assert.ok(trial.done().includes(runner === "shell" ? "up" : start("db")));
    await trial.exit();
  });
}

Deno.test("promoter handles a Primary that its failed demotion left after a reload, until it was Secondary once", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.systemd.verbs.set("stop", (role) => {
    trial.systemd.set("drbd-services@db.target", { ActiveState: "inactive" });
    trial.systemd.set("db.service", { ActiveState: "inactive" });
    trial.systemd.set("drbd-promote@db.service", { ActiveState: "failed" });
    role.exit(1);
  });
  await trial.quorum("db", "no");
  await trial.pass(1_000);
  assert.ok("/run/drbdd/promoted/db" in trial.effects.files.all());
  trial.done();
  await trial.reload({ db: { ...DB, "sleep-before-promote-factor": 2 } });
  await trial.pass(1_000);
  assert.ok(trial.decisions("db").includes("stop: an earlier stop has left something behind"));
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  await trial.print(line("change", "resource", { name: "db", role: "Secondary" }));
  // The administrator's own, for a file system check.
  await trial.print(line("change", "resource", { name: "db", role: "Primary" }));
  await trial.quorum("db", "yes");
  trial.done();
  await trial.reload({ db: { ...DB, "sleep-before-promote-factor": 3 } });
  await trial.pass(120_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.match(
    trial.decisions("db").at(-1) ?? "",
    /drbdd did not promote it: left alone until it is Secondary/,
  );
  await trial.exit();
});

const SECONDARY_DB = { name: "db", role: "Secondary", may_promote: "no" };
const demotions = (trial: PromoterTrial) =>
  trial.effects.processes.started.filter(({ argv }) => argv[1] === "secondary").length;

Deno.test("promoter leaves an administrator's Primary alone where an earlier stop has left a mount, which it stops", async () => {
  const trial = new PromoterTrial({ db: { start: ["srv-db.mount", "db.service"] } });
  const since = { ActiveEnterTimestampMonotonic: "500", ActiveExitTimestampMonotonic: "900" };
  trial.systemd.set("drbd-promote@db.service", since);
  trial.systemd.set("srv-db.mount", { ActiveState: "active", InactiveExitTimestampMonotonic: "600" });
  trial.systemd.verbs.set("stop", (role) => role.exit(1));
  await trial.dump(["db"], { role: "Primary", may_promote: "no" });
  await trial.pass(20_000);
  assert.ok(!("/run/drbdd/promoted/db" in trial.effects.files.all()));
  trial.systemd.verbs.clear();
  trial.done();
  await trial.pass(120_000);
  assert.deepEqual(starts(trial.done()), [
    "stop drbd-services@db.target drbd-promote@db.service srv-db.mount db.service",
  ]);
  assert.equal(demotions(trial), 0);
  assert.match(trial.decisions("db").at(-1) ?? "", /left alone until it is Secondary/);
  await trial.exit();
});

Deno.test("promoter leaves a Primary alone that an administrator makes while a stop fails", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.systemd.verbs.set("stop", (role) => role.exit(1));
  await trial.quorum("db", "no");
  await trial.print(line("change", "resource", SECONDARY_DB));
  await trial.quorum("db", "yes");
  await trial.pass(20_000);
  await trial.print(line("change", "resource", { ...SECONDARY_DB, role: "Primary" }));
  await trial.pass(20_000);
  assert.ok(!("/run/drbdd/promoted/db" in trial.effects.files.all()));
  trial.systemd.verbs.clear();
  trial.done();
  await trial.pass(120_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  assert.equal(demotions(trial), 0);
  assert.match(trial.decisions("db").at(-1) ?? "", /left alone until it is Secondary/);
  await trial.exit();
});

Deno.test("promoter that ends without a state of DRBD stops services that run, if stop-services-on-exit is set", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "stop-services-on-exit": true } });
  trial.systemd.activate("drbd-services@db.target", "drbd-promote@db.service", "db.service");
  await trial.pass(1_000);
  await trial.exit();
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
});

Deno.test("promoter keeps what a first start waits for with the decisions, and has the health assessment say it", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "adjust-resource-on-start": true } });
  trial.drbdadm = (role) => {
    if (role.argv[1] === "sh-ll-dev") role.print("/dev/vg/db\n");
    role.exit(role.argv[1] === "adjust" ? 10 : 0);
  };
  await trial.dump([]);
  await trial.pass(130_000);
  assert.deepEqual(trial.decisions("db"), ["waits for its backing device /dev/vg/db"]);
  assert.equal(trial.daemon.journal.of("db")[0]?.level, "warning");
  const worst = trial.daemon.health.of("db")?.problems[0]?.what;
  assert.equal(worst, "not started here yet: waiting for its backing device /dev/vg/db");
  await trial.exit();
});

Deno.test("promoter has the health assessment say that a daemon-reload prevents the first start: one that hangs, one that fails", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.load("drbd-services@db.target");
  let hanging: (() => void) | undefined;
  trial.systemd.verbs.set("daemon-reload", (role) => void (hanging = () => role.exit(1)));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(11_000);
  const worst = () => trial.daemon.health.of("db")?.problems[0];
  assert.equal(worst()?.what, "not started here yet: waiting for systemd to read the drop-ins");
  trial.systemd.verbs.set("daemon-reload", (role) => {
    role.complain("Connection timed out\n");
    role.exit(1);
  });
  hanging?.();
  await trial.pass(6_000);
  assert.match(
    worst()?.what ?? "",
    /^not started here yet: waiting for systemd: cannot write the drop-ins: .*daemon-reload.*Connection timed out/,
  );
  const since = worst()?.sinceMs;
  await trial.pass(11_000);
  assert.equal(worst()?.sinceMs, since);
  trial.systemd.verbs.clear();
  await trial.pass(5_000);
  assert.equal(trial.daemon.health.promoterOf("db")?.waitsFor, undefined);
  await trial.exit();
});

Deno.test("promoter says of a name that DRBD does not have which one was probably meant, at start and after a reload", async () => {
  const adjusting = { ...DB, "adjust-resource-on-start": true };
  const trial = new PromoterTrial({ databsae: adjusting });
  trial.effects.processes.install("drbdadm", (role) => {
    if (role.argv[1] !== "adjust") return role.exit(0);
    role.complain(`'${role.argv[2]}' not defined in your config\n`);
    trial.effects.clock.setTimer(20, () => role.exit(10));
  });
  await trial.dump(["database", "mail"]);
  await trial.pass(100);
  assert.match(trial.log.from("warn").join("\n"), /databsae: cannot adjust .* \(did you mean "database"\?\)/);
  await trial.reload({ maill: adjusting });
  await trial.pass(100);
  assert.match(trial.log.from("warn").join("\n"), /maill: cannot adjust .* \(did you mean "mail"\?\)/);
  await trial.exit();
});

Deno.test("promoter has the health assessment say that a resource is not up because drbdadm adjust failed", async () => {
  const trial = new PromoterTrial({ db: { ...DB, "adjust-resource-on-start": true } });
  trial.drbdadm = (role) => {
    if (role.argv[1] === "adjust") role.complain("'db' not defined in your config\n");
    role.exit(role.argv[1] === "adjust" ? 1 : 0);
  };
  await trial.dump([]);
  await trial.pass(1_000);
  const worst = () => trial.daemon.health.of("db")?.problems[0]?.what ?? "";
  assert.match(worst(), /^not started here yet: waiting for DRBD: "drbdadm adjust db" failed: .*not defined/);
  await trial.print(line("create", "resource", SECONDARY_DB));
  await trial.pass(1_000);
  assert.equal(trial.daemon.health.promoterOf("db")?.waitsFor, undefined);
  await trial.exit();
});

Deno.test("promoter has the health assessment say why the last start failed, until one succeeds", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.verbs.set("start", (role) => {
    trial.systemd.activate("drbd-promote@db.service");
    trial.systemd.set("db.service", { ActiveState: "failed" });
    role.exit(1);
  });
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(1_000);
  const worst = () => trial.daemon.health.of("db")?.problems[0];
  const why = "db.service failed (journalctl -u db.service)";
  assert.equal(worst()?.what, `its services failed to start here: ${why}`);
  assert.equal(worst()?.severity, "down");
  assert.equal(worst()?.next, "systemctl status 'db.service'");
  const since = worst()?.sinceMs;
  await trial.pass(20_000);
  assert.equal(worst()?.what, `its services failed to start here 2 times: ${why}`);
  assert.equal(worst()?.sinceMs, since);
  trial.systemd.verbs.delete("start");
  trial.systemd.set("db.service", { ActiveState: "inactive" });
  await trial.pass(21_000);
  await trial.primary("db");
  await trial.pass(1_000);
  assert.notEqual(worst()?.id, "start-failed");
  assert.equal(trial.daemon.health.promoterOf("db")?.phase?.name, "started");
  await trial.exit();
});

Deno.test("promoter repeats no finding about DRBD's options because another one is added", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.options.set("db", { ...GOOD_OPTIONS, "on-no-quorum": "suspend-io" });
  await trial.dump(["db"]);
  await trial.pass(60_000);
  const said = () => trial.log.from("warn").filter((each) => each.includes("The DRBD option")).length;
  assert.equal(said(), 1);
  trial.options.set("db", {
    ...GOOD_OPTIONS,
    "on-no-quorum": "suspend-io",
    "on-no-data-accessible": "suspend-io",
  });
  await trial.pass(60_000);
  assert.equal(said(), 2);
  await trial.exit();
});
