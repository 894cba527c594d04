import assert from "node:assert/strict";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { SimulatedSystemd } from "../../../../tests/support/simulated/simulated_systemd.ts";
import { inspectHost } from "./host.ts";

const UNIT = "drbd-promote@drbdd\\x2dlooks.service";
const NEW = "/usr/lib/drbd/scripts/drbd-service-shim.sh";
const OLD = "/lib/drbd/scripts/drbd-service-shim.sh";
const FORCEFUL = "case $1 in secondary-secondary-force) ;; esac";

for (
  const { name, unit, escalation = {}, files, host, problems } of [
    {
      name: "the shim that the unit names, and promotion in ExecCondition",
      unit: { ExecCondition: `{ path=${OLD} ; argv[]=${OLD} primary x ; ignore_errors=no }` },
      files: { [OLD]: FORCEFUL },
      host: { shim: OLD, canEscalate: true },
      problems: [],
    },
    {
      name: "a shim at its usual place when the unit names another program",
      unit: { ExecCondition: "{ path=/usr/sbin/drbdsetup ; argv[]=drbdsetup primary x }" },
      files: { [OLD]: FORCEFUL },
      host: { shim: OLD, canEscalate: true },
      problems: [],
    },
    {
      name: "the newer one of two places",
      unit: { ExecCondition: "{ path=/usr/sbin/drbdsetup }" },
      files: { [OLD]: FORCEFUL, [NEW]: FORCEFUL },
      host: { shim: NEW, canEscalate: true },
      problems: [],
    },
    {
      name: "a shim that cannot demote by force",
      unit: { ExecCondition: `{ path=${OLD} }` },
      files: { [OLD]: "case $1 in secondary) ;; esac" },
      host: { shim: undefined, canEscalate: true },
      problems: [/cannot demote by force: secondary-force has no effect; drbd-utils 9\.22 or later can/],
    },
    {
      name: "no shim",
      unit: { ExecCondition: "{ path=/usr/sbin/drbdsetup }" },
      files: {},
      host: { shim: undefined, canEscalate: true },
      problems: [/drbd-service-shim\.sh was not found: secondary-force has no effect/],
    },
    {
      name: "promotion in ExecStart",
      unit: { ExecStart: `{ path=${NEW} ; argv[]=${NEW} primary x }` },
      files: { [NEW]: FORCEFUL },
      host: { shim: NEW, canEscalate: false },
      problems: [/a lost race would count as a failed demotion: on-drbd-demote-failure has no effect/],
    },
    {
      name: "no unit for escalation",
      unit: { ExecCondition: `{ path=${NEW} }` },
      escalation: { LoadState: "not-found" },
      files: { [NEW]: FORCEFUL },
      host: { shim: NEW, canEscalate: false },
      problems: [/drbd-demote-or-escalate@\.service is not installed: on-drbd-demote-failure has no effect/],
    },
    {
      name: "no unit",
      unit: { LoadState: "not-found" },
      files: { [NEW]: FORCEFUL },
      host: { shim: undefined, canEscalate: false },
      problems: [/drbd-promote@\.service is not installed/],
    },
  ]
) {
  Deno.test(`inspectHost() finds ${name}`, async () => {
    const effects = new SimulatedEffects();
    const systemd = new SimulatedSystemd(effects.processes);
    systemd.set(UNIT, unit as Record<string, string>);
    systemd.set(UNIT.replace("promote", "demote-or-escalate"), escalation as Record<string, string>);
    for (const [path, text] of Object.entries(files)) effects.files.put(path, text as string);
    const found = await inspectHost(effects);
    assert.deepEqual(found.host, host);
    assert.equal(found.problems.length, problems.length);
    problems.forEach((problem, place) => assert.match(found.problems[place] ?? "", problem));
  });
}

Deno.test("inspectHost() takes a shim that it may not read for a new one", async () => {
  const effects = new SimulatedEffects();
  new SimulatedSystemd(effects.processes).set(UNIT, { ExecCondition: `{ path=${NEW} }` });
  effects.files.failing.set(NEW, "Permission denied");
  assert.deepEqual((await inspectHost(effects)).host, { shim: NEW, canEscalate: true });
});

Deno.test("inspectHost() rejects when there is no systemctl", async () => {
  await assert.rejects(inspectHost(new SimulatedEffects()), /Cannot start systemctl/);
});
