/** A reload touches no resource whose own table did not change. */
import assert from "node:assert/strict";
import { line } from "../../tests/support/core/events2_text.ts";
import { PromoterTrial } from "../../tests/support/trials/promoter_trial.ts";
import type { Role } from "../../tests/support/simulated/simulated_processes.ts";
import type { ResourceInput } from "./config/resource_table.ts";

const WEB: ResourceInput = { start: ["web.service"] };
const CHANGED: ResourceInput = { ...WEB, "preferred-nodes": ["alpha"] };
const START_DB = "start drbd-services@db.target";
const ofDb = (done: readonly string[]) =>
  done.filter((each) => /^(start|stop) /.test(each) && each.includes("db"));

/** How often `db` was adjusted: once for each who took it over. */
function adjustments({ effects }: PromoterTrial): number {
  return effects.processes.started.filter(({ argv }) => argv.join(" ") === "drbdadm adjust db").length;
}

Deno.test("promoter: a resource whose table did not change holds back on over a reload of another one", async () => {
  const db: ResourceInput = { start: ["db.service"], "on-service-failure": "fail-over" };
  const trial = new PromoterTrial({ db, web: WEB });
  await trial.running("db");
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.pass(5_000);
  await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "yes" }));
  trial.done();
  await trial.reload({ db, web: CHANGED });
  await trial.pass(50_000);
  assert.deepEqual(ofDb(trial.done()), []);
  await trial.pass(10_000);
  assert.deepEqual(ofDb(trial.done()), [START_DB]);
  await trial.exit();
});

Deno.test("promoter: restarts of a service count on over a reload of another resource", async () => {
  const db: ResourceInput = {
    start: ["db.service"],
    "on-service-failure": "restart",
    "service-failure-limit": 1,
  };
  const trial = new PromoterTrial({ db, web: WEB });
  await trial.running("db");
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.pass(5_000);
  assert.deepEqual(ofDb(trial.done()), ["start db.service"]);
  await trial.reload({ db, web: CHANGED });
  trial.systemd.set("db.service", { ActiveState: "failed" });
  await trial.pass(5_000);
  assert.deepEqual(ofDb(trial.done()), ["stop drbd-services@db.target drbd-promote@db.service db.service"]);
  await trial.exit();
});

Deno.test("promoter: a resource that moves to another table as it is is not touched", async () => {
  const db: ResourceInput = { start: ["db.service"], "stop-services-on-exit": true };
  const trial = new PromoterTrial({ db, web: WEB });
  await trial.running("db", "web");
  assert.equal(adjustments(trial), 1);
  const journal = trial.decisions("db");
  await trial.reload({ web: WEB }, { db });
  await trial.reload({ db }, { mail: { start: ["mail.service"] } }, { web: WEB });
  await trial.pass(10_000);
  assert.equal(adjustments(trial), 1);
  assert.deepEqual(trial.decisions("db"), journal);
  const phase = trial.daemon.metrics.family("drbdd_promoter_state", "gauge", "").samples()
    .filter(({ labels, value }) => labels["name"] === "db" && value === 1);
  assert.deepEqual(phase.map(({ labels }) => labels["state"]), ["started"]);
  assert.ok("/run/systemd/system/db.service.d/drbdd.conf" in trial.effects.files.all());
  await trial.exit();
});

Deno.test("promoter: a start list of the shell runner runs on over a reload of another resource", async () => {
  const db: ResourceInput = { runner: "shell", start: ["up", "serve"], stop: ["down"] };
  const trial = new PromoterTrial({ db, web: WEB });
  const held: Role[] = [];
  trial.shell.set("up", (role) => void held.push(role));
  await trial.dump(["db"], { may_promote: "yes" });
  await trial.pass(25);
  await trial.primary("db");
  await trial.reload({ db, web: CHANGED });
  await trial.pass(15_000);
  held[0]?.exit(0);
  await trial.pass(1_000);
  assert.deepEqual(trial.done().filter((each) => !each.includes("daemon-reload")), ["up", "serve"]);
  await trial.exit();
});

Deno.test("promoter leaves somebody else's Primary alone over a reload that changes another resource", async () => {
  const db: ResourceInput = { start: ["db.service"] };
  const trial = new PromoterTrial({ db, web: WEB });
  await trial.dump(["db", "web"]);
  await trial.primary("db");
  await trial.pass(60_000);
  await trial.reload({ db, web: CHANGED });
  await trial.pass(60_000);
  assert.deepEqual(ofDb(trial.done()), []);
  await trial.exit();
});

Deno.test("promoter removes the drop-ins of a resource that went at a reload when its unit has stopped, though no other changed", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service"] }, web: WEB });
  await trial.running("db");
  await trial.reload({ web: WEB });
  const file = "/run/systemd/system/db.service.d/drbdd.conf";
  await trial.pass(60_000);
  assert.ok(file in trial.effects.files.all());
  for (const unit of ["drbd-services@db.target", "drbd-promote@db.service", "db.service"]) {
    trial.systemd.set(unit, { ActiveState: "inactive" });
  }
  await trial.pass(60_000);
  assert.ok(!(file in trial.effects.files.all()));
  await trial.exit();
});

Deno.test("promoter removes the drop-ins of its last table when the units have stopped, though no promoter is left", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service"] } });
  await trial.running("db");
  await trial.reload();
  const path = "/run/systemd/system/db.service.d/drbdd.conf";
  await trial.pass(60_000);
  assert.ok(path in trial.effects.files.all());
  for (const unit of ["drbd-services@db.target", "drbd-promote@db.service", "db.service"]) {
    trial.systemd.set(unit, { ActiveState: "inactive" });
  }
  await trial.pass(60_000);
  assert.ok(!(path in trial.effects.files.all()));
  await trial.exit();
});

Deno.test("promoter acts on a resource whose table changed at a reload though systemd takes for ever to read drop-ins", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service", "more.service"] } });
  await trial.running("db");
  trial.systemd.verbs.set("daemon-reload", () => {});
  void trial.reload({ db: { start: ["db.service"] } });
  await trial.pass(2_000);
  trial.done();
  await trial.quorum("db", "no");
  await trial.pass(100);
  assert.deepEqual(ofDb(trial.done()), ["stop drbd-services@db.target drbd-promote@db.service db.service"]);
  trial.systemd.verbs.clear();
  await trial.exit();
});

Deno.test("promoters of many tables write drop-ins together, and complain together", async () => {
  const names = ["r1", "r2", "r3", "r4"];
  const tables = Object.fromEntries(names.map((name) => [name, { start: [`${name}.service`] }]));
  const trial = new PromoterTrial(tables);
  trial.systemd.load("drbd-services@r1.target");
  trial.effects.files.failing.set("/run/systemd/system/r1.service.d/drbdd.conf", "Read-only file system");
  await trial.dump(names);
  await trial.pass(4_000);
  assert.equal(trial.log.from("error").filter((each) => /Cannot write the drop-ins/.test(each)).length, 1);
  trial.effects.files.failing.clear();
  await trial.pass(1_000);
  assert.deepEqual(trial.done(), ["daemon-reload"]);
  await trial.exit();
});
