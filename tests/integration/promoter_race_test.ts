/** The promoter on a real systemd: who gets a resource, and in which order its services come and go. */
import assert from "node:assert/strict";
import { say } from "../support/print_line.ts";
import type { ContainerFile } from "./container/container.ts";
import { drbdFiles, type Flavour, FLAVOURS } from "./drbd_units/install.ts";
import { DRBDD, nodeTest, noting, promotable, unit, withQuorum } from "./promoter/node.ts";

const WEB = {
  config: '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service", "b.service"]\n',
  resources: ["web"],
  files: { ...noting("a"), ...noting("b") },
};

for (const flavour of ["9.22", "9.34"] satisfies Flavour[]) {
  nodeTest(
    `drbd-utils ${flavour}: a race that is lost stops and starts nothing, one that is won all in order`,
    {
      ...WEB,
      flavour,
    },
    async (node) => {
      await node.drbd.refuseOnce("web", "primary");
      await node.print(promotable("web"));
      await node.said("web: not started here");
      assert.deepEqual(await node.story(), ["adjust web", "primary web: 11"]);
      await node.drbd.forget();
      // A node that is restarted need not wait for 20 s after what it has forgotten.
      await node.box.output(["systemctl", "restart", "drbdd.service"]);
      await node.does("primary web", "start a", "start b");
      await node.said("web: start: done");
      assert.equal(
        await node.states("drbd-services@web.target", "a.service", "b.service"),
        "active active active",
      );
      await node.drbd.forget();
      await node.print(withQuorum("web", "no"));
      await node.does("stop b", "stop a", "secondary-secondary-force web");
      await node.said("web: stop: done");
      assert.equal(await node.drbd.role("web"), "Secondary");
      const dropIn = await node.box.readFile("/run/systemd/system/drbd-promote@web.service.d/drbdd.conf");
      assert.ok(dropIn.includes(`ExecStop=${FLAVOURS[flavour].shim} secondary-secondary-force %I\n`), dropIn);
    },
  );
}

const NOTE = "/usr/lib/drbdd-standin/note";

nodeTest("shell runner: a race that is lost stops and starts nothing, one that is won all in order", {
  config: `[[promoter]]
[promoter.resources.web]
runner = "shell"
start = ["drbdadm primary web", "${NOTE} start a", "${NOTE} start b"]
stop = ["${NOTE} stop b", "${NOTE} stop a", "drbdadm secondary web"]
`,
  resources: ["web"],
}, async (node) => {
  const roles = async () =>
    (await node.drbd.calls()).filter(({ program, code }) => program === "drbdadm" && code !== undefined)
      .map(({ args, code }) => `${args} ${code}`).filter((call) => /^(primary|secondary)/.test(call));
  await node.drbd.refuseOnce("web", "primary");
  await node.print(promotable("web"));
  await node.said("web: not started here");
  assert.deepEqual([await node.story(), await roles()], [[], ["primary web 11"]]);
  await node.box.output(["systemctl", "restart", DRBDD]);
  await node.said("web: start: done");
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: done");
  await node.does("start a", "start b", "stop b", "stop a");
  assert.deepEqual(await roles(), ["primary web 11", "primary web 0", "secondary web 0"]);
});

nodeTest("drbdd killed in the middle of a start: the start goes on, and the next drbdd manages it", {
  config: '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service", "slow.service", "b.service"]\n',
  resources: ["web"],
  files: {
    ...noting("a"),
    ...unit(
      "slow",
      "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done'\n",
    ),
    ...noting("b"),
  },
}, async (node) => {
  await node.print(promotable("web"));
  await node.began("start a");
  await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
  const place = (await node.log()).length;
  await node.box.output(["kill", "-KILL", await node.box.property(DRBDD, "MainPID")]);
  // The target is ordered before drbdd: systemd starts that again when the start of the target has ended.
  await node.box.output(["touch", "/run/go"]);
  await node.said("The state of all resources is known", place);
  await node.began("start b");
  await node.reaches(["drbd-services@web.target"], "active");
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: done", place);
  await node.does(
    ...["adjust web", "primary web", "start a", "start b"],
    ...["stop b", "stop a", "secondary-secondary-force web"],
  );
});

/** Its start does not end by itself. */
const ENDLESS = unit("slow", "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sleep infinity\n");

