/** drbddctl changing configuration files: enable, disable, rm, restart. */
import assert from "node:assert/strict";
import { RELOAD_HAS_ERRORS, RELOAD_NEEDS_RESTART } from "../../src/app/outcome.ts";
import { type CtlOptions, ctlTest, type CtlTrial, withMore } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";
import { DUMP_END, dumpOf } from "../support/core/events2_text.ts";

const promoterOf = (name: string, more = 'start = ["a.service"]') =>
  `[[promoter]]\n[promoter.resources.${name}]\n${more}\n`;

const NODE: CtlOptions = {
  programs: NODE_PROGRAMS,
  files: NODE_FILES,
  snippets: {
    "web.toml": promoterOf("web"),
    "db.toml.disabled": promoterOf("db", 'start = ["b.service"]'),
    "tools.toml": "[[debugger]]\n",
  },
};

/** web is Primary on this node. */
const PRIMARY = [
  ...dumpOf("web").map((line) => line.replace(/^(exists resource .*)role:\w+/, "$1role:Primary")),
  DUMP_END,
].join("\n") + "\n";

const there = async (trial: CtlTrial) => (await trial.snippets()).join(" ");

ctlTest("enable renames and reloads", NODE, async (trial) => {
  const { code, stdout, stderr } = await trial.run(["enable", "db"]);
  assert.deepEqual([code, stdout], [0, ""]);
  assert.equal(stderr, "Enabled $DIR/etc/drbdd.d/db.toml\nConfiguration reloaded\n");
  assert.equal(await there(trial), "db.toml tools.toml web.toml");
  assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service"]);
});

ctlTest("enable and disable take files that are so already for done", NODE, async (trial) => {
  assert.match(
    (await trial.run(["enable", "web"])).stderr,
    /"\$DIR\/etc\/drbdd\.d\/web\.toml" is enabled already\n/,
  );
  assert.match((await trial.run(["disable", "db"])).stderr, /db\.toml\.disabled" is disabled already\n/);
  assert.deepEqual(await trial.calls(), []);
});

ctlTest("enable without names enables all", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/more.toml.disabled", "[[prometheus]]\n");
  await trial.output(["enable"]);
  assert.equal(await there(trial), "db.toml more.toml tools.toml web.toml");
  assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service"]);
  assert.equal((await trial.run(["enable"])).stderr, "There are no disabled files\n");
});

ctlTest("enable leaves a file alone that drbdd would refuse", NODE, async (trial) => {
  await trial.put(
    "etc/drbdd.d/bad.toml.disabled",
    '[[promoter]]\n[promoter.resources.x]\nrunner = "sytemd"\n',
  );
  await trial.put("etc/drbdd.d/twice.toml.disabled", promoterOf("web", 'start = ["c.service"]'));
  for (
    const [name, problem] of [["bad", /bad\.toml:3:10: .*"sytemd"/], [
      "twice",
      /"web" configured twice/,
    ]] as const
  ) {
    const { code, stderr } = await trial.run(["enable", name]);
    assert.equal(code, 2);
    assert.match(stderr, problem);
    assert.match(stderr, /Not changed .*: because of these errors .*\n {2}Next: /);
  }
  assert.deepEqual(await trial.calls(), []);
  assert.match(await there(trial), /bad\.toml\.disabled .*twice\.toml\.disabled/);
});

