/** The promoter on a real systemd: what it does when something fails, on this node or between the nodes. */
import assert from "node:assert/strict";
import { nodeTest, noting, promotable, secondary, sleeping, unit, withQuorum } from "./promoter/node.ts";

const FREEZING = {
  config: `[[promoter]]
[promoter.resources.web]
start = ["a.service", "b.service", "c.service"]
on-quorum-loss = "freeze"
`,
  resources: ["web"],
  files: { ...sleeping("a"), ...noting("b"), ...sleeping("c") },
};
const FROZEN = ["a.service", "c.service"];

nodeTest(
  "frozen on quorum loss, thawed when it is back; stopped when forced to Secondary",
  FREEZING,
  async (node) => {
    const freezer = async () =>
      (await Promise.all(FROZEN.map((name) => node.box.property(name, "FreezerState")))).join(" ");
    // Freezing waits two seconds more before it starts.
    await node.run("web");
    const pids = await Promise.all(FROZEN.map((name) => node.box.property(name, "MainPID")));
    await node.print(withQuorum("web", "no"));
    let place = await node.said("web: freeze: done");
    assert.equal(await freezer(), "frozen frozen");
    // Restarted, it finds them frozen, and goes on.
    await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
    await node.print(withQuorum("web", "no"));
    await node.box.output(["systemctl", "restart", "drbdd.service"]);
    assert.equal(await freezer(), "frozen frozen");
    await node.print(withQuorum("web", "yes"));
    place = await node.said("web: thaw: done", place);
    assert.equal(await freezer(), "running running");
    assert.deepEqual(await Promise.all(FROZEN.map((name) => node.box.property(name, "MainPID"))), pids);
    await node.print(withQuorum("web", "no"));
    place = await node.said("web: freeze: done", place);
    await node.drbd.forget();
    await node.print(secondary("web"));
    await node.said("web: stop: done", place);
    await node.does("stop c", "stop b", "stop a", "secondary-secondary-force web");
    assert.equal(await freezer(), "running running");
  },
);

/** Counts up in a file, every 5 ms, and heeds nothing but SIGKILL. */
const TICKING = `#!/usr/bin/perl
$SIG{TERM} = "IGNORE";
open(my $ticks, ">>", "/run/ticks.$ARGV[0]") or die;
while (1) { syswrite $ticks, "."; select undef, undef, undef, 0.005; }
`;
const NOTE = "/usr/lib/drbdd-standin/note";
const TICKERS = ["deaf", "tool"];

nodeTest(
  "what is frozen when the node is forced to Secondary runs no more, and its commands for the stop do",
  {
    config: FREEZING.config.replace(
      /start = .*/,
      `start = ${JSON.stringify(TICKERS.map((each) => `${each}.service`))}`,
    ),
    resources: ["web"],
    files: {
      "/usr/local/bin/tick": { text: TICKING, mode: 0o755 },
      ...unit(
        "deaf",
        `ExecStart=/usr/local/bin/tick deaf\nExecStopPost=${NOTE} stop deaf\nRestart=always\nTimeoutStopSec=30\n`,
      ),
      // Waits for the service to end, as those of databases do.
      ...unit(
        "tool",
        `ExecStart=/usr/local/bin/tick tool\nExecStop=sh -c 'while kill -0 $MAINPID; do sleep 0.05; done; ${NOTE} stop tool'\n` +
          "Restart=always\nTimeoutStopSec=30\n",
      ),
    },
  },
  async (node) => {
    const ticks = async () =>
      await Promise.all(
        TICKERS.map(async (each) => (await node.box.peek(`/run/ticks.${each}`))?.length ?? 0),
      );
    await node.run("web");
    await node.box.waitFor("ticks", async () => (await ticks()).every((count) => count > 10));
    await node.print(withQuorum("web", "no"));
    const place = await node.said("web: freeze: done");
    const before = await ticks();
    await node.drbd.forget();
    await node.print(secondary("web"));
    await node.said("web: stop: done", place);
    assert.deepEqual(await ticks(), before);
    assert.equal(await node.states("deaf.service", "tool.service"), "inactive inactive");
    await node.does("stop tool", "stop deaf", "secondary-secondary-force web");
    assert.ok(!(await node.log()).some((each) => / failed/.test(each)));
  },
);

