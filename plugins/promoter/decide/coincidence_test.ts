/** The promoter where two things happen at once: what a start, a restart or a freeze rests on may be gone when it is due. */
import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { PromoterTrial } from "../../../tests/support/trials/promoter_trial.ts";
import type { Role } from "../../../tests/support/simulated/simulated_processes.ts";

const START = "start drbd-services@db.target";

Deno.test("promoter: parameters of an agent cause no daemon-reload before a start", async () => {
  const trial = new PromoterTrial({
    db: { start: ["ocf:heartbeat:IPaddr2 vip ip=10.0.0.17", "db.service"] },
  });
  await trial.dump(["db"]);
  await trial.pass(100_000);
  trial.systemd.load("ocf.rs@vip_db.service", "db.service");
  trial.done();
  await trial.promotable("db");
  await trial.pass(3_000);
  assert.deepEqual(trial.done(), [START]);
  await trial.exit();
});

for (const how of ["exit", "peer", "reload"] as const) {
  Deno.test(`promoter: a start that waits for its last look is not made any more after ${how}`, async () => {
    const trial = new PromoterTrial({ db: { start: ["db.service"] }, web: { start: ["w.service"] } });
    await trial.running("db");
    await trial.pass(3_600_000);
    const stops: Role[] = [];
    trial.systemd.verbs.set("stop", (role) => void stops.push(role));
    await trial.quorum("db", "no");
    await trial.pass(3_000);
    await trial.quorum("db", "yes");
    await trial.print(line("change", "resource", { name: "db", role: "Secondary", may_promote: "yes" }));
    await trial.pass(5_000);
    for (const unit of ["drbd-services@db.target", "drbd-promote@db.service", "db.service"]) {
      trial.systemd.set(unit, { ActiveState: "inactive" });
    }
    trial.systemd.verbs.delete("stop");
    const shows: [Role, readonly string[]][] = [];
    let looks = 0;
    trial.systemd.verbs.set("show", (role, args) => {
      if (++looks === 1) trial.systemd.obey(role, "show", args);
      else shows.push([role, args]);
    });
    stops[0]?.exit(0);
    await trial.pass(2_000);
    assert.equal(trial.decisions("db").at(-1), "start: DRBD may promote here");
    trial.done();
    if (how === "peer") {
      await trial.print(line("change", "connection", { name: "db", role: "Primary" }));
      await trial.pass(2_000);
    } else if (how === "exit") await trial.beginExit();
    else {
      void trial.reload({ web: { start: ["w.service"] } });
      await trial.pass(1_000);
    }
    trial.systemd.verbs.delete("show");
    for (const [role, args] of shows) trial.systemd.obey(role, "show", args);
    await trial.pass(2_000);
    assert.ok(!trial.done().includes(START));
    await trial.exit();
  });
}

Deno.test("promoter: freeze: a systemctl list-dependencies that lost systemd stops nothing", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service"], "on-quorum-loss": "freeze" } });
  await trial.running("db");
  let times = 0;
  trial.systemd.verbs.set("list-dependencies", (role, args) => {
    if (times++ > 0) return trial.systemd.obey(role, "list-dependencies", args);
    role.complain("Failed to list dependencies: Connection reset by peer\n");
    role.exit(1);
  });
  await trial.quorum("db", "no");
  await trial.pass(3_000);
  assert.equal(trial.done().find((each) => each.startsWith("stop ")), undefined);
});

Deno.test("promoter: shell runner: no restart while protection is not known", async () => {
  const trial = new PromoterTrial({
    db: { runner: "shell", start: ["up"], stop: ["down"], monitor: "mon", "on-service-failure": "restart" },
  });
  await trial.running("db");
  trial.options.set("db", undefined);
  await trial.pass(200_000);
  trial.done();
  trial.shell.set("mon", (role) => role.exit(1));
  await trial.pass(6_000);
  assert.ok(!trial.done().includes("up"));
});

Deno.test("promoter: a masked unit that came into the start list: a loss of quorum still stops the services", async () => {
  const trial = new PromoterTrial({ db: { start: ["db.service"] } });
  await trial.running("db");
  trial.systemd.set("drbd-promote@db.service", {
    ActiveState: "active",
    ActiveEnterTimestampMonotonic: "100",
  });
  trial.systemd.set("db.service", { ActiveState: "active", StateChangeTimestampMonotonic: "101" });
  trial.systemd.set("new.service", { LoadState: "masked", StateChangeTimestampMonotonic: "0" });
  trial.systemd.verbs.set("start", (role) => {
    role.complain("Failed to start drbd-services@db.target: Unit new.service is masked.\n");
    role.exit(1);
  });
  await trial.reload({ db: { start: ["db.service", "new.service"] } });
  await trial.pass(5_000);
  await trial.quorum("db", "no");
  await trial.pass(60_000);
  assert.equal(trial.systemd.state("db.service"), "inactive");
});

Deno.test("promoter: what is found half frozen without quorum is frozen", async () => {
  const trial = new PromoterTrial({ db: { start: ["a.service", "b.service"], "on-quorum-loss": "freeze" } });
  for (const unit of ["drbd-services@db.target", "drbd-promote@db.service", "a.service", "b.service"]) {
    trial.systemd.set(unit, { ActiveState: "active", ControlGroup: "/x" });
  }
  trial.systemd.set("a.service", { ActiveState: "active", FreezerState: "frozen" });
  const rest = dumpOf("db").slice(1).filter((each) => !each.startsWith("exists device"));
  await trial.print(
    line("exists", "resource", { name: "db", role: "Primary", may_promote: "no" }),
    line("exists", "device", { name: "db", quorum: "no" }),
    ...rest,
    DUMP_END,
  );
  await trial.pass(60_000);
  assert.ok(trial.done().includes("freeze b.service"));
});
