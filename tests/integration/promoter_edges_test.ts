/** The promoter on a real systemd where drop-ins vanish, units are skipped, and systemd is busy with something else. */
import assert from "node:assert/strict";
import { DUMP_END, line } from "../support/core/events2_text.ts";
import { say } from "../support/print_line.ts";
import {
  DRBDD,
  type Node,
  nodeTest,
  noting,
  primary,
  promotable,
  secondary,
  sleeping,
  unit,
  withQuorum,
} from "./promoter/node.ts";

const table = (more = "", start = '"a.service", "b.service"') =>
  `[[promoter]]\n[promoter.resources.web]\nstart = [${start}]\n${more}`;
const WEB = { config: table(), resources: ["web"], files: { ...noting("a"), ...noting("b") } };
const RELOADS = 'journalctl --no-pager --output=cat _PID=1 | grep -cE "^(Reloading|Reexecuting)" || true';
const TARGET = "drbd-services@web.target";

nodeTest(
  "drop-ins that vanished are put back before a race that is lost, and nothing runs",
  WEB,
  async (node) => {
    await node.box.output(["systemctl", "revert", "b.service"]);
    await node.drbd.refuse("web", "primary");
    await node.drbd.forget();
    await node.print(promotable("web"));
    await node.said("web: not started here: ");
    assert.equal(await node.states(TARGET, "a.service", "b.service"), "inactive inactive inactive");
    assert.deepEqual(await node.story(), ["adjust web", "primary web: 11"]);
    assert.match(await node.box.property("b.service", "DropInPaths"), /b\.service\.d\/drbdd\.conf/);
  },
);

nodeTest("drop-ins that vanished are put back before a start, and all stops in order", WEB, async (node) => {
  await node.box.output(["systemctl", "revert", "b.service"]);
  await node.box.output(["rm", "-r", "/run/systemd/system/a.service.d"]);
  await node.run("web");
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: done");
  await node.does(
    ...["adjust web", "primary web", "start a", "start b"],
    ...["stop b", "stop a", "secondary-secondary-force web"],
  );
});

nodeTest(
  "drbdd has systemd read its units again only where systemd knows them otherwise",
  WEB,
  async (node) => {
    const reloads = async () => (await node.box.output(["sh", "-c", RELOADS])).trim();
    await node.run("web");
    const before = await reloads();
    await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
    const place = (await node.log()).length;
    await node.box.output(["systemctl", "restart", DRBDD]);
    await node.print(withQuorum("web", "no"));
    await node.said("web: stop: done", place);
    assert.equal(await reloads(), before);
  },
);

nodeTest(
  "a unit that runs where the resource is not Primary is complained of, with the command that stops it",
  WEB,
  async (node) => {
    // Nothing binds it any more.
    await node.box.output(["systemctl", "revert", "b.service"]);
    await node.box.output(["systemctl", "start", "b.service"]);
    await node.said(
      /web: b\.service active, but the resource is not Primary .* systemctl stop b\.service/,
    );
  },
);

nodeTest("a unit that is just being started is frozen as soon as it is up", {
  ...WEB,
  config: table('on-quorum-loss = "freeze"\non-service-failure = "restart"\n'),
  files: {
    ...noting("a"),
    ...unit("b", "ExecStartPre=/bin/sleep 2\nExecStart=/bin/sleep infinity\nRestart=no\n"),
  },
}, async (node) => {
  await node.run("web");
  await node.box.output(["systemctl", "kill", "--signal=KILL", "b.service"]);
  await node.said("web: restart b.service");
  await node.print(withQuorum("web", "no"));
  await node.said("web: freeze: done");
  assert.equal(await node.box.property("b.service", "FreezerState"), "frozen");
  await node.print(withQuorum("web", "yes"));
  await node.said("web: thaw: done");
  assert.equal(await node.box.property("b.service", "FreezerState"), "running");
});

nodeTest("what cannot be frozen within 10 s is stopped", {
  ...WEB,
  config: table('on-quorum-loss = "freeze"\non-service-failure = "restart"\n'),
  files: {
    ...noting("a"),
    ...unit(
      "b",
      "ExecStartPre=/bin/sh -c 'test ! -e /run/slow || sleep 1000'\nExecStart=/bin/sleep infinity\n",
    ),
  },
}, async (node) => {
  await node.run("web");
  await node.box.output(["touch", "/run/slow"]);
  await node.box.output(["systemctl", "kill", "--signal=KILL", "b.service"]);
  await node.said("web: restart b.service");
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: quorum is lost, and they cannot be frozen");
  await node.said("web: stop: done");
  assert.equal(await node.states(TARGET, "a.service"), "inactive inactive");
});

