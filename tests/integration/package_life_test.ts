/** The life of drbdd's package on a Debian that has never seen it: from dpkg --install to dpkg --purge. */
import assert from "node:assert/strict";
import { CONTAINER_NEEDS } from "./container/container.ts";
import { PACKAGE_NEEDS, packages } from "./package/packages.ts";
import { DRBDD, Node, sleeping, withQuorum } from "./promoter/node.ts";
import { type Need, requires } from "./require.ts";

const SERVICES = ["a.service", "b.service"] as const;
const TARGET = "drbd-services@web.target";
const WEB = `[[promoter]]
[promoter.resources.web]
start = ["a.service", "b.service"]
`;
const ON_EXIT = `${WEB}stop-services-on-exit = true\n`;
/** Directories of files that administrators write. */
const OWN = ["/etc/drbdd.d", "/etc/drbdd"];
const STOPS_SERVICES = /; stopping drbdd stops services$/;

/** What bash completes "drbddctl ca" to. */
const COMPLETE = `. /usr/share/bash-completion/completions/drbddctl
COMP_WORDS=(drbddctl ca) COMP_CWORD=1 COMP_LINE="drbddctl ca" COMP_POINT=11
_drbddctl
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** A test on a node that has no drbdd; its services are a and b, of the resource web. */
function test(name: string, fn: (node: Node) => Promise<void>, needs: readonly Need[] = []): void {
  Deno.test(requires([...CONTAINER_NEEDS, ...PACKAGE_NEEDS, ...needs], {
    name: `package: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const { folder } = await packages();
      const files = { ...sleeping("a"), ...sleeping("b") };
      await using node = await Node.start({
        isInstalled: false,
        bind: { [folder]: "/packages" },
        resources: ["web"],
        files,
      });
      await fn(node);
    },
  }));
}

/** Returns what dpkg and the maintainer scripts say. */
async function dpkg(node: Node, ...args: string[]): Promise<string> {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  return await node.box.output(["sh", "-c", 'exec dpkg "$@" 2>&1', "sh", ...args], {
    env,
    timeoutMs: 120_000,
  });
}

async function install(node: Node): Promise<string> {
  return await dpkg(node, "--install", `/packages/${(await packages()).deb.split("/").at(-1)}`);
}

