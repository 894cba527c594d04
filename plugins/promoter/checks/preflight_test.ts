import assert from "node:assert/strict";
import * as v from "valibot";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../tests/support/simulated/simulated_systemd.ts";
import {
  checkFreezing,
  checkOptions,
  checkPreferredNodes,
  checkSecondaryUnits,
  checkUnits,
} from "./preflight.ts";
import { secondaryConfig } from "../config/secondary_config.ts";
import { resourceConfig, type SystemdResourceConfig } from "../config/resource_config.ts";
import { RESOURCE_TABLE, type ResourceInput } from "../config/resource_table.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";

function configOf(table: ResourceInput): SystemdResourceConfig {
  return resourceConfig("web", v.parse(RESOURCE_TABLE, table)) as SystemdResourceConfig;
}

const TARGET = "drbd-services@web.target";

for (
  const { name, entry = "db.service", unit, about, files = [], problem, remedy } of [
    { name: "nothing of a unit that is there and disabled", unit: {} },
    { name: "nothing of a static unit", unit: { UnitFileState: "static" } },
    {
      name: "that a unit does not exist",
      unit: { LoadState: "not-found" },
      problem: "db.service cannot be started: there is no such unit",
      remedy: /install db\.service and systemctl daemon-reload, or correct its name/,
    },
    {
      name: "that the wrapper of OCF agents does not exist",
      entry: "ocf:heartbeat:IPaddr2 vip ip=10.0.0.1",
      about: "ocf.rs@vip_web.service",
      unit: { LoadState: "not-found" },
      files: ["/usr/lib/ocf/resource.d/heartbeat/IPaddr2"],
      problem: "ocf.rs@vip_web.service cannot be started: there is no such unit",
      remedy: /install ocf\.rs@\.service and ocf-rs-wrapper, which drbdd's package has/,
    },
    {
      name: "that an OCF agent does not exist",
      entry: "ocf:heartbeat:IPaddr2 vip ip=10.0.0.1",
      about: "ocf.rs@vip_web.service",
      unit: {},
      problem:
        'ocf.rs@vip_web.service cannot be started: there is no agent "/usr/lib/ocf/resource.d/heartbeat/IPaddr2"',
      remedy: /install the package that has it \(apt-get install resource-agents\)/,
    },
    {
      name: "that the target does not exist",
      about: TARGET,
      unit: { LoadState: "not-found" },
      problem: `${TARGET} cannot be started: there is no such unit`,
      remedy: /install drbd-utils 9\.19\.1 or later/,
    },
    {
      name: "that a unit is masked",
      unit: { LoadState: "masked" },
      problem: "db.service is masked: it cannot be started",
      remedy: /^systemctl unmask db\.service$/,
    },
    {
      name: "that the target is masked",
      about: TARGET,
      unit: { LoadState: "masked" },
      problem: `${TARGET} is masked: it cannot be started`,
      remedy: /^systemctl unmask drbd-services@web\.target$/,
    },
    {
      name: "that a unit is broken",
      unit: { LoadState: "bad-setting" },
      problem: 'db.service cannot be started: systemd says "bad-setting" of it',
      remedy: /^systemd-analyze verify db\.service$/,
    },
    {
      name: "that a unit is enabled by itself",
      unit: { UnitFileState: "enabled" },
      problem: "db.service is enabled by itself: it would start at boot without its data",
      remedy: /^systemctl disable db\.service$/,
    },
    {
      name: "that a unit is enabled until the next boot",
      unit: { UnitFileState: "enabled-runtime" },
      problem: "db.service is enabled by itself: it would start at boot without its data",
      remedy: /^systemctl disable --runtime db\.service$/,
    },
    {
      name: "that a mount of /etc/fstab is mounted at boot",
      entry: "srv.mount",
      about: "srv.mount",
      unit: { UnitFileState: "generated", RequiredBy: "local-fs.target" },
      problem: "srv.mount is enabled by itself: it would start at boot without its data",
      remedy: /^add noauto to its options in \/etc\/fstab/,
    },
    {
      name: "nothing of a mount of /etc/fstab with noauto",
      entry: "srv.mount",
      about: "srv.mount",
      unit: { UnitFileState: "generated" },
    },
    {
      name: "that a drop-in of drbd-reactor was left",
      unit: {},
      files: ["/run/systemd/system/db.service.d/reactor.conf"],
      problem: '"/run/systemd/system/db.service.d/reactor.conf" of drbd-reactor still holds for db.service',
      remedy: /^rm \S+reactor\.conf && systemctl daemon-reload$/,
    },
    {
      name: "that drbd-reactor runs, too",
      about: "drbd-reactor.service",
      unit: { ActiveState: "active" },
      problem: "drbd-reactor.service runs beside drbdd: both may start and stop the same services",
      remedy: /^systemctl disable --now drbd-reactor\.service$/,
    },
    {
      name: "that a file of the administrator hides a drop-in",
      unit: {},
      files: ["/etc/systemd/system/db.service.d/drbdd.conf"],
      problem:
        '"/etc/systemd/system/db.service.d/drbdd.conf" hides the drop-in of drbdd, which ties db.service ' +
        "to its resource",
      remedy: /^mv \S+drbdd\.conf \S+local\.conf && systemctl daemon-reload$/,
    },
  ] as {
    name: string;
    entry?: string;
    unit: Record<string, string>;
    about?: string;
    files?: string[];
    problem?: string;
    remedy?: RegExp;
  }[]
) {
  Deno.test(`checkUnits() reports ${name}`, async () => {
    const effects = new SimulatedEffects();
    const systemd = new SimulatedSystemd(effects.processes);
    systemd.set(about ?? "db.service", unit);
    for (const path of files) effects.files.put(path, "");
    const findings = await checkUnits(effects, [configOf({ start: [entry] })]);
    assert.deepEqual(findings.map((finding) => finding.problem), problem === undefined ? [] : [problem]);
    if (remedy !== undefined) assert.match(findings[0]?.remedy ?? "", remedy);
    assert.ok(findings.every((finding) => finding.resource === "web"));
  });
}

