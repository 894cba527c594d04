/** The units that drbdd comes with, on a real systemd: as they are shipped, with every plugin, and the hardened variant. */
import assert from "node:assert/strict";
import { requires } from "./require.ts";
import { say } from "../support/print_line.ts";
import { DRBDD, example, type Node, nodeTest, noting, withQuorum } from "./promoter/node.ts";

const STRICT = {
  "/etc/systemd/system/drbdd.service.d/strict.conf": await example("strict/drbdd.service.d/strict.conf"),
};
const table = (name: string) => `[[promoter]]\n[promoter.resources.${name}]\nstart = ["${name}.service"]\n`;

const WEB = `[[promoter]]
[promoter.resources.web]
start = ["srv-web.mount", "a.service", "ocf:test:Dummy vip ip=192.0.2.1"]
on-drbd-demote-failure = "reboot"
`;
const WEB_FILES = {
  ...noting("a"),
  "/etc/systemd/system/srv-web.mount": "[Mount]\nWhat=tmpfs\nWhere=/srv/web\nType=tmpfs\n",
  "/usr/lib/ocf/resource.d/test/Dummy": { text: "#!/bin/sh\nexit 0\n", mode: 0o755 },
};

async function verify(node: Node, units: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await node.box.run(["systemd-analyze", "verify", "--man=no", ...units]);
  return `${code}${stdout}${stderr}`;
}

nodeTest("systemd-analyze verify has nothing to say of what is shipped and what is generated", {
  config: WEB,
  resources: ["web"],
  files: { ...WEB_FILES, ...STRICT },
}, async (node) => {
  const shipped = [
    "drbdd.service",
    "drbdd-reload.path",
    "drbdd-reload.service",
    "ocf.rs@vip_web.service",
    "drbd-services-secondary@web.target",
  ];
  const found = await node.box.output([
    "find",
    "/run/systemd/system",
    "-name",
    "drbdd*.conf",
    "-printf",
    "%h\n",
  ]);
  const changed = [...new Set(found.trim().split("\n"))].map((path) =>
    path.slice(path.lastIndexOf("/") + 1, -2)
  );
  assert.deepEqual(changed.sort(), [
    "a.service",
    "drbd-demote-or-escalate@web.service",
    "drbd-promote@web.service",
    "drbd-services@web.target",
    "ocf.rs@vip_web.service",
    "srv-web.mount",
  ]);
  assert.equal(await verify(node, [...shipped, ...changed]), "0");
  await node.box.writeFile("/run/systemd/system/a.service.d/wrong.conf", "[Unit]\nAftre=b.service\n");
  assert.match(await verify(node, ["a.service"]), /Aftre/);
});

const PLUGINS = `
[[prometheus]]
address = "127.0.0.1:9942"
[[api]]
address = "unix:/run/drbdd/api.sock"
[[api]]
address = "127.0.0.1:9943"
[[agentx]]
address = "127.0.0.1:705"
[[debugger]]
[[log]]
[[log]]
level = "debug"
file = "/var/log/drbdd.log"
`;

/** Asks by HTTP, from inside. */
async function get(node: Node, port: number, path: string): Promise<string> {
  const script =
    `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET ${path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; cat <&3`;
  return await node.box.output(["bash", "-c", script]);
}

/** Each plugin that runs no commands does its work. */
async function works(node: Node): Promise<void> {
  await node.run("web");
  for (const text of ["Serving metrics at", "Serving the API at"]) await node.said(text);
  assert.match(await get(node, 9942, "/metrics"), /^drbd_resource_maypromote\{name="web"\} 0$/m);
  assert.match(await get(node, 9943, "/api/v1/resources"), /"web"/);
  await node.box.output(["test", "-S", "/run/drbdd/api.sock"]);
  await node.box.waitFor(
    "the log file",
    async () => /Primary/.test(await node.box.readFile("/var/log/drbdd.log")),
  );
  assert.match(await node.box.readFile("/var/log/drbdd.log"), /agentx.*refused/i);
  await node.print(withQuorum("web", "no"));
  await node.does("adjust web", "primary web", "start a", "stop a", "secondary-secondary-force web");
  assert.equal(
    (await node.log()).some((line) => /not permitted|denied|read-only|NotCapable|may not/i.test(line)),
    false,
  );
}

nodeTest("strict.conf takes nothing that the daemon and its plugins need, where no commands run", {
  config: WEB + PLUGINS,
  resources: ["web"],
  files: { ...WEB_FILES, ...STRICT },
}, async (node) => {
  await works(node);
  const security = await node.box.output(["systemd-analyze", "security", "--no-pager", DRBDD]);
  say(`strict.conf: ${security.trim().split("\n").at(-1)}`);
});