nodeTest(
  "a service with a watchdog, which systemd kills while it is frozen, is warned about, and restarted",
  {
    config: FREEZING.config.replace('"c.service"]', '"dog.service"]\ntarget-as = "Wants"'),
    resources: ["web"],
    files: {
      ...FREEZING.files,
      ...unit(
        "dog",
        'Type=notify\nNotifyAccess=all\nWatchdogSec=3\nRestart=on-failure\nExecStart=sh -c "systemd-notify --ready; ' +
          'while sleep 0.2; do systemd-notify WATCHDOG=1; done"\n',
      ),
    },
  },
  async (node) => {
    await node.said(
      'on-quorum-loss is "freeze", but dog.service has WatchdogSec=3: systemd ends it while it is frozen',
    );
    await node.run("web");
    await node.print(withQuorum("web", "no"));
    await node.said("web: freeze: done");
    await node.reaches(["dog.service"], "deactivating");
    await node.print(withQuorum("web", "yes"));
    await node.said("web: dog.service was stopped while it was frozen");
    const place = await node.said("web: thaw: done");
    await node.reaches(["a.service", "dog.service"], "active active");
    // It can be frozen again, though systemd may take it for frozen.
    await node.print(withQuorum("web", "no"));
    await node.said("web: freeze: done", place);
    const group = await node.box.property("dog.service", "ControlGroup");
    assert.match(await node.box.readFile(`/sys/fs/cgroup${group}/cgroup.events`), /^frozen 1$/m);
    await node.print(secondary("web"));
    await node.said("web: stop: done", place);
    assert.match(await node.states("a.service", "dog.service"), /^inactive (inactive|failed)$/);
  },
);

const table = (name: string, start: readonly string[], more: string) =>
  `[[promoter]]\n[promoter.resources.${name}]\nstart = [${
    start.map((each) => `"${each}.service"`)
  }]\n${more}\n`;

const ESCALATION = "drbd-demote-or-escalate@db\\x2dmain.service";

nodeTest("a demotion that fails is forced, and if that fails, too, systemd takes its FailureAction", {
  config: table("soft", ["soft"], "") +
    table("db-main", ["a"], 'on-drbd-demote-failure = "reboot-immediate"'),
  resources: ["soft", "db-main"],
  files: {
    ...noting("soft"),
    ...noting("a"),
    // Of a higher name than that of drbdd, so that the machine stays.
    "/etc/systemd/system/drbd-demote-or-escalate@.service.d/harmless.conf": "[Unit]\nFailureAction=none\n",
  },
}, async (node) => {
  await node.run("soft", "db-main");
  await node.drbd.refuse("soft", "secondary");
  await node.drbd.refuse("db-main", "secondary");
  await node.drbd.refuse("db-main", "secondary-force");
  await node.drbd.forget();
  await node.print(withQuorum("soft", "no"));
  await node.said("soft: stop: done");
  assert.equal(await node.drbd.role("soft"), "Secondary");
  await node.print(withQuorum("db-main", "no"));
  await node.reaches([ESCALATION, "drbd-promote@db\\x2dmain.service"], "failed failed");
  await node.said("db-main: the services are stopped, but the resource is still Primary");
  await node.does(
    ...["stop soft", "secondary-secondary-force soft"],
    ...[
      "stop a",
      "secondary-secondary-force db-main: 11",
      "secondary-secondary-force-or-escalate db-main: 1",
      // What is still Primary when all has stopped is demoted once more.
      "secondary db-main: 11",
    ],
  );
});

nodeTest("a node that cannot be demoted is reset, if that is wanted", {
  config: table("web", ["a"], 'on-drbd-demote-failure = "reboot-immediate"'),
  resources: ["web"],
  files: noting("a"),
}, async (node) => {
  await node.run("web");
  await node.drbd.refuse("web", "secondary");
  await node.drbd.refuse("web", "secondary-force");
  await node.print(withQuorum("web", "no"));
  assert.equal(await node.box.end(), "reboot");
});

/** Seconds are too few to tell chance from order: what was seen to run is looked at again after this. */
const WATCH_MS = 4_500;

/** Commands of the shell runner, whose services are well as long as a file is there. */
const COMMANDS = `[[promoter]]
[promoter.resources.cmd]
runner = "shell"
start = ["drbdadm primary cmd", "touch /run/well"]
stop = ["rm -f /run/well", "drbdadm secondary cmd"]
monitor = "test -e /run/well"
on-service-failure = "fail-over"
`;

