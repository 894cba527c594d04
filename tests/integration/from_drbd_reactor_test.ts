/** The page docs/from-drbd-reactor.md, carried out: services that drbd-reactor has started run on under drbdd. */
import assert from "node:assert/strict";
import type { ContainerFile } from "./container/container.ts";
import { CONTAINER_NEEDS } from "./container/container.ts";
import { PACKAGE_NEEDS, packages } from "./package/packages.ts";
import { DRBDD, Node, sleeping, withQuorum } from "./promoter/node.ts";
import { requires } from "./require.ts";

const REACTOR = "drbd-reactor.service";
const TARGET = "drbd-services@web.target";
const PROMOTE = "drbd-promote@web.service";
const AGENT = "ocf.rs@agent_web.service";
/** In the order of the start list. */
const SERVICES = ["a.service", AGENT, "b.service"] as const;
const SNIPPET = "/etc/drbd-reactor.d/web.toml";

/** The drop-ins of drbd-reactor 1.11 for this start list, by its source (src/plugin/promoter.rs). */
function dropIns(): Record<string, string> {
  const shim = "/usr/lib/drbd/scripts/drbd-service-shim.sh";
  const services = SERVICES.map((unit, place) => {
    const previous = SERVICES[place - 1];
    const order = previous === undefined ? "" : `Requires = ${previous}\nAfter = ${previous}\n`;
    const agent =
      "[Service]\nEnvironment= OCF_RESKEY_x=1\nEnvironment= AGENT=/usr/lib/ocf/resource.d/test/agent\n";
    const text =
      `[Unit]\nDescription=drbd-reactor controlled %N\nPartOf = ${TARGET}\nBindsTo = ${PROMOTE}\n` +
      `After = ${PROMOTE}\n${order}${unit === AGENT ? agent : ""}`;
    return [`${unit}.d/reactor.conf`, text];
  });
  const files: Record<string, string> = {
    ...Object.fromEntries(services),
    [`${PROMOTE}.d/reactor.conf`]: `[Service]\nExecStop=\nExecStop=${shim} secondary-secondary-force %I\n`,
    [`${TARGET}.d/reactor.conf`]: `[Unit]\n${SERVICES.map((unit) => `Requires = ${unit}\n`).join("")}`,
    [`${TARGET}.d/reactor-50-before.conf`]: `[Unit]\nBefore=${REACTOR}\n`,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`/run/systemd/system/${name}`, text]),
  );
}

/** Stands in for the daemon: on SIGTERM it stops the services if its configuration says so, as the original does. */
const REACTOR_PROGRAM = `#!/bin/sh
grep -q 'stop-services-on-exit = true' ${SNIPPET} && stops=1
trap 'if [ "$stops" ]; then systemctl stop ${TARGET}; fi; exit 0' TERM
systemd-notify --ready
while :; do sleep 1000 & wait; done
`;

/** And for its wrapper of agents, which is another program than drbdd's. */
const REACTOR_WRAPPER = `#!/bin/sh
[ "$1" = stop ] && exec "$AGENT" stop
"$AGENT" start
systemd-notify --ready
exec sleep infinity
`;

const NOTE = "/usr/lib/drbdd-standin/note";
const AGENT_PROGRAM = `#!/bin/sh
case $1 in start | stop) ${NOTE} "$1" "agent $OCF_RESKEY_x" ;; esac
`;

const program = (text: string): ContainerFile => ({ text, mode: 0o755 });

function reactorFiles(config: string): Record<string, ContainerFile> {
  return {
    "/usr/sbin/drbd-reactor": program(REACTOR_PROGRAM),
    "/usr/libexec/drbd-reactor/ocf-rs-wrapper": program(REACTOR_WRAPPER),
    "/usr/lib/ocf/resource.d/test/agent": program(AGENT_PROGRAM),
    [`/lib/systemd/system/${REACTOR}`]:
      "[Service]\nType=notify\nNotifyAccess=all\nExecStart=/usr/sbin/drbd-reactor\n" +
      "[Install]\nWantedBy=multi-user.target\n",
    "/lib/systemd/system/drbd-reactor-reload.path": "[Path]\nPathChanged=/etc/drbd-reactor.d\n" +
      "[Install]\nWantedBy=multi-user.target\n",
    "/lib/systemd/system/drbd-reactor-reload.service":
      `[Service]\nType=oneshot\nExecStart=systemctl restart ${REACTOR}\n`,
    "/lib/systemd/system/ocf.rs@.service": "[Service]\nType=notify\nNotifyAccess=all\n" +
      "ExecStart=/usr/libexec/drbd-reactor/ocf-rs-wrapper start-and-monitor %n\n" +
      "ExecStopPost=/usr/libexec/drbd-reactor/ocf-rs-wrapper stop %n\n",
    "/etc/drbd-reactor.toml": 'snippets = "/etc/drbd-reactor.d"\n',
    [SNIPPET]: config,
    ...dropIns(),
    ...sleeping("a"),
    ...sleeping("b"),
  };
}

const CONFIG = `[[promoter]]
[promoter.resources.web]
start = ["a.service", "ocf:test:agent agent x=1", "b.service"]
`;

/** Commands of a section of the page, as one script for each block. */
async function blocks(section: string): Promise<string[]> {
  const page = await Deno.readTextFile(new URL("../../docs/from-drbd-reactor.md", import.meta.url));
  const [, text = ""] = page.split(`\n## ${section}\n`);
  const [own = ""] = text.split("\n## ");
  const scripts = own.match(/(?:^ {4,}\S.*\n)+(?=\n|$)/gm) ?? [];
  return scripts.filter((script) => /^ +(apt|systemctl|mkdir|drbd|cp|rm)/.test(script));
}

