import assert from "node:assert/strict";
import { fixtureNames, fixtureText } from "../../../tests/support/core/fixtures.ts";
import { SimulatedEffects } from "../../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../../tests/support/simulated/simulated_processes.ts";
import { askDrbdOptions, type DrbdOptions, readDrbdOptions } from "./drbd_options.ts";
import { remarksOn } from "./option_remarks.ts";
import { protectionOf } from "./protection.ts";

const GOOD: DrbdOptions = {
  autoPromote: false,
  quorum: "majority",
  onNoQuorum: "io-error",
  onNoDataAccessible: "io-error",
  onSuspendedPrimaryOutdated: "force-secondary",
  connections: [{ name: "beta", fencing: "dont-care", rrConflict: "disconnect", allowTwoPrimaries: false }],
};
const FROZEN: DrbdOptions = {
  ...GOOD,
  onNoQuorum: "suspend-io",
  onNoDataAccessible: "suspend-io",
  connections: [{
    name: "beta",
    fencing: "dont-care",
    rrConflict: "retry-connect",
    allowTwoPrimaries: false,
  }],
};
const FENCED: DrbdOptions = {
  ...GOOD,
  quorum: "off",
  connections: [{
    name: "beta",
    fencing: "resource-and-stonith",
    rrConflict: "disconnect",
    allowTwoPrimaries: false,
  }],
};

Deno.test("readDrbdOptions() reads what a real drbdsetup printed", () => {
  const options = readDrbdOptions(fixtureText("show-json/idle-two-peers.json"), "web");
  assert.deepEqual({ ...options, connections: [] }, { ...GOOD, connections: [] });
  assert.deepEqual(options.connections.map(({ name, fencing }) => [name, fencing]), [
    ["alpha", "dont-care"],
    ["gamma", "dont-care"],
  ]);
});

Deno.test("readDrbdOptions() reads every recording, and knows how each avoids a split brain", () => {
  for (const name of fixtureNames("show-json/", /\.json$/)) {
    const text = fixtureText(name);
    for (const { resource } of JSON.parse(text) as { resource: string }[]) {
      const options = readDrbdOptions(text, resource);
      assert.deepEqual(protectionOf(options, resource), { by: "quorum" }, `${name}: ${resource}`);
      assert.ok(options.connections.every(({ allowTwoPrimaries }) => allowTwoPrimaries === false), name);
    }
  }
});

for (
  const { name, json, reason } of [
    { name: "no JSON", json: "drbdsetup: error", reason: /JSON/ },
    { name: "no list", json: "{}", reason: /drbdsetup shows no resource "web"/ },
    { name: "nothing", json: "[]", reason: /drbdsetup shows no resource "web"/ },
    { name: "another resource", json: '[{"resource": "db"}]', reason: /drbdsetup shows no resource "web"/ },
  ]
) {
  Deno.test(`readDrbdOptions() refuses ${name}`, () => {
    assert.throws(() => readDrbdOptions(json, "web"), reason);
  });
}

Deno.test("readDrbdOptions() takes a quorum that is a number", () => {
  const options = readDrbdOptions('[{"resource": "web", "options": {"quorum": 2}}]', "web");
  assert.equal(options.quorum, "2");
});

Deno.test("askDrbdOptions() rejects with what drbdsetup said", async () => {
  const effects = new SimulatedEffects();
  effects.processes.install("drbdsetup", (role) => {
    role.complain("web: no such resource\n");
    role.exit(10);
  });
  await assert.rejects(
    askDrbdOptions(effects, "web"),
    /"drbdsetup show --json --show-defaults web" failed: exit code 10: web: no such resource/,
  );
});

const connection = (fencing?: string) => ({
  ...{ name: "beta", fencing, rrConflict: undefined, allowTwoPrimaries: false },
});
/** Of a resource with so many nodes. */
const among = (nodes: number, quorum: string): DrbdOptions => ({
  ...GOOD,
  quorum,
  connections: Array.from({ length: nodes - 1 }, () => connection("dont-care")),
});
const DUAL = { ...connection("dont-care"), name: "gamma", allowTwoPrimaries: true };
for (
  const { name, play, want } of [
    {
      name: "JSON that is none, as of old drbd-utils",
      play: (role: Role) => {
        role.print('[{"resource": "web", "options": {} "connections": []}]\n');
        role.exit(0);
      },
      want:
        /^Error: "drbdsetup show .*web" printed no valid JSON, as old drbd-utils do; install a newer drbd-utils/,
    },
    {
      name: "options that it does not know, as with DRBD 8.4",
      play: (role: Role) => {
        role.complain("show: unrecognized option '--json'\n");
        role.exit(20);
      },
      want:
        /^Error: "drbdsetup show .*web" failed: exit code 20: .*--json'; install a newer drbd-utils: drbdd needs DRBD 9/,
    },
  ]
) {
  Deno.test(`askDrbdOptions() names the command and what to do about ${name}`, async () => {
    const effects = new SimulatedEffects();
    effects.processes.install("drbdsetup", play);
    await assert.rejects(askDrbdOptions(effects, "web"), want);
  });
}