/** What commands of administrators do that a hardened unit would not let them, or only for themselves. */
const DEEDS = `set -e
mount -t tmpfs tmpfs /srv/umh
grep NoNewPrivs /proc/self/status >/srv/umh/status
mkdir -m 2775 /srv/umh/shared
touch /etc/made /usr/local/bin/made /root/made /tmp/made
mknod /srv/umh/null c 1 3
echo 1 >/dev/null
hostname >/srv/umh/hostname
su nobody -s /bin/sh -c 'id -un' >/srv/umh/user
unshare --net true
echo done >/srv/umh/done
`;

nodeTest("commands of umh and of the shell runner may do under drbdd.service whatever root's scripts do", {
  config: `${WEB}${PLUGINS}
[[umh]]
[[umh.resource]]
command = "sh /usr/local/sbin/deeds"
resource-name = "web"
new.role = "Primary"
event-type = "Change"
[[promoter]]
[promoter.resources.sh]
runner = "shell"
start = ["drbdadm primary sh", "mount -t tmpfs tmpfs /srv/sh", "sleep 1000 >/dev/null 2>&1 & echo $! >/srv/sh/pid"]
stop = ["kill $(cat /srv/sh/pid)", "umount /srv/sh", "drbdadm secondary sh"]
`,
  resources: ["web", "sh"],
  files: {
    ...WEB_FILES,
    "/usr/local/sbin/deeds": DEEDS,
    "/srv/umh/.there": "",
    "/srv/sh/.there": "",
  },
}, async (node) => {
  await works(node);
  // Seen from outside of the service: from where systemd, and everybody else, is.
  const outside = (path: string) => node.box.readFile(`/srv/umh/${path}`);
  await node.box.waitFor("the end of the command", async () => (await outside("done")) === "done\n");
  assert.equal(await outside("status"), "NoNewPrivs:\t0\n");
  assert.equal(await outside("user"), "nobody\n");
  for (const path of ["/etc/made", "/usr/local/bin/made", "/root/made", "/tmp/made", "/srv/umh/null"]) {
    await node.box.output(["test", "-e", path]);
  }
  await node.run("sh");
  const pid = (await node.box.readFile("/srv/sh/pid")).trim();
  // What the shell runner has started outlives the daemon, and the next one stops it.
  await node.nextDump({ sh: { role: "Primary", may_promote: "no" } });
  await node.box.output(["systemctl", "restart", DRBDD]);
  await node.box.output(["test", "-d", `/proc/${pid}`]);
  const place = (await node.log()).length;
  await node.print(withQuorum("sh", "no"));
  await node.said("sh: stop: done", place);
  assert.equal((await node.box.run(["mountpoint", "--quiet", "/srv/sh"])).code, 32);
  assert.equal((await node.box.run(["test", "-d", `/proc/${pid}`])).code, 1);
  const security = await node.box.output(["systemd-analyze", "security", "--no-pager", DRBDD]);
  say(`drbdd.service: ${security.trim().split("\n").at(-1)}`);
});

nodeTest("drbdd-reload.path reloads what was changed, once for several changes, however many there are", {
  config: table("one"),
  resources: ["one", "two"],
  files: { ...noting("one"), ...noting("two") },
}, async (node) => {
  const times = async () =>
    (await node.log()).filter((line) => /Configuration (not )?reloaded/.test(line)).length;
  await node.box.output(["systemctl", "enable", "--now", "--quiet", "drbdd-reload.path"]);
  // All within the second that the reload waits for more.
  const write =
    'for number in 1 2 3 4 5 6 7 8; do printf %s "$1" >/etc/drbdd.d/more$number.toml; set -- ""; done';
  await node.box.output(["sh", "-c", write, "sh", table("two")]);
  await node.said("Configuration reloaded");
  await node.run("two");
  assert.ok(await times() <= 3, `${await times()} reloads`);
  for (let round = 1; round <= 3; round++) {
    const before = await times();
    await node.box.writeFile("/etc/drbdd.d/more1.toml", round === 2 ? "[[" : table("two"));
    await node.box.waitFor(`round ${round}`, async () => await times() > before);
  }
  assert.equal(await node.states("drbdd-reload.path", "drbd-services@two.target"), "active active");
  // Without the daemon there is nothing to reload, and it is not started.
  await node.box.output(["systemctl", "stop", DRBDD]);
  await node.box.writeFile("/etc/drbdd.d/more1.toml", "");
  await node.pass(2_500);
  assert.equal(
    await node.states(DRBDD, "drbdd-reload.service", "drbdd-reload.path"),
    "inactive inactive active",
  );
});

nodeTest("drbdd.service: a daemon that is killed again and again comes back each time, slower in the end", {
  config: table("one"),
  resources: ["one"],
  files: { ...noting("one") },
}, async (node) => {
  const pid = () => node.box.property(DRBDD, "MainPID");
  const starts = async () =>
    (await node.box.readFile("/run/drbdd/starts").catch(() => "")).split(" ").filter((word) =>
      word.trim() !== ""
    );
  for (let kill = 1; kill <= 6; kill++) {
    const before = await pid();
    await node.box.output(["kill", "-KILL", before]);
    await node.box.waitFor(`start ${kill + 1}`, async () => ![before, "0"].includes(await pid()));
  }
  // The last two were held up, as those before them had been within a minute.
  const [first = "", , , , last = ""] = await starts();
  assert.ok(Number(last) - Number(first) >= 5, `${first} to ${last}`);
  await node.reaches([DRBDD], "active");
  assert.equal(await node.box.property(DRBDD, "NRestarts"), "6");
  await node.box.output(["systemctl", "restart", DRBDD]);
  assert.equal((await starts()).length, 1);
});