Deno.test("checkSecondaryUnits() reports units that cannot run on a Secondary", async () => {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  const config = secondaryConfig(
    "web",
    v.parse(RESOURCE_TABLE, { when: "Secondary", start: ["a.timer", "b.service"] }),
  );
  assert.deepEqual(await checkSecondaryUnits(effects, [config]), []);
  systemd.set("drbd-services-secondary@web.target", { LoadState: "not-found" });
  systemd.set("b.service", { UnitFileState: "enabled" });
  assert.deepEqual(await checkSecondaryUnits(effects, [config]), [
    {
      resource: "web",
      problem: "drbd-services-secondary@web.target cannot be started: there is no such unit",
      remedy:
        "install drbd-services-secondary@.target, which drbdd's package has, then systemctl daemon-reload",
      isFatal: true,
    },
    {
      resource: "web",
      problem: "b.service is enabled by itself: it would start at boot in any role",
      remedy: "systemctl disable b.service",
    },
  ]);
});

Deno.test("checkOptions() names the option, its section and the command", () => {
  const [finding] = checkOptions(configOf({ "on-quorum-loss": "freeze" }), {
    autoPromote: false,
    quorum: "majority",
    onNoQuorum: "io-error",
    onNoDataAccessible: "suspend-io",
    onSuspendedPrimaryOutdated: "force-secondary",
    connections: [],
  });
  assert.deepEqual(finding, {
    resource: "web",
    problem: 'The DRBD option on-no-quorum is "io-error", expected "suspend-io"',
    remedy: "options { on-no-quorum suspend-io; } in the resource's file, then drbdadm adjust web",
  });
});

// Nothing else of it is looked at.
const RESOURCE = { connections: [{ connName: "beta" }, { connName: "gamma" }] } as unknown as Resource;

for (
  const { name, nodes, resource, want } of [
    { name: "nothing of this node and its peers", nodes: ["gamma", "alpha"], resource: RESOURCE, want: [] },
    {
      name: "a name that no node has",
      nodes: ["beta", "gamma.example.com"],
      resource: RESOURCE,
      want: ['The preferred node "gamma.example.com" is no peer of web: found alpha, beta, gamma'],
    },
    { name: "nothing where peers are not known", nodes: ["delta"], resource: undefined, want: [] },
  ]
) {
  Deno.test(`checkPreferredNodes() reports ${name}`, () => {
    const findings = checkPreferredNodes(configOf({ "preferred-nodes": nodes }), resource, "alpha");
    assert.deepEqual(findings.map(({ problem }) => problem), want);
    for (const { remedy } of findings) assert.match(remedy, /uname -n/);
  });
}

Deno.test("checkFreezing() reports why units cannot be frozen, if freezing is configured", async () => {
  const effects = new SimulatedEffects();
  const systemd = new SimulatedSystemd(effects.processes);
  const freeze = configOf({ "on-quorum-loss": "freeze", start: ["a.service", "b.service", "c.mount"] });
  const [finding] = await checkFreezing(effects, freeze);
  assert.match(finding?.problem ?? "", /units cannot be frozen/);
  assert.equal(finding?.remedy, "boot with systemd.unified_cgroup_hierarchy=1");
  assert.deepEqual(await checkFreezing(effects, configOf({})), []);
  effects.files.put("/sys/fs/cgroup/cgroup.controllers", "cpu");
  assert.deepEqual(await checkFreezing(effects, freeze), []);
  systemd.verbs.set("cat", (role, [unit = ""]) => {
    const watchdogs: Record<string, string> = {
      "a.service": "WatchdogSec=30\n# /etc/systemd/system/a.service.d/frozen.conf\nWatchdogSec = 0",
      "b.service": "[Service]\nWatchdogSec=30s",
    };
    role.print(`${watchdogs[unit] ?? ""}\n`);
    role.exit(unit in watchdogs ? 0 : 1);
  });
  const findings = await checkFreezing(effects, freeze);
  assert.deepEqual(findings.map(({ problem }) => problem), [
    'on-quorum-loss is "freeze", but b.service has WatchdogSec=30s: systemd ends it while it is frozen',
  ]);
  assert.match(
    findings[0]?.remedy ?? "",
    /WatchdogSec=0\\n' >\S+b\.service\.d\/frozen\.conf && systemctl daemon-reload$/,
  );
});