const TICKS = "/run/ticks";

const C_ENDED = "/run/c-ended";

nodeTest("a frozen service does nothing more until its own stop begins", {
  ...WEB,
  config: table('on-quorum-loss = "freeze"\n', '"a.service", "tick.service", "c.service"'),
  files: {
    ...sleeping("a"),
    ...unit(
      "tick",
      `ExecStart=/bin/sh -c 'while :; do read -r now _ </proc/uptime; echo $now >>${TICKS}; sleep 0.02; done'\n`,
    ),
    // It takes its time to stop, and goes first.
    ...unit(
      "c",
      "ExecStart=/bin/sleep infinity\nExecStop=/bin/sleep 1\n" +
        `ExecStopPost=/bin/sh -c 'read -r now _ </proc/uptime; echo $now >${C_ENDED}'\n`,
    ),
  },
}, async (node) => {
  await node.run("web");
  await node.print(withQuorum("web", "no"));
  await node.said("web: freeze: done");
  const before = await node.box.readFile(TICKS);
  await node.print(secondary("web"));
  await node.said("web: stop: done");
  // systemd thaws a unit when its stop begins, and signals it right after that: a loop may get to one more turn.
  const more = (await node.box.readFile(TICKS)).slice(before.length).split("\n").filter((tick) =>
    tick !== ""
  );
  const endedS = Number(await node.box.readFile(C_ENDED));
  assert.deepEqual(more.filter((tick) => Number(tick) < endedS), []);
  assert.equal(await node.states("a.service", "tick.service", "c.service"), "inactive inactive inactive");
});

nodeTest("a unit that a condition holds back did not start: it is said which, and by what", {
  ...WEB,
  files: {
    ...noting("a"),
    "/etc/systemd/system/b.service":
      "[Unit]\nConditionPathExists=/srv/wanted\n[Service]\nType=oneshot\nRemainAfterExit=yes\n" +
      "ExecStart=/usr/lib/drbdd-standin/note start b\n",
  },
}, async (node) => {
  await node.print(promotable("web"));
  await node.said("web: incomplete: b.service does not run: ConditionPathExists=/srv/wanted was not met");
  assert.equal(await node.states(TARGET, "a.service", "b.service"), "active active inactive");
  await node.box.output(["mkdir", "-p", "/srv/wanted"]);
  await node.box.output(["systemctl", "start", "b.service"]);
  await node.said("web: complete: all units of the start list were started");
});

nodeTest("a unit that a condition holds back is one that failed, for on-service-failure", {
  ...WEB,
  config: table('on-service-failure = "fail-over"\n', '"a.service", "b.service", "through.service"'),
  files: {
    ...noting("a"),
    ...unit("through", "Type=oneshot\nExecStart=/bin/true\n"),
    "/etc/systemd/system/b.service":
      "[Unit]\nConditionPathExists=/srv/no\n[Service]\nExecStart=/bin/sleep 99\n",
  },
}, async (node) => {
  await node.print(promotable("web"));
  await node.said("web: stop: b.service failed");
  await node.said("web: stop: done");
  const log = (await node.log()).join("\n");
  assert.doesNotMatch(log, /through\.service/);
});

nodeTest("systemd that re-executes itself during a start: the start goes on", {
  ...WEB,
  config: table("", '"a.service", "slow.service", "b.service"'),
  files: { ...WEB.files, ...unit("slow", "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep 4\n") },
}, async (node) => {
  await node.print(promotable("web"));
  await node.began("start a");
  await node.box.output(["systemctl", "daemon-reexec"]);
  await node.said("web: start: done");
  await node.does("adjust web", "primary web", "start a", "start b");
  assert.doesNotMatch((await node.log()).join("\n"), /failed/);
});

