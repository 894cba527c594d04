import assert from "node:assert/strict";
import { DUMP_END, line } from "../../../tests/support/core/events2_text.ts";
import { fixtureText } from "../../../tests/support/core/fixtures.ts";
import { PromoterTrial } from "../../../tests/support/trials/promoter_trial.ts";
import { readDrbdStatus } from "./drbd_status.ts";

const DB = { start: ["db.service"] };
const STOP_DB = "stop drbd-services@db.target drbd-promote@db.service db.service";
const starts = (done: readonly string[]) =>
  done.filter((each) => /^(start|stop|freeze|thaw|restart) /.test(each));
const questions = (trial: PromoterTrial) =>
  trial.effects.processes.started.filter(({ argv }) => argv[1] === "status");
const dumps = (trial: PromoterTrial) =>
  trial.effects.processes.started.filter(({ argv }) => argv[1] === "events2").length;
const missing = (trial: PromoterTrial) =>
  trial.log.from("warn").filter((each) => each.includes("missing in drbdsetup events2"));

/** The kernel has db as a Primary. */
const PRIMARY = {
  name: "db",
  role: "Primary",
  devices: [{ volume: 0, quorum: true }],
  connections: [{ name: "beta", "peer-role": "Secondary" }],
};

/** Services run on db, and the dump after a restart of drbdsetup lacks it, though the kernel has it. */
async function lost(table: Record<string, unknown> = {}): Promise<PromoterTrial> {
  const trial = new PromoterTrial({ db: { ...DB, ...table } });
  await trial.running("db");
  trial.kernel.set("db", PRIMARY);
  trial.killDrbdsetup();
  await trial.pass(200);
  await trial.dump([]);
  return trial;
}

Deno.test("promoter keeps services running that an empty dump lacks, says so once, and wants a new dump", async () => {
  const trial = await lost();
  assert.equal(dumps(trial), 2);
  // Restarted for a new dump, which lacks it too.
  await trial.pass(400);
  assert.equal(dumps(trial), 3);
  await trial.dump([]);
  await trial.pass(55_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.deepEqual(missing(trial), [
    'warn: db: missing in drbdsetup events2, but "drbdsetup status" shows it, Primary with quorum; not stopped for this; ' +
    "restarting drbdsetup events2 for a new dump; asking again every 5 s",
  ]);
  assert.match(trial.daemon.status(), /PROBLEM: db: missing in drbdsetup events2/);
  assert.equal(dumps(trial), 3);
  // A minute after the last one drbdsetup dumps again.
  await trial.pass(10_000);
  assert.equal(dumps(trial), 4);
  await trial.dump(["db"], { role: "Primary" });
  assert.doesNotMatch(trial.daemon.status(), /PROBLEM/);
  assert.equal(trial.decisions("db").at(-1), "drbdsetup events2 shows it again");
  const asked = questions(trial).length;
  await trial.pass(60_000);
  assert.equal(questions(trial).length, asked);
  assert.deepEqual(starts(trial.done()), []);
  await trial.quorum("db", "no");
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  await trial.exit();
});

Deno.test("promoter keeps services running on a second end of the dump in one run of drbdsetup", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.kernel.set("db", PRIMARY);
  await trial.print(DUMP_END);
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.equal(missing(trial).length, 1);
  await trial.exit();
});

Deno.test("promoter stops services of a resource that is gone: DRBD is asked once, and that is at once", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  await trial.print(line("destroy", "resource", { name: "db" }));
  assert.deepEqual(questions(trial).map(({ argv }) => argv), [["drbdsetup", "status", "--json", "db"]]);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  assert.equal(trial.decisions("db").at(-1), "stop: the resource is gone");
  assert.ok(trial.log.lines.includes("info: db: no longer up in DRBD on this node"));
  await trial.pass(60_000);
  assert.equal(questions(trial).length, 1);
  await trial.exit();
});

