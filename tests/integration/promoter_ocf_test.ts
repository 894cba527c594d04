/** OCF agents in start lists, on a real systemd: the unit ocf.rs@ and its wrapper with an agent that does what a test sets. */
import assert from "node:assert/strict";
import { type Node, nodeTest, noting, promotable, withQuorum } from "./promoter/node.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
const AGENT = "/usr/lib/ocf/resource.d/test/Dummy";
/** Of each instance: what the agent answers, and what it was given. */
const STATE = "/var/lib/dummy";

/** Runs a daemon, and asks a file for the rest: ID.ACTION has an exit status, "slow" or "hang". */
const DUMMY = `#!/bin/sh
id=$OCF_RESKEY_id
note() { [ "$1" = monitor ] || ${NOTE} "$1" "$id"; }
note "$1"
env -0 >"${STATE}/$id.env.$1"
answer=$(cat "${STATE}/$id.$1" 2>/dev/null)
case $answer in
  slow) exec sleep 1000 ;;
  hang) trap '' TERM; while :; do sleep 1000; done ;;
  '') ;;
  *) exit "$answer" ;;
esac
pid=$(cat "${STATE}/$id.pid" 2>/dev/null)
is_running() { [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; }
case $1 in
  start)
    setsid sh -c 'trap "${NOTE} terminated $0" TERM; while :; do sleep 1000 & wait; done' "$id" >/dev/null 2>&1 &
    echo $! >"${STATE}/$id.pid"
    ;;
  monitor) is_running || exit 7 ;;
  stop) [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -f "${STATE}/$id.pid" ;;
esac
exit 0
`;

const FILES = {
  ...noting("before"),
  [AGENT]: { text: DUMMY, mode: 0o755 },
  [`${STATE}/README`]: "",
  "/etc/systemd/system/ocf.rs@.service.d/test.conf":
    "[Service]\nEnvironment=monitor_inverval=1\nEnvironment=monitor_timeout=4\nTimeoutStartSec=8\n",
};

const entry = (id: string, parameters = "") => JSON.stringify(`ocf:test:Dummy ${id} id=${id} ${parameters}`);
const unitOf = (id: string, resource: string) => `ocf.rs@${id}_${resource}.service`;

async function answer(node: Node, id: string, action: string, what: string): Promise<void> {
  await node.box.writeFile(`${STATE}/${id}.${action}`, what);
}

/** For a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;

const TEXT = ` two  words "double" 'single' $HOME \`id\` 100%i \\x41 \\\\ ; & größe`;

nodeTest("an OCF agent is started in its turn, looked after, started again by systemd, and stopped", {
  config: `[[promoter]]
[promoter.resources.db-main]
start = ["before.service", ${entry("vip", `${quoted(`text=${TEXT}`)} empty= flag`)}]
`,
  resources: ["db-main"],
  files: FILES,
}, async (node) => {
  const unit = unitOf("vip", "db\\x2dmain");
  await node.run("db-main");
  assert.equal(await node.states(unit), "active");
  const environment = await node.box.readFile(`${STATE}/vip.env.start`);
  const values = new Map(
    environment.split("\0").map((each): [string, string] => {
      const equals = each.indexOf("=");
      return [each.slice(0, equals), each.slice(equals + 1)];
    }),
  );
  assert.equal(values.get("OCF_RESKEY_text"), TEXT);
  assert.equal(values.get("OCF_RESKEY_empty"), "");
  assert.equal(values.get("OCF_RESKEY_flag"), "");
  assert.equal(values.get("OCF_RESOURCE_INSTANCE"), "vip_db-main");
  // Whoever may ask systemd does not learn the parameters, nor who may read /run.
  const everybody = ["runuser", "-u", "nobody", "--"];
  const shown = await node.box.output([...everybody, "systemctl", "show", unit]);
  assert.match(shown, /^Environment=.*AGENT=/m);
  assert.doesNotMatch(shown, /OCF_RESKEY_(text|id|empty|flag)/);
  const searched = await node.box.run([...everybody, "grep", "-rs", "OCF_RESKEY_", "/run/systemd/system"]);
  assert.equal(searched.stdout, "");
  await node.box.waitFor(
    "a monitor",
    async () => (await node.box.run(["test", "-e", `${STATE}/vip.env.monitor`])).code === 0,
  );
  // What it monitors dies: stopped and restarted by systemd.
  await node.box.output(["sh", "-c", `kill -KILL $(cat ${STATE}/vip.pid)`]);
  const up = ["primary db-main", "start before", "start vip"];
  const down = ["stop vip", "stop before", "secondary-secondary-force db-main"];
  await node.does("adjust db-main", ...up, ...down, ...up);
  await node.reaches([unit], "active");
  await node.drbd.forget();
  await node.print(withQuorum("db-main", "no"));
  // The agent stops its daemon in its own way: systemd has not sent it SIGTERM before.
  await node.does(...down);
  await node.said("db-main: stop: done");
  assert.equal(await node.states(unit), "inactive");
});

const UNRULY = ["stubborn", "fails", "stays", "slow"];

nodeTest("OCF agents that hang, fail or leave something are ended, whatever they want, before the demotion", {
  // A unit that is wanted only can be started again alone.
  config: UNRULY.map((id) =>
    `[[promoter]]\n[promoter.resources.${id}]\nstart = [${
      entry(id)
    }]\non-service-failure = "fail-over"\ntarget-as = "Wants"\n`
  ).join(""),
  resources: UNRULY,
  files: FILES,
}, async (node) => {
  await answer(node, "stubborn", "start", "hang");
  await answer(node, "fails", "start", "5");
  await answer(node, "stays", "stop", "0");
  await node.print(...UNRULY.map(promotable));
  for (const id of UNRULY) await node.began(`start ${id}`);
  await node.print(withQuorum("stubborn", "no"));
  // Nothing that another start would fix: it has failed for good.
  await node.said("fails: stop: ocf.rs@fails_fails.service failed");
  // A monitor that does not answer: stopped and started again, by systemd.
  await node.said("slow: start: done");
  await answer(node, "slow", "monitor", "slow");
  await node.began("stop slow");
  await node.box.removeFile(`${STATE}/slow.monitor`);
  await node.reaches([unitOf("slow", "slow")], "active");
  // Its agent says that it has stopped.
  await node.said("stays: start: done");
  const left = (await node.box.readFile(`${STATE}/stays.pid`)).trim();
  await node.print(withQuorum("stays", "no"));
  for (const id of ["stays", "stubborn"]) {
    await node.said(`${id}: stop: done`);
    assert.equal(await node.drbd.role(id), "Secondary");
    assert.notEqual(await node.states(unitOf(id, id)), "active");
  }
  assert.equal((await node.box.run(["test", "-d", `/proc/${left}`])).code, 1);
  const calls = await node.story();
  const of = (id: string) =>
    calls.filter((call) => call.endsWith(` ${id}`) && !/^(adjust|primary)/.test(call));
  for (const id of ["stubborn", "fails", "stays"]) {
    assert.deepEqual(of(id), [`start ${id}`, `stop ${id}`, `secondary-secondary-force ${id}`]);
  }
  assert.deepEqual(of("slow").slice(0, 3), ["start slow", "stop slow", "start slow"]);
  assert.match(await node.box.journal(unitOf("slow", "slow")), /monitor was ended: it took longer than 4 s/);
});