nodeTest("systemd that re-executes itself during a stop: the stop is waited for, and is no failure", {
  ...WEB,
  files: {
    ...noting("a"),
    ...unit(
      "b",
      "ExecStart=/bin/sleep infinity\nExecStop=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done'\n",
    ),
  },
}, async (node) => {
  await node.run("web");
  await node.print(withQuorum("web", "no"));
  await node.reaches(["b.service"], "deactivating");
  await node.box.output(["systemctl", "daemon-reexec"]);
  await node.box.output(["touch", "/run/go"]);
  await node.said("web: stop: done");
  await node.does("adjust web", "primary web", "start a", "stop a", "secondary-secondary-force web");
  assert.doesNotMatch((await node.log()).join("\n"), /stop failed/);
});

const ONCE = "/bin/sh -c 'test -e /run/ok || { touch /run/ok; exit 1; }'";

nodeTest("a first unit that fails once at the start is restarted, and the rest of the list is started then", {
  ...WEB,
  config: table('target-as = "Wants"\non-service-failure = "restart"\n'),
  files: { ...noting("b"), ...unit("a", `Type=oneshot\nRemainAfterExit=yes\nExecStart=${ONCE}\n`) },
}, async (node) => {
  await node.print(promotable("web"));
  await node.said("web: restart: done");
  await node.reaches([TARGET, "a.service", "b.service"], "active active active");
});

nodeTest(
  "a drbdd that begins where services run without quorum stops them before anything else",
  WEB,
  async (node) => {
    await node.run("web");
    await node.box.output(["systemctl", "kill", "--kill-who=main", "--signal=KILL", DRBDD]);
    // Its drop-ins are others now: systemd has to read them again, and is busy with that.
    await node.configure(table('dependencies-as = "BindsTo"\n'));
    await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
    await node.print(primary("web"), withQuorum("web", "no"));
    const place = (await node.log()).length;
    await node.said("web: stop: done", place);
    const journal = () => node.box.output(["journalctl", "--no-pager", "--output=cat"]);
    const decided = (await journal()).lastIndexOf("web: stop: quorum is lost");
    assert.ok(decided >= 0);
    const before = (await journal()).slice(0, decided);
    assert.ok(before.lastIndexOf("Reloading.") < before.lastIndexOf("Starting drbdd"), before);
    await node.box.waitFor("the reload", async () => (await journal()).indexOf("Reloading.", decided) > 0);
  },
);

nodeTest(
  "drbdd that is killed while quorum is lost stops the services before systemd reads its units again, slow as that is",
  WEB,
  async (node) => {
    await node.run("web");
    // From here on a reload takes 3 s, in which systemd does nothing else, and there is a reason for one.
    await node.box.output(["sh", "-c", SLOW_RELOAD]);
    await node.drbd.replaceEvents(
      [
        line("exists", "resource", { name: "web", role: "Primary", may_promote: "no" }),
        line("exists", "connection", { name: "web", connection: "Connecting", role: "Unknown" }),
        line("exists", "device", { name: "web", quorum: "no" }),
        DUMP_END,
      ].map((each) => `${each}\n`).join(""),
    );
    const pid = await node.box.property(DRBDD, "MainPID");
    const kill = `read -r now _ </proc/uptime; kill -9 ${pid}; echo "$now"`;
    const killedMs = Number(await node.box.output(["sh", "-c", kill])) * 1_000;
    const stoppedMs = await node.began("stop b");
    say(`drbdd killed, quorum lost: the stop begins after ${Math.round(stoppedMs - killedMs)} ms`);
    await node.box.waitFor("the reload", async () => (await manager(node)).some(isReload));
    const journal = await manager(node);
    const [stop, reload] = [
      journal.findIndex((each) => /^Stopping b\.service/.test(each)),
      journal.findIndex(isReload),
    ];
    assert.ok(stop >= 0 && stop < reload, journal.join("\n"));
    await node.reaches([TARGET, "a.service", "b.service"], "inactive inactive inactive");
  },
);

const SLOW_RELOAD = `mkdir -p /etc/systemd/system-generators && cd /etc/systemd/system-generators &&
  printf '#!/bin/sh\\nsleep 3\\n' >slow && chmod 755 slow && touch /etc/systemd/system/b.service`;

/** What systemd says of itself. */
async function manager(node: Node): Promise<string[]> {
  return (await node.box.output(["journalctl", "--no-pager", "--output=cat", "_PID=1"])).split("\n");
}

const isReload = (text: string) => /^Reloading/.test(text);