nodeTest("drbdd.service: a daemon that hangs is restarted, one with a wrong configuration is not", {
  config: table("one"),
  resources: ["one"],
  files: {
    ...noting("one"),
    "/etc/systemd/system/drbdd.service.d/fast.conf": "[Service]\nWatchdogSec=6\nRestartSec=0\n",
  },
}, async (node) => {
  await node.run("one");
  const pid = await node.box.property(DRBDD, "MainPID");
  const place = (await node.log()).length;
  await node.box.output(["kill", "-STOP", pid]);
  await node.said("Watchdog timeout", place);
  await node.said("The state of all resources is known", place);
  assert.notEqual(await node.box.property(DRBDD, "MainPID"), pid);
  await node.configure("[[");
  await node.box.output(["kill", "-KILL", await node.box.property(DRBDD, "MainPID")]);
  await node.reaches([DRBDD], "failed");
  assert.equal(await node.box.property(DRBDD, "ExecMainStatus"), "2");
  await node.pass(1_000);
  assert.equal(await node.states(DRBDD, "one.service"), "failed active");
});

Deno.test(requires(["shellcheck"], {
  name: "shellcheck has nothing to say of the wrapper of OCF agents",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    const check = async (path: string) => {
      const { code, stdout } = await new Deno.Command("shellcheck", { args: ["--shell=sh", path] }).output();
      return `${code}${new TextDecoder().decode(stdout)}`;
    };
    assert.equal(await check(new URL("../../example/ocf-rs-wrapper", import.meta.url).pathname), "0");
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    try {
      await Deno.writeTextFile(`${folder}/wrong`, "#!/bin/sh\nrm $1\n");
      assert.match(await check(`${folder}/wrong`), /SC2086/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
}));

nodeTest(
  "drbdd.service: commands of umh run in a group of their own, through reloads and restarts, and nothing is left of it",
  {
    config: `[[umh]]
[[umh.resource]]
command = "grep ^0: /proc/self/cgroup >>/srv/groups; test -e /srv/leftover || { : >/srv/leftover; sleep 1000 >/dev/null 2>&1 & }"
`,
    resources: ["web"],
  },
  async (node) => {
    const group = "/sys/fs/cgroup/system.slice/drbdd.service";
    const types = async () => {
      const { stdout } = await node.box.run([
        "sh",
        "-c",
        `cd ${group} && cat cgroup.type .control/cgroup.type umh/cgroup.type`,
      ]);
      return stdout;
    };
    const commands = async (count: number) => {
      const seen = async () =>
        (await node.box.peek("/srv/groups") ?? "").split("\n").filter((line) => line !== "");
      await node.box.waitFor("the commands", async () => (await seen()).length >= count);
      assert.deepEqual([...new Set(await seen())], ["0::/system.slice/drbdd.service/umh"]);
    };
    await commands(1);
    assert.equal(await types(), "domain threaded\nthreaded\nthreaded\n");
    assert.equal(await node.box.property(DRBDD, "TasksMax") === "infinity", false);
    // A reload is run by systemd in a group beside it.
    await node.box.output(["systemctl", "reload", DRBDD]);
    await node.box.output(["systemctl", "daemon-reload"]);
    await node.box.output(["systemctl", "reload", DRBDD]);
    // What a command left running stays in the group through a restart.
    await node.box.output(["systemctl", "restart", DRBDD]);
    await commands(2);
    assert.equal(await types(), "domain threaded\nthreaded\nthreaded\n");
    await node.box.output(["systemctl", "stop", DRBDD]);
    await node.box.output(["systemctl", "start", DRBDD]);
    await commands(3);
    await node.box.output(["systemctl", "stop", DRBDD]);
    await node.box.output(["pkill", "--exact", "sleep"]);
    await node.box.waitFor(
      "the end of the group",
      async () => (await node.box.run(["test", "-d", group])).code === 1,
    );
    // Where no group can be made, commands run beside the daemon.
    await node.box.writeFile(
      "/etc/systemd/system/drbdd.service.d/none.conf",
      "[Service]\nDelegate=no\nExecStartPre=\n",
    );
    await node.box.output(["systemctl", "daemon-reload"]);
    await node.box.removeFile("/srv/groups");
    await node.box.output(["systemctl", "start", DRBDD]);
    await node.box.waitFor("the command", async () => (await node.box.peek("/srv/groups") ?? "") !== "");
    assert.equal(await node.box.readFile("/srv/groups"), "0::/system.slice/drbdd.service\n");
  },
);
