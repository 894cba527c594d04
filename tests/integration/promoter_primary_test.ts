/** Whose Primary it is, on a real systemd: an administrator's is left alone, drbdd's own is managed by every later drbdd. */
import assert from "node:assert/strict";
import { line } from "../support/core/events2_text.ts";
import { DRBDD, type Node, nodeTest, noting, secondary, withQuorum } from "./promoter/node.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
const LEFT_ALONE = "web: wait: the resource is Primary here, but drbdd did not promote it";
const MARK = "/run/drbdd/promoted/web";
/** Long enough for a start to begin, if one were due. */
const WATCH_MS = 3_000;

const RUNNERS = {
  systemd: 'start = ["a.service"]\n',
  shell: `runner = "shell"
start = ["drbdadm primary web", "${NOTE} start a"]
stop = ["${NOTE} stop a", "drbdadm secondary web"]
`,
};

function table(runner: keyof typeof RUNNERS, more = ""): string {
  return `[[promoter]]\n[promoter.resources.web]\n${RUNNERS[runner]}${more}`;
}

const PRIMARY = { web: { role: "Primary", may_promote: "no" } };

/** drbdd is restarted where DRBD has the resource Primary; returns the place in the log before that. */
async function restart(node: Node): Promise<number> {
  await node.nextDump(PRIMARY);
  const place = (await node.log()).length;
  await node.box.output(["systemctl", "restart", DRBDD]);
  return place;
}

/** It is said once since `place`, and nothing is started. */
async function isLeftAlone(node: Node, place: number): Promise<void> {
  await node.said(LEFT_ALONE, place);
  await node.pass(WATCH_MS);
  const lines = (await node.log()).slice(place);
  assert.equal(lines.filter((each) => each.includes(LEFT_ALONE)).length, 1, lines.join("\n"));
  const deeds = (await node.story()).filter((each) => /^(start|stop|secondary)/.test(each));
  assert.deepEqual(deeds, [], lines.join("\n"));
  const { stdout, stderr } = await node.box.run(["/usr/sbin/drbdd", "ctl", "explain", "web"]);
  assert.match(`${stdout}${stderr}`, /web is Primary here, but drbdd did not promote it .*left alone/);
}

const hasMark = async (node: Node) => (await node.box.run(["test", "-e", MARK])).code === 0;

for (const runner of ["systemd", "shell"] as const) {
  nodeTest(
    `an administrator's Primary is left alone by a drbdd that is restarted, and by a changed table, with the ${runner} runner`,
    { config: table(runner), resources: ["web"], files: noting("a") },
    async (node) => {
      await node.box.output(["drbdadm", "primary", "web"]);
      await isLeftAlone(node, 0);
      await isLeftAlone(node, await restart(node));
      const place = (await node.log()).length;
      await node.reload(table(runner, "sleep-before-promote-factor = 2.0\n"));
      await isLeftAlone(node, place);
      // What drbdd promotes after that is its own.
      await node.print(secondary("web"));
      await node.said("web: start: done", place);
      assert.equal(await hasMark(node), runner === "shell");
    },
  );

  nodeTest(
    `services of drbdd's own promotion are managed by a drbdd that is restarted, and by a changed table, with the ${runner} runner`,
    { config: table(runner), resources: ["web"], files: noting("a") },
    async (node) => {
      await node.run("web");
      assert.equal(await hasMark(node), runner === "shell");
      const restarted = await restart(node);
      await node.said("web: found running", restarted);
      assert.equal(await hasMark(node), runner === "shell");
      const reloaded = (await node.log()).length;
      await node.reload(table(runner, "sleep-before-promote-factor = 2.0\n"));
      await node.said("web: found running", reloaded);
      await node.print(withQuorum("web", "no"));
      await node.said("web: stop: done", reloaded);
      assert.equal(await node.drbd.role("web"), "Secondary");
      assert.equal(await hasMark(node), false);
      const lines = (await node.log()).join("\n");
      assert.ok(!lines.includes(LEFT_ALONE), lines);
    },
  );
}

nodeTest(
  "a Primary that a failed demotion left is demoted by a drbdd that is restarted; one that an administrator makes later is not",
  { config: table("systemd"), resources: ["web"], files: noting("a") },
  async (node) => {
    const secondaryOnly = line("change", "resource", { name: "web", role: "Secondary", may_promote: "no" });
    await node.run("web");
    await node.drbd.announce("web", "secondary", `${secondaryOnly}\n`);
    for (const step of ["secondary", "secondary-force"] as const) await node.drbd.refuse("web", step);
    await node.print(withQuorum("web", "no"));
    await node.said("web: the services are stopped, but the resource is still Primary");
    assert.equal(await node.states("drbd-promote@web.service"), "failed");
    await node.nextDump(PRIMARY);
    await node.print(withQuorum("web", "no"));
    const place = (await node.log()).length;
    await node.box.output(["systemctl", "restart", DRBDD]);
    const after = await node.said("web: stop: an earlier stop has left something behind", place);
    await node.said("web: the services are stopped, but the resource is still Primary", after);
    await node.drbd.accept("web", "secondary");
    await node.box.waitFor("the demotion", async () => await node.drbd.role("web") === "Secondary");
    await node.box.waitFor("the mark to go", async () => !await hasMark(node));
    // The unit has failed anyway: what it says is old.
    assert.equal(await node.states("drbd-promote@web.service"), "failed");
    await node.drbd.forget();
    const own = (await node.log()).length;
    await node.box.output(["drbdadm", "primary", "web"]);
    await isLeftAlone(node, own);
    await isLeftAlone(node, await restart(node));
    assert.equal(await node.drbd.role("web"), "Primary");
  },
);
