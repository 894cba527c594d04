/** drbddctl on a node with a real systemd, under which drbdd runs. */
import assert from "node:assert/strict";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { line } from "../support/core/events2_text.ts";
import { withoutProgress } from "../support/processes/progress_lines.ts";
import {
  DRBDD,
  type Node,
  type NodeOptions,
  nodeTest,
  noting,
  promotable,
  secondary,
  sleeping,
} from "./promoter/node.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service", "b.service"]\n';
const FILE = "/etc/drbdd.d/web.toml";
const TARGET = "drbd-services@web.target";
const PROMOTE = "drbd-promote@web.service";

const RUNNING: NodeOptions = {
  // Of another resource: drbdd keeps what a promoter needs.
  config: '[[promoter]]\n[promoter.resources.db]\nstart = ["c.service"]\n',
  resources: ["db", "web"],
  files: { ...noting("a"), ...sleeping("b"), [FILE]: WEB },
};

function ctlTest(name: string, options: NodeOptions, fn: (node: Node) => Promise<void>): void {
  nodeTest(`drbddctl ${name}`, options, async (node) => {
    await node.box.output(["ln", "-s", "drbdd", "/usr/sbin/drbddctl"]);
    await fn(node);
  });
}

/** Runs it. What it wrote is without the lines that say that something takes long. */
async function ctl(node: Node, ...args: string[]) {
  const { code, stdout, stderr } = await node.box.run(["drbddctl", ...args], { timeoutMs: DEADLINE_MS });
  return { code, stdout: withoutProgress(stdout), stderr: withoutProgress(stderr) };
}