Deno.test("promoter demotes a Primary that its stop has left, though a dump lacked it meanwhile", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.kernel.set("db", PRIMARY);
  await trial.quorum("db", "no");
  await trial.pass(1_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  trial.killDrbdsetup();
  await trial.pass(200);
  await trial.dump([]);
  assert.equal(missing(trial).length, 1);
  await trial.pass(400);
  await trial.dump(["db"], { role: "Primary" });
  await trial.quorum("db", "no");
  await trial.pass(5_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  assert.equal(
    trial.decisions("db").includes("stop: the resource is still Primary here, though nothing runs on it"),
    true,
  );
  await trial.exit();
});

Deno.test("promoter stops services of a resource that goes after it was missing in a dump", async () => {
  const trial = await lost();
  trial.kernel.delete("db");
  await trial.pass(5_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  assert.doesNotMatch(trial.daemon.status(), /PROBLEM/);
  await trial.exit();
});

for (
  const { name, status, table = {}, done } of [
    { name: "lost quorum", status: { devices: [{ volume: 0, quorum: false }] }, done: [STOP_DB] },
    {
      name: "lost quorum, to freeze",
      status: { devices: [{ volume: 0, quorum: false }], suspended: true },
      table: { "on-quorum-loss": "freeze" },
      done: ["freeze db.service"],
    },
    { name: "was demoted", status: { role: "Secondary" }, done: [STOP_DB] },
  ]
) {
  Deno.test(`promoter acts on what DRBD answers of a resource that a dump lacks: it ${name}`, async () => {
    const trial = await lost(table);
    assert.deepEqual(starts(trial.done()), []);
    trial.kernel.set("db", { ...PRIMARY, ...status });
    await trial.pass(7_500);
    assert.deepEqual(starts(trial.done()), done);
    await trial.exit();
  });
}

Deno.test("promoter keeps services running while DRBD does not answer whether their resource is gone, and says so", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.answers = false;
  await trial.print(DUMP_END);
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.equal(missing(trial).length, 1);
  assert.match(
    missing(trial).join(),
    /whether it is up is not known: .*status.* failed: .*no answer within 5 s; not stopped/,
  );
  // Nothing speaks against the stream but the stream itself.
  assert.equal(dumps(trial), 1);
  trial.answers = true;
  await trial.pass(15_000);
  assert.deepEqual(starts(trial.done()), [STOP_DB]);
  await trial.exit();
});

Deno.test("promoter keeps services running if drbdsetup status fails", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.running("db");
  trial.kernel.set("db", undefined);
  await trial.print(DUMP_END);
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.match(missing(trial).join(), /exit code 20: it does not work/);
  await trial.exit();
});

Deno.test("promoter that finds services running on a resource that went meanwhile asks before it stops them", async () => {
  const trial = new PromoterTrial({ db: DB });
  trial.systemd.activate("drbd-services@db.target", "drbd-promote@db.service", "db.service");
  trial.systemd.verbs.set("show", () => {});
  await trial.dump(["db"], { role: "Primary" });
  trial.kernel.set("db", PRIMARY);
  await trial.print(DUMP_END);
  trial.systemd.verbs.delete("show");
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.equal(missing(trial).length, 1);
  await trial.exit();
});

Deno.test("promoter does not start what a dump lacks", async () => {
  const trial = new PromoterTrial({ db: DB });
  await trial.dump(["db"]);
  await trial.print(DUMP_END);
  trial.kernel.set("db", PRIMARY);
  await trial.pass(60_000);
  assert.deepEqual(starts(trial.done()), []);
  assert.deepEqual(questions(trial), []);
  await trial.exit();
});

Deno.test("readDrbdStatus() reads what drbdsetup prints", () => {
  const printed = fixtureText("status-json/primary-peer-down.json");
  assert.deepEqual(readDrbdStatus(printed, "db"), {
    role: "Primary",
    quorum: true,
    primaryPeer: undefined,
    primaryPeers: [],
    isServing: true,
  });
  const read = (text: string) => readDrbdStatus(text, "db");
  assert.equal(read(printed.replace('"quorum": true', '"quorum": false')).quorum, false);
  assert.equal(read(printed.replace('"suspended": false', '"suspended": true')).isServing, false);
  const held = printed.replace('"force-io-failures": false', '"force-io-failures": true');
  assert.equal(read(held).isServing, false);
  const peer = printed.replace('"peer-role": "Secondary"', '"peer-role": "Primary"');
  assert.notEqual(read(peer).primaryPeer, undefined);
  assert.deepEqual(read(peer).primaryPeers, [read(peer).primaryPeer]);
  assert.throws(() => read(fixtureText("status-json/empty.json")), /does not say which role db has/);
  assert.throws(() => read("["), SyntaxError);
});
