import assert from "node:assert/strict";
import { ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { DRBDSETUP, JOURNALCTL, showJson, SYSTEMCTL, textOf } from "../support/processes/ctl_node.ts";
import { DUMP_END, dumpOf, line } from "../support/core/events2_text.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';
const NODE = {
  snippets: { "web.toml": WEB, "old.toml.disabled": WEB.replaceAll("web", "old") },
  programs: { drbdsetup: DRBDSETUP, systemctl: SYSTEMCTL, journalctl: JOURNALCTL },
  files: {
    "events2": textOf([...dumpOf("web"), ...dumpOf("old"), ...dumpOf("database"), DUMP_END]),
    "show.json": showJson("web", "old", "database"),
    "units/drbdd.service": "ActiveState=active\n",
  },
};

/** The first line, and the points by their names. */
async function explained(trial: CtlTrial, name: string): Promise<{ verdict: string; text: string }> {
  const text = await trial.output(["explain", name]);
  return { verdict: text.split("\n")[0] ?? "", text };
}

ctlTest("explain says why a resource runs elsewhere", NODE, async (trial) => {
  await trial.put(
    "events2",
    textOf([
      line("exists", "resource", { may_promote: "no" }),
      ...dumpOf("web").slice(2),
      line("exists", "connection", { role: "Primary" }),
      ...dumpOf("web").slice(2),
      DUMP_END,
    ]),
  );
  const { verdict, text } = await explained(trial, "web");
  assert.equal(verdict, "● web does not run here: it is Primary on beta");
  assert.match(text, /^ {2}× peers +beta is Primary; all peers are connected$/m);
  assert.match(text, /^ {2}✓ in order +configuration, drbdd, quorum, protection$/m);
  const verbose = await trial.output(["explain", "-v", "web"]);
  assert.match(verbose, /^ {2}✓ quorum +all volumes have it$/m);
  assert.match(verbose, /^ {2}✓ protection +from a split brain: quorum majority$/m);
  assert.match(text, /^No decisions are known to the journal \(drbdd keeps none/m);
});

ctlTest("explain says that a service failed, and where to look", NODE, async (trial) => {
  await trial.put(
    "events2",
    textOf([
      line("exists", "resource", { role: "Primary", may_promote: "no" }),
      ...dumpOf("web").slice(1),
      DUMP_END,
    ]),
  );
  await trial.put("units/drbd-promote@web.service", "ActiveState=active\n");
  await trial.put("units/web.service", "ActiveState=failed\n");
  const { text } = await explained(trial, "web");
  assert.match(
    text,
    /^× web is Primary here, but its services do not run: .*\n {2}Next: systemctl status web\.service$/m,
  );
});

ctlTest("explain has the last decisions of the journal", NODE, async (trial) => {
  const entry = (MESSAGE: string) => JSON.stringify({ MESSAGE, __REALTIME_TIMESTAMP: "1000000" });
  await trial.put(
    "journal",
    `${entry("promoter: web: stop: quorum is lost")}\n${entry("promoter: db: start")}\n`,
  );
  await trial.put("bin/journalctl", '#!/bin/sh\ncat "$DIR/journal"\n');
  const { text } = await explained(trial, "web");
  assert.match(text, /^Last decisions, from the journal .*:\n {2}1970-01-01 \S+ {2}stop: quorum is lost\n$/m);
});

ctlTest("explain has the decisions of a running daemon, with their reasons", NODE, async (trial) => {
  await using daemon = await LiveDaemon.start([...dumpOf("web"), DUMP_END], {
    config: `${WEB}adjust-resource-on-start = false\n[[api]]\naddress = "unix:$DIR/runtime/api.sock"\n`,
    programs: { systemctl: "exit 1", drbdadm: "exit 0" },
  });
  await daemon.known();
  await daemon.process.said(/left alone/);
  const { stdout } = await trial.run(["--config", daemon.process.path("drbdd.toml"), "explain", "web"], {
    isBare: true,
  });
  assert.match(
    stdout,
    /Last decisions, from drbdd:\n(?: {2}.*\n)*? {2}\S+ {2}left alone: it is not known how DRBD avoids/,
  );
  assert.match(stdout, /✓ in order +configuration, drbdd\b/m);
});

ctlTest("explain of a disabled resource, and of one without a promoter", NODE, async (trial) => {
  const old = await explained(trial, "old");
  assert.match(
    old.verdict,
    /^! drbdd does not manage old: its configuration is disabled \(\S+old\.toml\.disabled\)/,
  );
  assert.match(old.text, /Next: drbddctl enable old$/m);
  const { verdict } = await explained(trial, "database");
  assert.match(verdict, /^! drbdd does not manage database: no promoter has it in its configuration/);
});

ctlTest("explain of what nobody knows suggests what may be meant, with exit code 1", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["explain", "databse"]);
  assert.equal(code, 1);
  assert.equal(
    stderr,
    'drbddctl: There is no resource "databse": neither DRBD nor a promoter has it\n  Next: drbddctl explain database\n',
  );
});

ctlTest("explain needs a configuration that can be used", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/bad.toml", "[[promoter]]\nresources = 1\n");
  const { code, stderr } = await trial.run(["explain", "web"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /The configuration has errors: \$DIR\/etc\/drbdd\.d\/bad\.toml:2:13: .*\n {2}Next: drbddctl check/,
  );
});

ctlTest(
  "explain uses the configuration that drbdd holds where the files have errors",
  NODE,
  async (trial) => {
    await trial.put("etc/drbdd.d/bad.toml", "[[promoter]]\nresources = 1\n");
    await trial.put("runtime/loaded.toml", WEB);
    const { stdout } = await trial.run(["explain", "web"], {
      env: { RUNTIME_DIRECTORY: trial.path("runtime") },
    });
    assert.match(stdout, /^× web runs nowhere/);
    assert.match(
      stdout,
      /× configuration +the one that drbdd loaded before, because the files have errors: \S+bad\.toml:2:/,
    );
  },
);
