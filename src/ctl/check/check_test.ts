import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { memoryFiles } from "../../../tests/support/trials/config_files.ts";
import { DUMP_END, dumpOf } from "../../../tests/support/core/events2_text.ts";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { loadConfig } from "../../config/load.ts";
import { checkFiles } from "./check_files.ts";
import { checkSystem } from "./check_system.ts";
import { showCheck } from "./show_check.ts";

const KNOWN = { schemas: PLUGIN_SCHEMAS };
const MAIN = "/etc/drbdd.toml";
const web = (more = "") => `[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n${more}`;

async function said(contents: Readonly<Record<string, string>>, ...only: string[]): Promise<string[]> {
  const { diagnostics } = await checkFiles(memoryFiles(contents), MAIN, only, KNOWN, "strict");
  return diagnostics.map((each) => `${each.severity}: ${formatDiagnostic(each)}`);
}

const SNIPPETS = 'snippets = "/etc/drbdd.d"\n';

Deno.test("a good configuration has nothing to be said of, and is there", async () => {
  const files = memoryFiles({ [MAIN]: SNIPPETS, "/etc/drbdd.d/web.toml": web() });
  const checked = await checkFiles(files, MAIN, [], KNOWN, "strict");
  assert.deepEqual(checked.diagnostics, []);
  assert.equal(checked.config?.plugins.length, 1);
  assert.deepEqual(checked.files, [MAIN, "/etc/drbdd.d/web.toml"]);
});

Deno.test("unknown words are errors here, other warnings stay warnings", async () => {
  const all = await said({
    [MAIN]: 'plugins = ["promoter", "prometeus"]\nsnipets = "x"\n' +
      web('prefered-nodes = ["a"]\nmonitor = "x"\n'),
  });
  assert.deepEqual(all.map((text) => text.replace(/: found.*/, "")), [
    "error: /etc/drbdd.toml:1:24: Unknown plugin, ignored",
    "error: /etc/drbdd.toml:2:1: Unknown key, ignored",
    "error: /etc/drbdd.toml:6:1: Unknown key, ignored",
    "warning: /etc/drbdd.toml:7:1: Key without effect",
  ]);
});

const BOTH = {
  [MAIN]: SNIPPETS,
  "/etc/drbdd.d/web.toml": web("a = 1\n"),
  "/etc/drbdd.d/log.toml": "b = 1\n",
};

Deno.test("a name with systemd's backslash in double quotes is a warning", async () => {
  const [only, ...others] = await said({ [MAIN]: web().replace("a.service", "a\\x2db.service") });
  assert.match(
    only ?? "",
    /^warning: \S+:3:10: Escape in double quotes: found \\x2d, which is "-" here, expected single/,
  );
  assert.deepEqual(others, []);
});

Deno.test("if files are named, only their diagnostics are printed", async () => {
  assert.equal((await said(BOTH)).length, 2);
  const [only, ...others] = await said(BOTH, "/etc/drbdd.d/web.toml");
  assert.match(only ?? "", /web\.toml:4:1/);
  assert.deepEqual(others, []);
});

Deno.test("a file that drbdd does not read is checked as if it did, with its own name", async () => {
  for (const path of ["/etc/drbdd.d/web2.toml.disabled", "/tmp/new.toml"]) {
    const [double, key, ...others] = await said({ ...BOTH, [path]: web("c = 1\n") }, path);
    assert.match(
      double ?? "",
      /^error: (\S+):1:3: Equal instance .*, first at \/etc\/drbdd\.d\/web\.toml:1:3/,
    );
    assert.match(key ?? "", /^error: (\S+):4:1: Unknown key/);
    assert.ok(double?.includes(`${path}:1:3`) && key?.includes(`${path}:4:1`));
    assert.deepEqual(others, []);
  }
});

Deno.test("without snippets a file is checked by itself", async () => {
  const found = await said({ [MAIN]: "", "/tmp/new.toml": "x = 1\n" }, "/tmp/new.toml");
  assert.match(found.join(), /^error: \/tmp\/new\.toml:1:1: Unknown key/);
});

Deno.test("a file that is not there is an error", async () => {
  assert.match(
    (await said(BOTH, "/tmp/none.toml")).join(),
    /^error: \/tmp\/none\.toml: File not found/,
  );
  assert.match((await said({}, MAIN)).join(), /^error: \/etc\/drbdd\.toml: Configuration cannot be read/);
});

async function node(text = web(), options: Record<string, unknown> = {}) {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  systemd.set("drbdd.service", { ActiveState: "active", UnitFileState: "enabled" });
  systemd.set("drbd-promote@drbdd\\x2dlooks.service", {
    ExecCondition: "{ path=/usr/lib/drbd/scripts/drbd-service-shim.sh }",
  });
  const shown = {
    "auto-promote": false,
    "quorum": "majority",
    "on-no-quorum": "io-error",
    "on-no-data-accessible": "io-error",
    "on-suspended-primary-outdated": "force-secondary",
    ...options,
  };
  effects.processes.install("drbdsetup", (role) => {
    role.print(
      role.argv[1] === "show"
        ? JSON.stringify([{ resource: "web", options: shown, connections: [] }])
        : [...dumpOf("web"), DUMP_END, ""].join("\n"),
    );
    role.exit(0);
  });
  effects.files.put(MAIN, text);
  const { config } = await loadConfig(MAIN, effects.files, KNOWN);
  assert.ok(config);
  const findings = async () =>
    (await checkSystem(effects, config)).map(({ severity, about, problem }) =>
      `${severity}: ${about}: ${problem}`
    );
  return { effects, systemd, findings };
}