/** Runs it, and expects that it succeeds. Returns all that it said. */
async function done(node: Node, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await ctl(node, ...args);
  assert.equal(code, 0, `drbddctl ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}

/** Runs `status`, whose exit code says how healthy the node is. Returns all that it said. */
async function shown(node: Node, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await ctl(node, ...args);
  assert.ok([0, 3, 4, 5].includes(code ?? -1), `drbddctl ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout + stderr;
}

/** Waits for drbdd's line of status, which follows what happens a second later, to be this. */
async function statusText(node: Node, expected: RegExp): Promise<void> {
  await node.box.waitFor(`${DRBDD} says ${expected}`, async () => {
    return expected.test(await node.box.property(DRBDD, "StatusText"));
  });
}

const STOPS = ["stop b", "stop a", "secondary-secondary-force web"];

ctlTest("status shows what systemd reports", RUNNING, async (node) => {
  assert.match(
    await shown(node, "status", "-r", "web"),
    /web: Primary nowhere .*\n○ drbd-services@web\.target\n/,
  );
  await node.run("web");
  await statusText(node, /1 Primary here/);
  assert.match(
    await shown(node, "status"),
    /^2 resources: 1 Primary here, 0 elsewhere, 1 nowhere; 1 down\n● drbdd\.service: 2 resources, 1 Primary here, 1 down; db: .*\n\n× db .*\n● web +Primary here\n/,
  );
  const text = await shown(node, "status", "web", "db");
  assert.match(text, /^● drbdd\.service: 2 resources, 1 Primary here, 1 down; db: /);
  const [, ofWeb, ofDb, totals] = text.split("\n\n");
  assert.equal(
    ofWeb,
    `web: Primary on this node  /etc/drbdd.d/web.toml
● drbd-services@web.target
● ├─ drbd-promote@web.service
● ├─ a.service
● └─ b.service`,
  );
  assert.match(ofDb ?? "", /^db: Primary nowhere .*\n○ drbd-services@db\.target\n[^]*× no node is Primary/);
  assert.equal(
    totals,
    "2 resources: 1 Primary here, 0 elsewhere, 1 nowhere; 1 down\n1 needs attention: db\n",
  );
  await node.box.output(["systemctl", "freeze", "b.service"]);
  assert.match(await shown(node, "status", "web"), /● └─ b\.service \(frozen\)\n {2}× frozen: b\.service\n/);
  const { promoter: [, web] } = JSON.parse((await ctl(node, "status", "--json")).stdout);
  assert.deepEqual(web.dependencies[2], { name: "b.service", status: "active", freezer: "frozen" });
  await node.box.output(["systemctl", "thaw", "b.service"]);
  await node.box.output(["systemctl", "kill", "--signal=KILL", "b.service"]);
  await node.reaches(["b.service"], "failed");
  assert.match(
    await shown(node, "status", "-v"),
    /× └─ b\.service \(failed\)\n {2}× b\.service failed\n[^]*Main PID:/,
  );
});

ctlTest("disable --now stops the services, and drbdd leaves them alone", RUNNING, async (node) => {
  await node.run("web");
  await node.drbd.forget();
  const said = await done(node, "disable", "--now", "web");
  assert.match(
    said,
    /Disabled .*web\.toml\.disabled\nConfiguration reloaded\nStopped drbd-services@web\.target\n/,
  );
  await node.does(...STOPS);
  // DRBD would let it run here again, and nobody starts it.
  await node.print(promotable("web"));
  await node.pass(3_000);
  await node.does(...STOPS);
  await done(node, "enable", "web");
  await node.does(...STOPS, "primary web", "start a", "start b");
});

/** What DRBD prints when the peer was promoted after the demotion here. */
const PEER_TAKES_OVER = [
  secondary("web"),
  line("change", "resource", { name: "web", role: "Secondary", may_promote: "no" }),
  line("change", "connection", { name: "web", role: "Primary" }),
].map((each) => `${each}\n`).join("");

ctlTest("evict moves the services to the peer, and gives the target back", RUNNING, async (node) => {
  await node.run("web");
  await node.drbd.forget();
  await node.drbd.announce("web", "secondary", PEER_TAKES_OVER);
  await node.drbd.refuse("web", "primary");
  const said = await done(node, "evict", "web");
  assert.match(
    said,
    /web: its services here are stopped[^]*\nweb: beta took over, \d+ s after the eviction began\n/,
  );
  assert.match(said, /web: unmasked; it can start here again when no peer has it\n$/);
  await node.didOnceUnmasked(...STOPS);
  await node.reaches([TARGET, PROMOTE, "a.service", "b.service"], "inactive inactive inactive inactive");
  assert.equal(await node.box.property(TARGET, "LoadState"), "loaded");
});

ctlTest("evict starts the services here again when no peer takes over", RUNNING, async (node) => {
  await node.run("web");
  await node.drbd.forget();
  const { code, stderr } = await ctl(node, "evict", "--all", "--delay", "1");
  assert.equal(code, 1);
  assert.match(stderr, /web: no peer took over within 1 s; it is started here again\n/);
  assert.match(stderr, /web: unmasked, and active here again\n$/);
  await node.does(...STOPS, "primary web", "start a", "start b");
  await node.reaches([TARGET, PROMOTE, "a.service", "b.service"], "active active active active");
});

ctlTest("evict --keep-masked keeps drbdd from starting them until --unmask", RUNNING, async (node) => {
  await node.run("web");
  await node.drbd.forget();
  await ctl(node, "evict", "--all", "-k", "-d", "1");
  assert.equal(await node.box.property(TARGET, "LoadState"), "masked");
  assert.match(
    await shown(node, "status", "web"),
    /! masked: evicted from this node, does not start here\n {4}Next: .*--unmask web\n/,
  );
  await node.pass(2_000);
  await node.does(...STOPS);
  await done(node, "evict", "--unmask");
  assert.equal(await node.box.property(TARGET, "LoadState"), "loaded");
  await node.does(...STOPS, "primary web", "start a", "start b");
});

ctlTest("start-until starts a part of a disabled file; the way back is as it says", {
  ...RUNNING,
  files: { ...noting("a"), ...sleeping("b"), [`${FILE}.disabled`]: WEB },
}, async (node) => {
  await node.print(promotable("web"));
  await node.drbd.refuseOnce("web", "primary");
  const refused = await ctl(node, "start-until", "a.service", "web");
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /drbd-promote@web\.service is inactive after its start\n {2}Next: drbdadm primary web says why/,
  );
  await node.drbd.forget();

  const said = await done(node, "start-until", "a.service", "web");
  assert.match(said, /^● drbd-promote@web\.service\n● a\.service\n/);
  await node.does("primary web", "start a");
  assert.equal(await node.states(PROMOTE, "a.service", "b.service"), "active active inactive");

  const stop = /^ {2}(systemctl stop .*)$/m.exec(said)?.[1] ?? "";
  await node.box.output(["sh", "-c", stop]);
  await node.does("primary web", "start a", "stop a", "secondary-secondary-force web");
  await node.drbd.forget();

  await done(node, "start-until", "1", "web");
  const back = said.match(/^ {2}(systemctl start .*|drbddctl enable web)(?= {3}#)/gm) ?? [];
  assert.equal(back.length, 2);
  for (const command of back) await node.box.output(["sh", "-c", command]);
  await node.does("primary web", "start a", "start b");
  await node.pass(2_000);
  await node.does("primary web", "start a", "start b");
  assert.match(
    await shown(node, "status", "web"),
    /● drbd-services@web\.target\n● ├─ drbd-promote@web\.service\n● ├─ a\.service\n● └─/,
  );
});