/** Carries out the blocks of a section that contain the given texts, in order; all blocks if none is given. */
async function carryOut(node: Node, section: string, ...contents: string[]): Promise<void> {
  const all = await blocks(section);
  const chosen = contents.length === 0 ? all : contents.map((content) => {
    const [block, ...others] = all.filter((text) => text.includes(content));
    assert.ok(block !== undefined && others.length === 0, `"${section}" needs one block with ${content}`);
    return block;
  });
  for (const block of chosen) {
    const script = block
      // Neither a registry of packages nor the package of drbd-reactor is here.
      .replace(/apt install .*/, "dpkg --install /packages/*.deb")
      .replace(/apt remove drbd-reactor/, REMOVE_REACTOR)
      .replace(/^ *drbd-reactorctl .*/gm, "");
    await node.box.output(["sh", "-e", "-c", script], { timeoutMs: 120_000, env: { SYSTEMD_PAGER: "" } });
  }
}

/** What the blocks of the section "One node" can be recognized by. */
const READ_OLD_FILES = "old-configuration.conf";
const CHANGE_OVER = "enable --now drbdd.service";
const LOOK = "systemctl status drbdd";
const GO_BACK = "enable --now drbd-reactor.service";

const REMOVE_REACTOR = "rm -r /lib/systemd/system/drbd-reactor* /lib/systemd/system/ocf.rs@.service " +
  "/usr/sbin/drbd-reactor /usr/libexec/drbd-reactor";

async function pids(node: Node): Promise<string[]> {
  return await Promise.all(SERVICES.map((unit) => node.box.property(unit, "MainPID")));
}

/** A node on which drbd-reactor has started the services of web. */
function test(name: string, config: string, fn: (node: Node) => Promise<void>): void {
  Deno.test(requires([...CONTAINER_NEEDS, ...PACKAGE_NEEDS], {
    name: `from drbd-reactor: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const { folder } = await packages();
      const files = reactorFiles(config);
      const options = { isInstalled: false, bind: { [folder]: "/packages" }, resources: ["web"], files };
      await using node = await Node.start(options);
      await node.box.output(["systemctl", "enable", "--now", REACTOR, "drbd-reactor-reload.path"]);
      await node.box.output(["systemctl", "start", TARGET]);
      await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
      await node.does("adjust web", "primary web", "start a", "start agent 1", "start b");
      await fn(node);
    },
  }));
}

const running = (node: Node) => node.states(REACTOR, DRBDD, TARGET, ...SERVICES);

test("a cluster's node is moved, back and forth, without a failover", CONFIG, async (node) => {
  const before = await pids(node);
  await carryOut(node, "Before");
  assert.equal(await running(node), "active inactive active active active active");

  await carryOut(node, "One node", READ_OLD_FILES, CHANGE_OVER, LOOK);
  assert.equal(await running(node), "inactive active active active active active");
  // drbddctl reads what the daemon reads.
  assert.match(
    (await node.box.run(["drbddctl", "status", "web"])).stdout,
    /^web: Primary on this node .*drbd-reactor\.d/m,
  );
  await carryOut(node, "One node", GO_BACK);
  assert.equal(await running(node), "active inactive active active active active");
  await carryOut(node, "One node", CHANGE_OVER);
  assert.equal(await running(node), "inactive active active active active active");
  assert.match(await node.box.property(DRBDD, "StatusText"), /1 resource, 1 Primary/);

  await carryOut(node, "When all nodes are moved");
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active active");
  assert.match(
    (await node.box.run(["drbddctl", "status", "web"])).stdout,
    /^web: Primary on this node .*\/etc\/drbdd\.d/m,
  );
  assert.deepEqual(await pids(node), before);
  assert.match(await node.box.property(AGENT, "ExecStopPost"), /\/usr\/lib\/drbdd\/ocf-rs-wrapper/);
  assert.doesNotMatch(
    await node.box.output(["systemctl", "cat", ...SERVICES, TARGET, PROMOTE]),
    /reactor\.conf|reactor-50|libexec/,
  );

  // drbdd manages what it has not started, in the order of its own drop-ins, and with its own wrapper.
  await node.drbd.forget();
  await node.print(withQuorum("web", "no"));
  await node.does("stop b", "stop agent 1", "stop a", "secondary-secondary-force web");
  await node.drbd.forget();
  await node.print(withQuorum("web", "yes"));
  await node.does("primary web", "start a", "start agent 1", "start b");
});

test("with stop-services-on-exit, too", `${CONFIG}stop-services-on-exit = true\n`, async (node) => {
  const before = await pids(node);
  await carryOut(node, "Before");
  await carryOut(node, "One node", READ_OLD_FILES);
  await carryOut(node, "A node with stop-services-on-exit");
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active active");
  await carryOut(node, "When all nodes are moved");
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active active");
  assert.deepEqual(await pids(node), before);
});

test("drbdd never runs beside drbd-reactor: each ends before the other begins", CONFIG, async (node) => {
  await carryOut(node, "Before");
  await carryOut(node, "One node", READ_OLD_FILES);
  await node.box.output(["systemctl", "start", DRBDD]);
  assert.equal(await running(node), "inactive active active active active active");
  const [ended, begun] = await Promise.all([
    node.box.property(REACTOR, "InactiveEnterTimestampMonotonic"),
    node.box.property(DRBDD, "InactiveExitTimestampMonotonic"),
  ]);
  assert.ok(Number(ended) <= Number(begun), `${ended} ${begun}`);
  await node.box.output(["systemctl", "start", REACTOR]);
  assert.equal(await running(node), "active inactive active active active active");
});