Deno.test("a node that is fit has nothing to be said of", async () => {
  assert.deepEqual(await (await node()).findings(), []);
});

Deno.test("what keeps services from being started is an error", async () => {
  const { systemd, findings } = await node();
  systemd.set("a.service", { LoadState: "not-found" });
  systemd.set("drbd-services@web.target", { LoadState: "masked" });
  assert.deepEqual(await findings(), [
    "error: web: drbd-services@web.target is masked: it cannot be started",
    "error: web: a.service cannot be started: there is no such unit",
  ]);
  const unsafe = await node(web(), { quorum: "off" });
  assert.deepEqual(await unsafe.findings(), [
    "error: web: drbdd does not manage it: neither quorum nor fencing keeps two nodes from being Primary at once (quorum is off)",
  ]);
});

Deno.test("a kernel module of DRBD 8 is an error", async () => {
  const { effects, findings } = await node();
  effects.processes.install("drbdadm", (role) => {
    role.print("DRBD_KERNEL_VERSION_CODE=0x08040b\nDRBDADM_VERSION_CODE=0x091c00\n");
    role.exit(0);
  });
  assert.deepEqual(await findings(), ["error: alpha: kernel module 8.4.11 found, DRBD 9 needed"]);
});

Deno.test("what will disappoint is a warning", async () => {
  const { systemd, findings } = await node(web('preferred-nodes = ["alpha", "betta"]\n'), {
    "auto-promote": true,
  });
  systemd.set("a.service", { UnitFileState: "enabled" });
  systemd.set("drbdd.service", { ActiveState: "inactive", UnitFileState: "disabled" });
  assert.deepEqual(await findings(), [
    "warning: alpha: drbdd.service is not enabled: it will not start after a reboot",
    "warning: alpha: drbdd.service is not running: services are not managed",
    "warning: web: a.service is enabled by itself: it would start at boot without its data",
    'warning: web: The DRBD option auto-promote is "yes", expected "no"',
    'warning: web: The preferred node "betta" is no peer of web: found alpha, beta',
  ]);
});

Deno.test("a resource that is not up is reported, with the one that was probably meant", async () => {
  const misspelt = await node(web().replace("web]", "wbe]"));
  assert.deepEqual(await misspelt.findings(), [
    'warning: wbe: not up in DRBD on this node (did you mean "web"?)',
  ]);
  const { findings } = await node(web().replace("web]", "db]"));
  assert.deepEqual(await findings(), ["warning: db: not up in DRBD on this node"]);
});

Deno.test("what cannot be looked at is an error, and the rest is looked at", async () => {
  const { effects, findings } = await node();
  effects.processes.install("systemctl", undefined);
  assert.deepEqual((await findings()).map((text) => text.replace(/: it was not.*/, "")), [
    "error: alpha: Cannot check drbdd.service, drbd-promote@.service, the units of the start lists: Cannot start systemctl",
  ]);
  effects.processes.install("drbdsetup", undefined);
  const blind = (await findings()).join("\n");
  assert.match(blind, /Cannot check the state of DRBD: Cannot start drbdsetup/);
  assert.doesNotMatch(blind, /web/);
});

Deno.test("a systemd that does not answer is said once, without all that it was asked", async () => {
  const { effects, findings } = await node();
  effects.processes.install("systemctl", (role) => {
    role.complain("Failed to connect to bus\n");
    role.exit(1);
  });
  const looking = findings();
  for (let round = 0; round < 5; round++) await effects.clock.advance(60_000);
  const [only, ...others] = await looking;
  assert.match(
    only ?? "",
    /^error: alpha: Cannot check drbdd\.service, .*: "systemctl show" failed: exit code 1: Failed to connect to bus$/,
  );
  assert.deepEqual(others, []);
});

Deno.test("a node that was not looked at is not counted as such, and complaints of programs are one line", async () => {
  const bad = new SimulatedCtl({ files: { [MAIN]: "sandbox = 1\n" } });
  await showCheck({ files: [], lenient: false, system: true, isJson: false }, bad.ctl);
  assert.match(bad.out, /1 file: 1 error/);
  const good = new SimulatedCtl({ files: { [MAIN]: web() } });
  good.effects.processes.install("drbdsetup", (role) => {
    role.complain("first\nsecond\n");
    role.exit(20);
  });
  await showCheck({ files: [], lenient: false, system: true, isJson: false }, good.ctl);
  assert.match(good.out, /Cannot check the state of DRBD: .*first; second/);
  assert.doesNotMatch(good.out, /\\x0a/);
});
