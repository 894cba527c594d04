/** What drbddctl shows of a node, from a real systemd and its journal. */
import assert from "node:assert/strict";
import { type Node, nodeTest, noting, promotable } from "./promoter/node.ts";

const CONFIG = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';
/** Where drbdd keeps its decisions; without it the journal is asked. */
const KEPT = "/run/drbdd/decisions.json";
const DECIDED = " {2}\\S+ {2}start: DRBD may promote here\n";
const RECORDING = "/root/web.events2";

/** drbddctl in the container. */
async function ctl(node: Node, ...args: string[]): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await node.box.run(["/usr/sbin/drbdd", "ctl", ...args]);
  return { code, text: `${stdout}${stderr}` };
}

nodeTest("drbddctl explains where the services run, from the units and the journal", {
  config: CONFIG,
  resources: ["web"],
  files: noting("web"),
}, async (node) => {
  const idle = await ctl(node, "explain", "-v", "web");
  assert.match(idle.text, /^× web runs nowhere: DRBD does not allow a promotion here/);
  assert.match(idle.text, /^ {2}✓ drbdd +runs$/m);
  assert.match(idle.text, /services +drbd-services@web\.target is inactive$/m);

  await node.run("web");
  await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
  await node.box.waitFor("the decisions that drbdd keeps", async () => {
    return (await node.box.run(["grep", "--quiet", "start: DRBD may promote here", KEPT])).code === 0;
  });
  const running = await ctl(node, "explain", "web");
  assert.match(running.text, /^● web runs here/);
  assert.match(running.text, /✓ in order +configuration, drbdd, .*services$/m);
  assert.match(running.text, new RegExp(`^Last decisions, from drbdd:\n${DECIDED}`, "m"));

  await node.box.output(["systemctl", "stop", "drbdd.service"]);
  await node.box.output(["rm", KEPT]);
  const alone = await ctl(node, "explain", "web");
  assert.match(
    alone.text,
    new RegExp(`^Last decisions, from the journal .*:\n${DECIDED} {2}\\S+ {2}start: done\n`, "m"),
  );
  assert.match(alone.text, /× drbdd +does not run: nothing is started or stopped$/m);
});

nodeTest("drbddctl check --system reports what keeps a service from starting, and its remedy fixes it", {
  config: CONFIG,
  resources: ["web"],
  files: { "/lib/systemd/system/web.service": "[Service]\nExecStart=/bin/true\n" },
}, async (node) => {
  await node.box.output(["systemctl", "enable", "--quiet", "drbdd.service"]);
  await node.box.output(["systemctl", "mask", "--quiet", "web.service"]);
  const bad = await ctl(node, "check", "--system");
  assert.equal(bad.code, 2, bad.text);
  assert.match(bad.text, /^error: web: web\.service is masked: it cannot be started$/m);

  const [, remedy = ""] = /^ {2}Next: (systemctl unmask .*)$/m.exec(bad.text) ?? [];
  await node.box.output(remedy.split(" "));
  const good = await ctl(node, "check", "--system");
  assert.equal(good.code, 0, good.text);
  assert.match(good.text, /^● 2 files and this node: /m);
});

nodeTest("what drbddctl recorded of a node is replayed to the decisions that its drbdd took", {
  config: CONFIG,
  resources: ["web"],
  files: noting("web"),
}, async (node) => {
  const recorded = node.box.run([
    "sh",
    "-c",
    `echo $$ >/root/pid; exec /usr/sbin/drbdd ctl record ${RECORDING}`,
  ]);
  await node.box.waitFor("the recording", async () => {
    return (await node.box.run(["grep", "--quiet", "exists -", RECORDING])).code === 0;
  });
  await node.print(promotable("web"));
  await node.said("web: start: done");
  await node.box.waitFor("the promotion in the recording", async () => {
    return (await node.box.run(["grep", "--quiet", "role:Primary", RECORDING])).code === 0;
  });
  await node.box.output(["sh", "-c", "kill $(cat /root/pid)"]);
  await recorded;
  const { text } = await ctl(node, "replay", RECORDING);
  const decided = (await node.log()).flatMap((line) => /^promoter: web: (.*)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(decided, ["start: DRBD may promote here", "start: done"]);
  assert.match(
    text,
    new RegExp(`  web  → ${decided[0]}\n(?:.*\n)*.*  web  ${decided[1]}, as the recording shows`),
  );
});