/** This machine's rpm at work on the node's files, among the node's processes; returns what scripts say. */
async function rpm(node: Node, ...args: string[]): Promise<string> {
  const root = `/proc/${node.box.initPid}/root`;
  const inside = ["--target", String(node.box.initPid), ...["--pid", "--ipc", "--net", "--uts", "--cgroup"]];
  const { success, stdout, stderr } = await new Deno.Command("nsenter", {
    args: [...inside, "--", "rpm", "--root", root, ...args],
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(success, said);
  // Debian's rpm warns who uses it on Debian.
  return said.replace(/^rpm: .*\n/gm, "");
}

/** Installed, enabled by the administrator, and its services run here. */
async function running(node: Node, config = WEB, installing = install): Promise<void> {
  await installing(node);
  await node.configure(config);
  await node.box.output(["systemctl", "enable", "--now", DRBDD]);
  await node.run("web");
  await node.reaches([DRBDD, TARGET, ...SERVICES], "active active active active");
  await node.nextDump({ web: { role: "Primary", may_promote: "no" } });
}

/** MainPID of units, as one line. */
async function pids(node: Node, ...units: string[]): Promise<string> {
  return (await Promise.all(units.map((unit) => node.box.property(unit, "MainPID")))).join(" ");
}

/** All that a package could leave. What dpkg, systemd and the stand-ins write about all and sundry does not count. */
async function filesOf(node: Node): Promise<string[]> {
  const places = ["/etc", "/usr", "/var", "/opt", "/srv", "/root", "/run/drbdd", "/run/systemd/system"];
  const found = (await node.box.run(["find", ...places, "-xdev"])).stdout;
  const others = /^\/var\/(lib\/(dpkg|standin|systemd)|cache|log\/(dpkg|journal|alternatives))/;
  return found.split("\n").filter((path) => path !== "" && !others.test(path)).sort();
}

test("it installs what it says, and enables and starts nothing", async (node) => {
  assert.doesNotMatch(await install(node), /warning|error/i);
  assert.equal(
    (await node.box.systemctl("is-enabled", DRBDD, "drbdd-reload.path")).stdout,
    "disabled\ndisabled\n",
  );
  assert.equal(await node.states(DRBDD, "drbdd-reload.path"), "inactive inactive");
  assert.equal((await node.box.output(["drbdd", "--version"])).split(" ")[0], "drbdd");
  assert.equal(await node.box.output(["readlink", "/usr/sbin/drbddctl"]), "drbdd\n");
  assert.equal(await node.box.output(["drbddctl", "check", "--lenient"]), "● 1 file: no problems\n");
  assert.equal(
    await node.box.output(["stat", "--format=%a %U %G", "/etc/drbdd.toml", "/etc/drbdd.d", "/etc/drbdd"]),
    "640 root drbdd\n2750 root drbdd\n700 root root\n",
  );
  const agent = await node.box.output(["systemctl", "cat", "ocf.rs@ip_web.service"]);
  assert.match(agent, /^ExecStart=\/usr\/lib\/drbdd\/ocf-rs-wrapper /m);
  assert.equal((await node.box.run(["test", "-x", "/usr/lib/drbdd/ocf-rs-wrapper"])).code, 0);
  for (const page of ["man8/drbdd.8", "man8/drbddctl.8", "man5/drbdd.toml.5"]) {
    assert.match(await node.box.output(["gzip", "-dc", `/usr/share/man/${page}.gz`]), /^\.TH /m, page);
  }
  assert.match(await node.box.output(["bash", "--norc", "-c", COMPLETE]), /^cat *$/m);
});

const installRpm = async (node: Node) => await rpm(node, "-U", "--force", "--nodeps", (await packages()).rpm);
const API = `${WEB}[[api]]\naddress = "unix:/run/drbdd/api.sock"\n`;

/** drbddctl as somebody who is not root: in the group, or not. */
async function look(node: Node, user: string, ...args: string[]) {
  return await node.box.run([
    "env",
    `HOME=/home/${user}`,
    "setpriv",
    `--reuid=${user}`,
    `--regid=${user}`,
    "--init-groups",
    "drbddctl",
    ...args,
  ]);
}

for (const [kind, installing] of [["deb", install], ["rpm", installRpm]] as const) {
  test(`members of the group drbdd look without being root, and nobody else does (${kind})`, async (node) => {
    await running(node, API, installing);
    await node.said("Serving the API at");
    await node.box.waitFor("the decisions that drbdd keeps", async () => {
      return (await node.box.run(["test", "-e", "/run/drbdd/decisions.json"])).code === 0;
    });
    await node.box.output(["useradd", "--groups", "drbdd", "watcher"]);
    await node.box.output(["useradd", "stranger"]);
    assert.equal(
      await node.box.output(["stat", "--format=%a %G", "/run/drbdd", "/run/drbdd/api.sock"]),
      "755 root\n660 drbdd\n",
    );
    const status = await look(node, "watcher", "status");
    assert.match(status.stdout, /^1 resource: 1 Primary here, 0 elsewhere$/m, status.stderr);
    const explained = await look(node, "watcher", "explain", "web");
    assert.match(
      explained.stdout,
      /^● web runs here[^]*Last decisions, from drbdd:\n {2}\S+ {2}start: /m,
      explained.stderr,
    );
    const top = await look(node, "watcher", "top", "--json");
    const { source, resources } = JSON.parse(top.stdout);
    assert.deepEqual([source, resources.map(({ name }: { name: string }) => name)], ["drbdd", ["web"]]);
    const table = await look(node, "watcher", "top", "--once");
    assert.match(table.stdout, /^[●*] {2}web +here /m, table.stderr);
    assert.equal(table.stderr, "");
    // By the api and what drbdd keeps: nothing is complained of.
    const shown = await node.box.run([
      "sh",
      "-c",
      "HOME=/home/watcher setpriv --reuid=watcher --regid=watcher --init-groups timeout --signal=INT 8 " +
      "drbddctl events --kind resource --kind decision & sleep 3; drbddctl hold web >/dev/null 2>&1; wait",
    ]);
    assert.match(shown.stdout, / {2}web {2}on hold since /, shown.stdout + shown.stderr);
    assert.equal(shown.stderr, "");
    await node.box.output(["drbddctl", "unhold", "web"]);
    // To look is not to change.
    for (const args of [["disable", "--now", "web"], ["hold", "web"], ["evict", "--all"]]) {
      const { code, stderr } = await look(node, "watcher", ...args);
      assert.notEqual(code, 0, `${args.join(" ")}: ${stderr}`);
    }
    const refused = await look(node, "stranger", "status");
    assert.match(refused.stderr, /Permission denied/i);
    assert.notEqual(refused.code, 0);
    // What is edited stays the group's.
    const edit = ["sh", "-c", "EDITOR='sed -i 1i#edited' drbddctl edit /etc/drbdd.toml"];
    await node.box.output(edit);
    assert.equal(await node.box.output(["stat", "--format=%a %G", "/etc/drbdd.toml"]), "640 drbdd\n");
  });
}

/** A package with nothing but drbd-reactor's control program, which answers with its own name. */
const REACTOR = `set -e
mkdir -p /tmp/reactor/DEBIAN /tmp/reactor/usr/sbin
printf 'Package: drbd-reactor\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@x>\\nDescription: x\\n' >/tmp/reactor/DEBIAN/control
printf '#!/bin/sh\\necho the real one\\n' >/tmp/reactor/usr/sbin/drbd-reactorctl
chmod 755 /tmp/reactor/usr/sbin/drbd-reactorctl
dpkg-deb --build /tmp/reactor /tmp/reactor.deb
dpkg --install /tmp/reactor.deb
`;
const REACTORCTL = "/usr/sbin/drbd-reactorctl";
const isThere = async (node: Node, path: string) => (await node.box.run(["test", "-e", path])).code === 0;

test("drbd-reactorctl is drbddctl, with the keys that LINSTOR's GUI reads", async (node) => {
  await running(node);
  await node.box.output(["mv", "/etc/drbdd.toml", "/etc/drbdd.toml.away"]);
  await node.box.writeFile("/etc/drbd-reactor.toml", 'snippets = "/etc/drbdd.d"\n');
  const status = JSON.parse(await node.box.output(["drbd-reactorctl", "status", "--json"]));
  assert.deepEqual(
    Object.keys(status).slice(0, 5),
    ["promoter", "prometheus", "debugger", "umh", "agentx"],
  );
  const unit = (name: string) => ({ name, status: "active", freezer: "running" });
  const { drbd_resource, path, enabled, primary_on, target, dependencies, status: state } =
    status.promoter[0];
  assert.deepEqual({ drbd_resource, path, enabled, primary_on, target, dependencies, state }, {
    drbd_resource: "web",
    path: "/etc/drbdd.d/test.toml",
    enabled: true,
    primary_on: "alpha",
    target: unit(TARGET),
    dependencies: [unit("drbd-promote@web.service"), ...SERVICES.map(unit)],
    state: "active",
  });
  const text = await node.box.output(["drbd-reactorctl", "status"]);
  for (const name of SERVICES) assert.ok(text.includes(name), name);
  await node.box.output(["mv", "/etc/drbdd.toml.away", "/etc/drbdd.toml"]);
  // What LINSTOR's satellites run, in their words.
  await node.box.output(["drbd-reactorctl", "disable", "test"]);
  await node.reaches([TARGET], "active");
  await node.box.output(["drbd-reactorctl", "enable", "test"]);
  await node.box.output(["drbd-reactorctl", "restart", "test"]);
  await node.box.output(["drbd-reactorctl", "disable", "--now", "test"]);
  await node.reaches([TARGET], "inactive");
  assert.match(await node.box.output(["drbd-reactorctl", "status", "-r", "web"]), /web: .*\(disabled\)/);
});

test("drbd-reactorctl is never offered where drbd-reactor is, nor left behind", async (node) => {
  await install(node);
  assert.equal(await node.box.output(["readlink", "-f", REACTORCTL]), "/usr/sbin/drbdd\n");

  // drbd-reactor comes, and goes.
  await node.box.output(["sh", "-c", REACTOR], { timeoutMs: 60_000 });
  assert.equal(await node.box.output([REACTORCTL]), "the real one\n");
  assert.equal(await isThere(node, "/etc/alternatives/drbd-reactorctl"), false);
  await install(node);
  assert.equal(await node.box.output([REACTORCTL]), "the real one\n");
  await dpkg(node, "--purge", "drbd-reactor");
  assert.equal(await node.box.output(["readlink", "-f", REACTORCTL]), "/usr/sbin/drbdd\n");

  await dpkg(node, "--purge", "drbdd");
  assert.equal(await isThere(node, REACTORCTL), false);

  // A link of the administrator's.
  await node.box.output(["ln", "-s", "/bin/true", REACTORCTL]);
  await install(node);
  assert.equal(await node.box.output(["readlink", REACTORCTL]), "/bin/true\n");
});

test("it leaves the agents' unit of drbd-reactor alone as long as that is there", async (node) => {
  await node.box.writeFile(
    "/lib/systemd/system/ocf.rs@.service",
    "[Service]\nExecStart=/usr/libexec/drbd-reactor/ocf\n",
  );
  await install(node);
  assert.match(await node.box.output(["systemctl", "cat", "ocf.rs@ip_web.service"]), /drbd-reactor/);
  await node.box.removeFile("/lib/systemd/system/ocf.rs@.service");
  await node.box.output(["systemctl", "daemon-reload"]);
  assert.match(await node.box.output(["systemctl", "cat", "ocf.rs@ip_web.service"]), /drbdd\/ocf-rs-wrapper/);
});

test("it starts, reloads and stops; an upgrade restarts a daemon that runs, not its services", async (node) => {
  await running(node);
  assert.match(await node.box.property(DRBDD, "StatusText"), /1 resource/);
  await node.reload(`${WEB}[[debugger]]\n`);
  const services = await pids(node, ...SERVICES);

  await node.box.output(["systemctl", "stop", DRBDD]);
  await install(node);
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "inactive active active active");

  await node.box.output(["systemctl", "start", DRBDD]);
  const daemon = await pids(node, DRBDD);
  // Warnings do not stand in the way.
  await node.box.appendFile("/etc/drbdd.toml", "# Of the administrator\nmisspelt-by = 1\n");
  assert.doesNotMatch(await install(node), /drbdd: /);
  assert.notEqual(await pids(node, DRBDD), daemon);
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active");
  assert.equal(await pids(node, ...SERVICES), services);
  assert.match(await node.box.readFile("/etc/drbdd.toml"), /# Of the administrator/);
  assert.equal((await node.box.systemctl("is-enabled", DRBDD)).stdout, "enabled\n");

  // The new one manages what the previous one started.
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: done");
  await node.reaches([TARGET, ...SERVICES], "inactive inactive inactive");
});

test("an upgrade leaves a daemon alone whose files have its end stop services, and says so", async (node) => {
  await running(node);
  // Not read by the daemon: as if it were one that is too old to say what it holds.
  await node.configure(ON_EXIT);
  // TOML has more than one way to write where the snippets are.
  await node.box.output([
    "sed",
    "-i",
    's/^snippets = "\\(.*\\)"/"snippets" = "\\1" # here/',
    "/etc/drbdd.toml",
  ]);
  assert.match(await node.box.readFile("/etc/drbdd.toml"), /^"snippets" = "\/etc\/drbdd.d" # here$/m);
  const before = await pids(node, DRBDD, ...SERVICES);
  assert.match(
    await install(node),
    /drbdd: the daemon was not restarted, as stop-services-on-exit would stop/,
  );
  assert.doesNotMatch(await node.box.property(DRBDD, "StatusText"), STOPS_SERVICES);
  assert.equal(await pids(node, DRBDD, ...SERVICES), before);
});

test("an upgrade leaves a daemon alone that has not read yet that its end is to stop no services", async (node) => {
  await running(node, ON_EXIT);
  assert.match(await node.box.property(DRBDD, "StatusText"), STOPS_SERVICES);
  await node.configure(WEB);
  const before = await pids(node, DRBDD, ...SERVICES);
  assert.match(
    await install(node),
    /drbdd: the daemon was not restarted, as it would stop its services: .* files/,
  );
  assert.equal(await pids(node, DRBDD, ...SERVICES), before);

  // What it advises.
  await node.box.output(["systemctl", "reload", DRBDD]);
  await node.box.waitFor(
    "a status without the warning",
    async () => !STOPS_SERVICES.test(await node.box.property(DRBDD, "StatusText")),
  );
  const services = await pids(node, ...SERVICES);
  await node.box.output(["systemctl", "restart", DRBDD]);
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active");
  assert.equal(await pids(node, ...SERVICES), services);
});

test("an upgrade finds a configuration whose path has spaces", async (node) => {
  const path = "/etc/my drbdd/drbdd.toml";
  await node.box.writeFile(path, 'snippets = "/etc/drbdd.d"\n');
  await node.box.writeFile(
    "/etc/systemd/system/drbdd.service.d/path.conf",
    `[Service]\nExecStart=\nExecStart=/usr/sbin/drbdd --config "${path}" --allow-tty\n`,
  );
  await running(node);
  const [daemon, services] = [await pids(node, DRBDD), await pids(node, ...SERVICES)];
  assert.doesNotMatch(await install(node), /drbdd: /);
  assert.notEqual(await pids(node, DRBDD), daemon);
  assert.equal(await pids(node, ...SERVICES), services);

  await node.box.writeFile(path, "snippets = 1\n");
  assert.match(await install(node), /my drbdd\/drbdd\.toml:1:12: /);
});

test("an upgrade leaves a daemon alone whose configuration is wrong by now, and says what", async (node) => {
  await running(node);
  await node.configure(`${WEB}runner = "sytemd"\n`);
  const before = await pids(node, DRBDD, ...SERVICES);
  const said = await install(node);
  assert.match(said, /drbdd\.d\/test\.toml:4:10: .*"sytemd"/);
  assert.match(said, /drbdd: the daemon was not restarted, because of its configuration/);
  assert.equal(await pids(node, DRBDD, ...SERVICES), before);
});

test("removed, it leaves configuration and services; purged, what administrators wrote", async (node) => {
  const before = await filesOf(node);
  await running(node);
  await node.box.writeFile("/etc/drbdd/token", "secret\n");
  await node.box.writeFile("/var/log/drbdd.log", "line\n");
  const services = await pids(node, ...SERVICES);
  await dpkg(node, "--remove", "drbdd");
  assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "inactive active active active");
  assert.match(await node.box.readFile("/etc/drbdd.d/test.toml"), /promoter/);

  // Back again, it is as it was: enabled, with its configuration.
  await install(node);
  assert.equal((await node.box.systemctl("is-enabled", DRBDD)).stdout, "enabled\n");
  await node.box.output(["systemctl", "start", DRBDD]);
  await node.reaches([DRBDD, TARGET], "active active");
  assert.equal(await pids(node, ...SERVICES), services);

  const said = await dpkg(node, "--purge", "drbdd");
  assert.match(said, /services keep running; their drop-ins .* stay/);
  for (const directory of OWN) {
    assert.match(said, new RegExp(`drbdd: keeping ${directory}, because .*: rm -r ${directory}`));
  }
  assert.equal(await node.box.readFile("/etc/drbdd/token"), "secret\n");
  assert.match(await node.box.readFile("/etc/drbdd.d/test.toml"), /promoter/);
  assert.equal(await pids(node, ...SERVICES), services);
  const left = (await filesOf(node)).filter((path) => !before.includes(path));
  assert.deepEqual(
    left.filter((path) => !path.startsWith("/run/")),
    ["/etc/drbdd", "/etc/drbdd.d", "/etc/drbdd.d/test.toml", "/etc/drbdd/token"],
  );
  const dropIns = left.filter((path) => path.startsWith("/run/"));
  assert.ok(
    dropIns.length > 0 && dropIns.every((path) => /^\/run\/systemd\/system\/.*\.d(\/drbdd.*)?$/.test(path)),
    dropIns.join("\n"),
  );

  // In the order that the drop-ins keep.
  await node.drbd.forget();
  await node.box.output(["systemctl", "stop", TARGET]);
  await node.does("stop b", "stop a", "secondary-secondary-force web");
});

test("purged when no service runs, and without files of administrators, nothing at all is left of it", async (node) => {
  const before = await filesOf(node);
  await running(node);
  await node.box.output(["systemctl", "enable", "drbdd-reload.path"]);
  await node.box.writeFile("/var/log/drbdd.log.1.gz", "");
  await node.box.output(["systemctl", "stop", DRBDD, TARGET]);
  await node.box.removeFile("/etc/drbdd.d/test.toml");
  assert.doesNotMatch(await dpkg(node, "--purge", "drbdd"), /keeping|stay/);
  assert.deepEqual(await filesOf(node), before);
  assert.equal(await node.box.property(DRBDD, "LoadState"), "not-found");
  assert.equal((await node.box.run(["dpkg-query", "--show", "drbdd"])).code, 1);
});

test(
  "the .rpm does the same: it enables nothing, upgrades under its services, and goes without them",
  async (node) => {
    const before = await filesOf(node);
    // What it requires is there, but by Debian's packages.
    const installing = async (node: Node) =>
      await rpm(node, "-U", "--force", "--nodeps", (await packages()).rpm);
    await running(node, WEB, async (node) => {
      assert.equal(await installing(node), "");
      assert.equal((await node.box.systemctl("is-enabled", DRBDD)).stdout, "disabled\n");
      assert.equal(await node.states(DRBDD), "inactive");
      return "";
    });
    const [daemon, services] = [await pids(node, DRBDD), await pids(node, ...SERVICES)];
    assert.equal(await installing(node), "");
    assert.notEqual(await pids(node, DRBDD), daemon);
    assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "active active active active");
    assert.equal((await node.box.systemctl("is-enabled", DRBDD)).stdout, "enabled\n");

    assert.equal(await rpm(node, "--erase", "drbdd"), "");
    assert.equal(await node.states(DRBDD, TARGET, ...SERVICES), "inactive active active active");
    assert.equal(await pids(node, ...SERVICES), services);
    const left = (await filesOf(node)).filter((path) => !before.includes(path));
    // The administrator's snippet, drop-ins of services that run, rpm's own, and places that packages of others have there.
    const expected = [
      /^\/etc\/drbdd\.d(\/test\.toml)?$/,
      /^\/run\/systemd\/system\/.*\.d(\/drbdd.*)?$/,
      /^\/(root\/\.rpmdb|(usr|var)\/lib\/(sysimage\/)?rpm)(\/.*)?$/,
      /^\/usr\/share\/(fish|licenses|snmp|zsh)(\/(mibs|site-functions|vendor_completions\.d))?$/,
    ];
    assert.deepEqual(left.filter((path) => !expected.some((pattern) => pattern.test(path))), []);
  },
  ["rpm"],
);
