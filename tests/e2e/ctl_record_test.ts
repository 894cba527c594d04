/** record and replay. */
import assert from "node:assert/strict";
import { Listening } from "../support/processes/ctl_listening.ts";
import { ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { DRBDSETUP, showJson, textOf } from "../support/processes/ctl_node.ts";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { DUMP_END, dumpOf, line } from "../support/core/events2_text.ts";
import { fixtureText } from "../support/core/fixtures.ts";

const NODE = {
  programs: { drbdsetup: DRBDSETUP },
  files: { "events2": textOf([...dumpOf("web"), DUMP_END]), "show.json": showJson("web") },
};

/** Records until a file holds what is wanted, and ends it in this way. */
async function recorded(trial: CtlTrial, path: string, wanted: RegExp, signal: Deno.Signal): Promise<number> {
  await using recording = new Listening(trial, ["record", path]);
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (wanted.test(text)) break;
    assert.ok(performance.now() < end, `Timed out waiting for ${wanted} in\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return await recording.interrupt(signal);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  ctlTest(`record writes until ${signal}, and replay shows what was recorded`, NODE, async (trial) => {
    const path = trial.path("web.events2");
    assert.equal(await recorded(trial, path, / exists -\n/, signal), 0);
    const text = await trial.read("web.events2");
    assert.match(text, /^# node: \S+\n/m);
    assert.match(text, /^# show: \{"resource":"web",.*"quorum":"majority"/m);
    assert.match(
      text,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}[+-]\d\d:\d\d exists resource name:web role:Secondary /m,
    );
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const { code, stdout, stderr } = await trial.run(["replay", path]);
    assert.equal(code, 0);
    assert.match(stdout, / {2}web {2}Secondary; UpToDate; beta Secondary UpToDate$/m);
    assert.doesNotMatch(stderr, /not recorded/);
  });
}

ctlTest("record can be to standard output", NODE, async (trial) => {
  await using recording = new Listening(trial, ["record", "-"]);
  const lines: string[] = [];
  while (!/ exists -$/.test(lines.at(-1) ?? "")) lines.push(...await recording.next(1));
  assert.equal(lines.filter((text) => !/(^| )# /.test(text)).length, 6);
  assert.equal(await recording.interrupt(), 0);
});

ctlTest("record for so long ends by itself", NODE, async (trial) => {
  const { code, stdout, stderr } = await trial.run(["record", "--seconds", "1", "-"]);
  assert.equal(code, 0);
  assert.match(stdout, /^# Recording/);
  // What drbdsetup prints in a second is not for sure.
  assert.match(stderr, /Recording to standard output, for 1 s\n\d+ lines in standard output\n$/);
});

ctlTest("record overwrites nothing without --force", NODE, async (trial) => {
  await trial.put("old", "precious\n");
  const { code, stderr } = await trial.run(["record", "--seconds", "1", trial.path("old")]);
  assert.equal(code, 1);
  assert.match(stderr, /^drbddctl: "\$DIR\/old" exists already\n {2}Next: /);
  assert.equal(await trial.read("old"), "precious\n");
  assert.equal((await trial.run(["record", "--force", "--seconds", "1", trial.path("old")])).code, 0);
  assert.match(await trial.read("old"), /^# Recording/);
});

ctlTest("record gives up where there is nothing to record", {
  programs: { drbdsetup: "echo 'no module' >&2; exit 20" },
}, async (trial) => {
  const { code, stderr } = await trial.run(["record", trial.path("new")]);
  assert.equal(code, 1);
  assert.match(stderr, /drbdsetup says: no module\n/);
  assert.match(stderr, /^drbddctl: Nothing to record: drbdsetup events2: it cannot work/m);
});

ctlTest("record says where it cannot write", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["record", trial.path("none/new")]);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot create "\$DIR\/none\/new"/);
});

/** A recording of a real cluster, with its times beside it. */
async function putReal(trial: CtlTrial, scenario: string, node: string): Promise<string> {
  for (const kind of ["events2", "times"]) {
    await trial.put(`${node}.${kind}.txt`, fixtureText(`real-drbd/${scenario}/${node}.${kind}.txt`));
  }
  return trial.path(`${node}.events2.txt`);
}

const REAL = {
  snippets: {
    "r0.toml":
      '[[promoter]]\n[promoter.resources.r0]\nstart = ["a.service"]\npreferred-nodes = ["node1", "node2"]\n' +
      'preferred-nodes-policy = "start-only"\n',
  },
};

ctlTest(
  "replay of a real recording shows what the promoter of its node would have decided",
  REAL,
  async (trial) => {
    const path = await putReal(trial, "02-promote-write-demote-switch", "node2");
    const { stdout, stderr } = await trial.run(["replay", "--decisions", path]);
    assert.match(
      stderr,
      /Evaluated as node node2, with the promoters of \$DIR\/etc\/drbdd\.toml for r0\. Assumptions:/,
    );
    const decisions = stdout.trimEnd().split("\n").map((text) => text.replace(/^\S+ \S+ {2}/, ""));
    assert.deepEqual(decisions.slice(0, 5), [
      "r0  → wait 1 s: other nodes are preferred",
      "r0  → start: DRBD may promote here",
      "r0  → not started here: lost the promotion race, node1 is Primary",
      // The winner has given it up: a lost race is no failed start.
      "r0  → wait 1 s: other nodes are preferred",
      "r0  → start: DRBD may promote here",
    ]);
    const other = await trial.output(["replay", "--decisions", "--node", "node1", path]);
    assert.match(other, /^\S+ \S+ {2}r0 {2}→ start: DRBD may promote here/);
  },
);

ctlTest("replay without a configuration takes defaults for every resource", {}, async (trial) => {
  const path = await putReal(trial, "03-connection-loss-and-heal", "node1");
  const { stdout, stderr } = await trial.run(["replay", "-r", "r1", path]);
  assert.match(stderr, /with a promoter with defaults for every resource/);
  assert.match(stderr, /DRBD's options of r0, r1 are not recorded: quorum avoids split brain/);
  assert.match(stdout, / r1 {2}node2: connection-state Connected → NetworkFailure/);
  assert.doesNotMatch(stdout, / r0 /);
});

ctlTest("replay as JSON is a line for each update and decision", REAL, async (trial) => {
  const path = await putReal(trial, "11-primary-reboot", "node3");
  const { stdout, stderr } = await trial.run(["replay", "--json", path]);
  assert.equal(stderr, "");
  const all = stdout.trimEnd().split("\n").map((text) => JSON.parse(text));
  const events = new Set(all.map(({ event }) => event));
  assert.deepEqual([...events].sort(), ["decision", "update"]);
});

ctlTest("replay with a speed takes its time", NODE, async (trial) => {
  const at = (second: string, text: string) => `2026-01-31T12:00:0${second}+00:00 ${text}\n`;
  await trial.put(
    "rec",
    [...dumpOf("web"), DUMP_END].map((text) => at("0.000000", text)).join("") +
      at("9.000000", line("change", "resource", { role: "Primary" })),
  );
  const begin = performance.now();
  const text = await trial.output(["replay", "--speed", "10", trial.path("rec")]);
  assert.match(text, /role Secondary → Primary/);
  assert.ok(performance.now() - begin >= 900);
});

ctlTest("replay says what it cannot play", {}, async (trial) => {
  await trial.put("empty", "# nothing\n");
  for (
    const [path, complaint] of [[
      "none",
      /^drbddctl: Cannot play "\$DIR\/none": Cannot read "\$DIR\/none": No such file or directory\n {2}Next: /m,
    ], [
      "empty",
      /has no lines of drbdsetup/,
    ]] as const
  ) {
    const { code, stderr } = await trial.run(["replay", trial.path(path)]);
    assert.equal(code, 1);
    assert.match(stderr, complaint);
  }
});