nodeTest("a service that dies for good: ignored, restarted up to the limit, or failed over", {
  config: table("ign", ["i1", "i2"], "") +
    table("rst", ["r1", "r2"], 'on-service-failure = "restart"\nservice-failure-limit = 1') +
    table("fov", ["f1", "f2"], 'on-service-failure = "fail-over"') +
    table("bnd", ["b1", "b2"], 'on-service-failure = "fail-over"\ndependencies-as = "BindsTo"') +
    COMMANDS,
  resources: ["ign", "rst", "fov", "bnd", "cmd"],
  files: Object.assign({}, ...["i1", "i2", "r1", "r2", "f1", "f2", "b1", "b2"].map((name) => sleeping(name))),
}, async (node) => {
  const kill = (...units: string[]) => node.box.output(["systemctl", "kill", "--signal=KILL", ...units]);
  await node.run("ign", "rst", "fov", "bnd", "cmd");
  await node.box.removeFile("/run/well");
  await kill("i1.service", "r1.service", "f1.service", "b1.service");
  await node.said("rst: restart r1.service: failed; restart 1 of at most 1 in ten minutes");
  await node.said("fov: stop: f1.service failed");
  await node.said(/fov: wait [56][0-9.]+ s: the services failed here/);
  await node.said("cmd: stop: the services failed");
  await node.said(/cmd: wait [56][0-9.]+ s: the services failed here/);
  // It takes the others along at once, by its dependencies.
  await node.said("bnd: stop: demoted unexpectedly");
  await node.said("bnd: b1.service had failed before");
  await node.said(/bnd: wait [56][0-9.]+ s: the services failed here/);
  await node.reaches(["r1.service", "r2.service", "drbd-services@rst.target"], "active active active");
  await node.pass(WATCH_MS);
  await kill("r1.service");
  const place = await node.said("rst: stop: r1.service failed again after 1 restarts in ten minutes");
  await node.said(/rst: wait [56][0-9.]+ s: the services failed here/, place);
  for (const name of ["rst", "fov", "bnd", "cmd"]) {
    assert.equal(await node.drbd.role(name), "Secondary", name);
  }
  // Nobody wants anything done about it.
  assert.equal(
    await node.states("i1.service", "i2.service", "drbd-services@ign.target"),
    "failed active active",
  );
  assert.equal(await node.drbd.role("ign"), "Primary");
});

nodeTest(
  "a service that systemd starts again, and with it all others and the promotion, is systemd's business",
  {
    config: table("web", ["a", "b"], 'on-service-failure = "fail-over"'),
    resources: ["web"],
    files: { ...sleeping("a", "Restart=on-failure\n"), ...sleeping("b") },
  },
  async (node) => {
    await node.run("web");
    // Long enough to be noticed: what is over within a group of lines is not.
    await node.drbd.delay("web", "primary", 1);
    await node.drbd.forget();
    await node.box.output(["systemctl", "kill", "--signal=KILL", "a.service"]);
    const down = ["stop a", "stop b", "secondary-secondary-force web"];
    await node.does(...down, "primary web", "start a", "start b");
    // In one line where systemd is faster than drbdd.
    await node.said("web: demoted unexpectedly; ");
    await node.said(/web: .*the resource is Primary again/);
    await node.pass(WATCH_MS);
    assert.equal(
      await node.states("a.service", "b.service", "drbd-services@web.target"),
      "active active active",
    );
    assert.deepEqual((await node.log()).filter((line) => /web: (stop|start)/.test(line)).length, 2);
  },
);

/** A mount of memory: its time-out and its options may be such that it comes late, or never. */
const mount = (name: string, type: string, more = "") => ({
  [`/etc/systemd/system/srv-${name}.mount`]: `[Mount]\nWhat=tmpfs\nWhere=/srv/${name}\nType=${type}\n${more}`,
});

nodeTest("a mount is waited for, and one that fails is a start that failed, though systemd's target is up", {
  config: table("late", ["late"], "").replace("late.service", "srv-late.mount") +
    table("bad", ["x", "bad"], "").replace("bad.service", "srv-bad.mount"),
  resources: ["late", "bad"],
  files: {
    ...noting("x"),
    ...mount("late", "slow"),
    ...mount("bad", "tmpfs", "Options=nonsense=1\n"),
    "/sbin/mount.slow": { text: '#!/bin/sh\nsleep 2\nexec mount -t tmpfs tmpfs "$2"\n', mode: 0o755 },
  },
}, async (node) => {
  await node.print(promotable("late"), promotable("bad"));
  await node.said("bad: start failed: srv-bad.mount failed");
  await node.said("bad: stop: done");
  assert.equal(await node.drbd.role("bad"), "Secondary");
  await node.said("late: start: done");
  assert.equal(await node.states("srv-late.mount", "x.service"), "active inactive");
});