nodeTest("while a start of A does not end, B starts and stops, and A can be stopped", {
  config: `[[promoter]]
[promoter.resources.a]
start = ["before.service", "slow.service"]
[promoter.resources.b]
start = ["b.service"]
`,
  resources: ["a", "b"],
  files: { ...noting("before"), ...ENDLESS, ...noting("b") },
}, async (node) => {
  await node.print(promotable("a"));
  await node.pass(100);
  const allowedMs = await node.print(promotable("b"));
  say(`B's first service began ${await node.began("start b") - allowedMs} ms after B was allowed to promote`);
  await node.said("b: start: done");
  await node.pass(1_000);
  const lostMs = await node.print(withQuorum("b", "no"));
  const began = await node.began("stop b") - lostMs;
  say(`B's stop began ${began} ms after the line of drbdsetup, while A was starting`);
  await node.reaches(["slow.service", "b.service"], "activating inactive");
  await node.print(withQuorum("a", "no"));
  await node.said("a: stop: done");
  assert.equal(
    await node.states("slow.service", "before.service", "drbd-promote@a.service"),
    "failed inactive inactive",
  );
  const story = await node.story();
  const ofA = ["adjust a", "primary a", "start before", "stop before", "secondary-secondary-force a"];
  assert.deepEqual(story.filter((deed) => ofA.includes(deed)), ofA);
  const ofB = ["adjust b", "primary b", "start b", "stop b", "secondary-secondary-force b"];
  assert.deepEqual(story.filter((deed) => ofB.includes(deed)), ofB);
});

/** As long as DRBD allows, and nearly as systemd does, which makes four letters of each hyphen. */
const LONG = "a-".repeat(31) + "b".repeat(65);
const NAMES = ["db-main", "a+b_c-d.e", ".hidden", "größe", "R2", LONG];

nodeTest("resources with all legal characters in their names", {
  config: NAMES.map((name, place) =>
    `[[promoter]]\n[promoter.resources."${name}"]\nstart = ["s${place}.service"]\non-drbd-demote-failure = "exit"\n`
  ).join(""),
  resources: NAMES,
  files: Object.assign({}, ...NAMES.map((_name, place) => noting(`s${place}`))),
}, async (node) => {
  await node.run(...NAMES);
  for (const name of NAMES) assert.equal(await node.drbd.role(name), "Primary", name);
  const units =
    (await node.box.output(["systemctl", "list-units", "--plain", "--no-legend", "drbd-services@*"]))
      .trim().split("\n").map((each) => each.split(" ")[0] ?? "");
  const escaped = await node.box.output(["systemd-escape", "--template=drbd-services@.target", ...NAMES]);
  assert.deepEqual(units.sort(), escaped.trim().split(" ").sort());
  await node.print(...NAMES.map((name) => withQuorum(name, "no")));
  for (const name of NAMES) await node.said(`${name}: stop: done`);
  for (const name of NAMES) assert.equal(await node.drbd.role(name), "Secondary", name);
  const calls = await node.story();
  for (const [place, name] of NAMES.entries()) {
    const order = [
      `primary ${name}`,
      `start s${place}`,
      `stop s${place}`,
      `secondary-secondary-force ${name}`,
    ];
    assert.deepEqual(calls.filter((call) => order.includes(call)), order);
  }
});

nodeTest("the shim is found where drbd-utils have it, wherever that is", {
  ...WEB,
  files: { ...WEB.files, ...await movedShim("/opt/drbd/lib/drbd/scripts/drbd-service-shim.sh") },
}, async (node) => {
  await node.run("web");
  await node.print(withQuorum("web", "no"));
  await node.does(
    "adjust web",
    "primary web",
    "start a",
    "start b",
    "stop b",
    "stop a",
    "secondary-secondary-force web",
  );
  const dropIn = await node.box.readFile("/run/systemd/system/drbd-promote@web.service.d/drbdd.conf");
  assert.match(
    dropIn,
    /^ExecStop=\/opt\/drbd\/lib\/drbd\/scripts\/drbd-service-shim\.sh secondary-secondary-force %I$/m,
  );
});

nodeTest("drbdsetup killed, and drbdd killed: no service is touched, whatever is set", {
  ...WEB,
  config: `${WEB.config}stop-services-on-exit = true\n`,
}, async (node) => {
  await node.run("web");
  await node.drbd.forget();
  await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
  let place = (await node.log()).length;
  await node.box.output(["sh", "-c", `kill -KILL $(pgrep -f "[d]rbdsetup events2")`]);
  place = await node.said("The state of all resources is known", place);
  const pid = await node.box.property(DRBDD, "MainPID");
  await node.box.output(["kill", "-KILL", pid]);
  await node.said("The state of all resources is known", place);
  assert.notEqual(await node.box.property(DRBDD, "MainPID"), pid);
  await node.pass(1_000);
  assert.deepEqual(await node.story(), []);
  assert.equal(
    await node.states("a.service", "b.service", "drbd-services@web.target"),
    "active active active",
  );
  // The one that was started manages them.
  await node.print(withQuorum("web", "no"));
  await node.does("stop b", "stop a", "secondary-secondary-force web");
});

/** The units and the shim of drbd-utils that were built with another prefix. */
async function movedShim(path: string): Promise<Record<string, ContainerFile>> {
  const files = Object.entries(await drbdFiles("9.34"));
  const usual = FLAVOURS["9.34"].shim;
  const moved = files.map(([place, file]): [string, ContainerFile] =>
    place === usual ? [path, file] : [place, typeof file === "string" ? file.replaceAll(usual, path) : file]
  );
  return { ...Object.fromEntries(moved), [usual]: { text: "#!/bin/sh\nexit 77\n", mode: 0o755 } };
}