for (
  const { name, options, want } of [
    { name: "quorum majority", options: GOOD, want: "quorum" },
    { name: "another quorum rule", options: { ...GOOD, quorum: "all" }, want: "quorum" },
    { name: "fencing on every connection", options: FENCED, want: "fencing" },
    {
      name: "fencing on some connections",
      options: { ...FENCED, connections: [...FENCED.connections, connection("dont-care")] },
      want: "none",
    },
    {
      name: "a connection whose fencing is not known",
      options: { ...FENCED, connections: [connection()] },
      want: "none",
    },
    { name: "no connection", options: { ...FENCED, connections: [] }, want: "none" },
    { name: "neither", options: { ...GOOD, quorum: "off" }, want: "none" },
    { name: "no quorum option", options: { ...GOOD, quorum: undefined }, want: "none" },
    { name: "quorum 2 of 3 nodes", options: among(3, "2"), want: "quorum" },
    { name: "quorum 1 of 2 nodes", options: among(2, "1"), want: "none" },
    { name: "quorum 2 of 4 nodes", options: among(4, "2"), want: "none" },
    { name: "quorum 3 of 4 nodes", options: among(4, "3"), want: "quorum" },
    { name: "quorum 1 of a node without peers", options: among(1, "1"), want: "quorum" },
    { name: "a quorum rule that drbdd does not know", options: among(3, "some"), want: "none" },
    { name: "too small a quorum, but fencing", options: { ...FENCED, quorum: "1" }, want: "fencing" },
    {
      name: "quorum, but two Primaries allowed on one of the connections",
      options: { ...GOOD, connections: [...GOOD.connections, DUAL] },
      want: "none",
    },
  ]
) {
  Deno.test(`protectionOf() is ${want} with ${name}`, () => {
    assert.equal(protectionOf(options, "web").by, want);
  });
}

for (
  const [options, lack, remedy] of [
    [
      among(4, "2"),
      /\(quorum is 2, which is not more than half of 4 nodes\)/,
      /^options \{ quorum majority; \}/,
    ],
    [{ ...GOOD, quorum: "off" }, /\(quorum is off\)/, /then drbdadm adjust web$/],
    [
      { ...GOOD, connections: [DUAL] },
      /allow-two-primaries is yes .* to gamma/,
      /^net \{ allow-two-primaries no; \}/,
    ],
  ] as const
) {
  Deno.test(`protectionOf() says what is lacking, and what to do: ${lack}`, () => {
    const protection = protectionOf(options, "web");
    assert.ok(protection.by === "none");
    assert.match(protection.lack, lack);
    assert.match(protection.remedy, remedy);
  });
}

const remark = (option: string, found: string, expected: string, section = "options") => ({
  option,
  found,
  expected,
  section,
});

for (
  const { name, options, policy, want } of [
    { name: "nothing of options as they should be", options: GOOD, policy: "shutdown", want: [] },
    { name: "nothing of options as they should be to freeze", options: FROZEN, policy: "freeze", want: [] },
    { name: "nothing about fencing instead of quorum", options: FENCED, policy: "shutdown", want: [] },
    {
      name: "auto-promote",
      options: { ...GOOD, autoPromote: true },
      policy: "shutdown",
      want: [remark("auto-promote", "yes", "no")],
    },
    {
      name: "a quorum of all",
      options: { ...GOOD, quorum: "all" },
      policy: "shutdown",
      want: [remark("quorum", "all", "majority")],
    },
    {
      name: "what happens to an outdated suspended Primary",
      options: { ...GOOD, onSuspendedPrimaryOutdated: "disconnect" },
      policy: "shutdown",
      want: [remark("on-suspended-primary-outdated", "disconnect", "force-secondary")],
    },
    {
      name: "I/O that is suspended where services are to be stopped",
      options: FROZEN,
      policy: "shutdown",
      want: [
        remark("on-no-quorum", "suspend-io", "io-error"),
        remark("on-no-data-accessible", "suspend-io", "io-error"),
      ],
    },
    {
      name: "what keeps a frozen service from going on, each option once",
      options: { ...GOOD, connections: [...GOOD.connections, ...GOOD.connections] },
      policy: "freeze",
      want: [
        remark("on-no-quorum", "io-error", "suspend-io"),
        remark("on-no-data-accessible", "io-error", "suspend-io"),
        remark("rr-conflict", "disconnect", "retry-connect", "net"),
      ],
    },
    {
      name: "nothing of options that the kernel does not know",
      options: { ...GOOD, onSuspendedPrimaryOutdated: undefined, autoPromote: undefined },
      policy: "shutdown",
      want: [],
    },
  ] as const
) {
  Deno.test(`remarksOn() says ${name}`, () => assert.deepEqual(remarksOn(options, policy), want));
}