ctlTest("enable says that drbdd has to be restarted for what it gave up", NODE, async (trial) => {
  await trial.put("reloaded", `${RELOAD_NEEDS_RESTART.replace("{missing}", "run sh")}\n`);
  const { code, stderr } = await trial.run(["enable", "db"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /has to be restarted to take this: .*\(run sh\)\n {2}Next: systemctl restart drbdd\.service/,
  );
});

ctlTest("enable reports errors that are elsewhere", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/old.toml", "x = [\n");
  await trial.put("reloaded", `${RELOAD_HAS_ERRORS}\n`);
  const { code, stderr } = await trial.run(["enable", "db"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /Enabled .*\n.*old\.toml:.*TOML.*\ndrbdd refuses its configuration and .*\n {2}Next: /,
  );
});

ctlTest(
  "changes wait for a drbdd that does not run, and fail if it cannot be reloaded",
  NODE,
  async (trial) => {
    await trial.put("units/drbdd.service", "ActiveState=failed\n");
    const { code, stderr } = await trial.run(["enable", "db"]);
    assert.equal(code, 0);
    assert.match(stderr, /drbdd is not running: .*\n {2}Next: systemctl start drbdd\.service\n/);
    assert.deepEqual(await trial.calls(), []);
    await trial.put("units/drbdd.service", "ActiveState=active\n");
    await trial.put("do/reload", "echo 'Job failed' >&2; exit 1");
    const failed = await trial.run(["disable", "db"]);
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /Cannot reload drbdd: .*Job failed\n {2}Next: systemctl status/,
    );
  },
);

ctlTest("changes leave the reload to the path unit where that is active", NODE, async (trial) => {
  await trial.put("units/drbdd-reload.path", "ActiveState=active\n");
  const running = trial.run(["enable", "db"]);
  while (!(await there(trial)).startsWith("db.toml ")) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await trial.put("journal", await trial.read("reloaded"));
  const { code, stderr } = await running;
  assert.deepEqual([code, stderr.split("\n")[1]], [0, "Configuration reloaded"]);
  assert.deepEqual(await trial.calls(), []);
});

ctlTest("disable leaves services alone, and warns where they run", NODE, async (trial) => {
  await trial.put("events2", PRIMARY);
  const { code, stderr } = await trial.run(["disable", "web.toml"]);
  assert.equal(code, 0);
  assert.match(stderr, /^Disabled .*web\.toml\.disabled\n.*\nwarning: web is Primary here: /);
  assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service"]);
});

ctlTest("disable --now stops the target after the reload", NODE, async (trial) => {
  await trial.put("units/drbd-services@web.target", "ActiveState=active\n");
  const { code, stderr } = await trial.run(["disable", "--now", "web"]);
  assert.equal(code, 0);
  assert.match(stderr, /Stopped drbd-services@web\.target\n$/);
  assert.deepEqual(await trial.calls(), [
    "systemctl reload drbdd.service",
    "systemctl stop drbd-services@web.target",
  ]);
});

ctlTest("disable --now stops nothing that drbdd would start again", NODE, async (trial) => {
  await trial.put("units/drbd-services@web.target", "ActiveState=active\n");
  await trial.put("reloaded", `${RELOAD_HAS_ERRORS}\n`);
  const { code, stderr } = await trial.run(["disable", "--now", "web"]);
  assert.equal(code, 1);
  assert.match(stderr, /services were not stopped: drbdd would start them again\n$/);
  assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service"]);
});

ctlTest(
  "disable --now runs all stop commands of the shell runner",
  withMore(NODE, {
    snippets: {
      "sh.toml": promoterOf(
        "sh",
        `runner = "shell"\nstart = ["true"]
stop = ['echo "first $DRBD_RESOURCE" >> $DIR/calls; false', 'echo second >> $DIR/calls']`,
      ),
    },
  }),
  async (trial) => {
    const { code, stderr } = await trial.run(["disable", "--now", "sh"]);
    assert.equal(code, 1);
    assert.match(stderr, /Failed: "echo.*exit code 1\n {2}Next: .*\nRan the stop command "echo second/s);
    assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service", "first sh", "second"]);
  },
);

ctlTest("rm asks, and removes only what is agreed to", NODE, async (trial) => {
  const refused = await trial.run(["rm", "web"]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Refusing to remove .* without confirmation: .*\n {2}Next: use --force\n/);
  assert.match(await there(trial), /web\.toml$/);
  assert.equal((await trial.run(["rm", "-f", "web"])).code, 0);
  assert.equal(await there(trial), "db.toml.disabled tools.toml");
  assert.deepEqual(await trial.calls(), ["systemctl reload drbdd.service"]);
  assert.equal((await trial.run(["rm", "--force", "--disabled", "db"])).code, 0);
  assert.equal(await there(trial), "tools.toml");
  assert.deepEqual(await trial.calls(), []);
});

ctlTest("rm refuses the main file and files that are not there", NODE, async (trial) => {
  const main = await trial.run(["rm", "-f", trial.path("etc/drbdd.toml")]);
  assert.equal(main.code, 1);
  assert.match(main.stderr, /is the main file/);
  const missing = await trial.run(["rm", "-f", "tolos"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /no file .*\n {2}Next: did you mean "tools"\?/);
  assert.equal((await trial.run(["rm", "-f"])).code, 2);
});

ctlTest("restart without files restarts the service", NODE, async (trial) => {
  await trial.output(["restart"]);
  assert.deepEqual(await trial.calls(), ["systemctl restart drbdd.service"]);
  assert.equal((await trial.run(["restart", "--with-targets"])).code, 2);
  await trial.put("do/restart", "echo 'no luck' >&2; exit 1");
  const { code, stderr } = await trial.run(["restart"]);
  assert.equal(code, 1);
  assert.match(stderr, /no luck\n {2}Next: /);
});

ctlTest("restart of a file takes it away and gives it back", NODE, async (trial) => {
  await trial.put("units/drbd-services@web.target", "ActiveState=active\n");
  await trial.put(
    "do/reload",
    'echo "reload with $(ls etc/drbdd.d | tr "\\n" " ")" >> calls; cat reloaded >> journal',
  );
  const { code, stderr } = await trial.run(["restart", "web"]);
  assert.deepEqual([code, stderr], [0, "Restarted $DIR/etc/drbdd.d/web.toml\n"]);
  const away = "reload with db.toml.disabled tools.toml web.toml.disabled ";
  const back = "reload with db.toml.disabled tools.toml web.toml ";
  const reload = "systemctl reload drbdd.service";
  assert.deepEqual(await trial.calls(), [reload, away, reload, back]);
  await trial.output(["restart", "--with-targets", "web"]);
  const stop = "systemctl stop drbd-services@web.target";
  assert.deepEqual(await trial.calls(), [reload, away, stop, reload, back]);
});

ctlTest("restart gives a file back whatever happens", NODE, async (trial) => {
  await trial.put("do/reload", "exit 1");
  assert.equal((await trial.run(["restart", "web"])).code, 1);
  assert.equal(await there(trial), "db.toml.disabled tools.toml web.toml");
  await trial.put("units/drbdd.service", "ActiveState=inactive\n");
  assert.match((await trial.run(["restart", "web"])).stderr, /is not running: .*\n {2}Next: systemctl start/);
});
