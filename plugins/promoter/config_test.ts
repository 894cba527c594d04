import assert from "node:assert/strict";
import { loadText, pluginConfig } from "../../tests/support/trials/load_text.ts";

Deno.test("A promoter resource has drbd-reactor's defaults", async () => {
  assert.deepEqual(await pluginConfig('[[promoter]]\n[promoter.resources.web]\nstart = ["nginx.service"]'), {
    resources: [{
      name: "web",
      runner: "systemd",
      start: [{ kind: "unit", unit: "nginx.service" }],
      dependenciesAs: "Requires",
      targetAs: "Requires",
      onDrbdDemoteFailure: "none",
      secondaryForce: true,
      stopServicesOnExit: false,
      sleepBeforePromoteFactor: 1,
      preferredNodes: [],
      preferredNodesPolicy: "always",
      onQuorumLoss: "shutdown",
      notWith: [],
      onDiskDetach: "ignore",
      fencingPromoteDelayS: 5,
      adjustResourceOnStart: true,
      onServiceFailure: "ignore",
      serviceFailureLimit: 3,
    }],
  });
});

Deno.test("A promoter resource takes every key of the systemd runner", async () => {
  const config = await pluginConfig(`[promoter.resources."my+db"]
start = ["ocf:heartbeat:IPaddr2 vip ip=10.0.0.1"]
runner = "systemd"
dependencies-as = "BindsTo"
target-as = "Wants"
on-drbd-demote-failure = "reboot-immediate"
stop-services-on-exit = true
sleep-before-promote-factor = 2
preferred-nodes = ["alpha", "bravo"]
preferred-nodes-policy = "start-only"
secondary-force = false
on-quorum-loss = "freeze"
on-disk-detach = "fail-over"
fencing-promote-delay = 0
adjust-resource-on-start = false
on-service-failure = "restart"
service-failure-limit = 5
`);
  assert.deepEqual(config, {
    resources: [{
      name: "my+db",
      runner: "systemd",
      start: [{
        ...{
          kind: "ocf",
          unit: String.raw`ocf.rs@vip_my\x2bdb.service`,
          vendor: "heartbeat",
          agent: "IPaddr2",
          id: "vip",
        },
        parameters: [{ name: "ip", value: "10.0.0.1" }],
      }],
      dependenciesAs: "BindsTo",
      targetAs: "Wants",
      onDrbdDemoteFailure: "reboot-immediate",
      secondaryForce: false,
      stopServicesOnExit: true,
      sleepBeforePromoteFactor: 2,
      preferredNodes: ["alpha", "bravo"],
      preferredNodesPolicy: "start-only",
      onQuorumLoss: "freeze",
      notWith: [],
      onDiskDetach: "fail-over",
      fencingPromoteDelayS: 0,
      adjustResourceOnStart: false,
      onServiceFailure: "restart",
      serviceFailureLimit: 5,
    }],
  });
});

Deno.test("The shell runner takes commands as they are, and stops in reverse order", async () => {
  const config = await pluginConfig(`[promoter.resources.db]
runner = "shell"
start = ["mount /srv", "/etc/init.d/db start"]
on-stop-failure = "fuser -k /srv"
monitor = "true"
on-service-failure = "fail-over"
`);
  assert.deepEqual(config, {
    resources: [{
      name: "db",
      runner: "shell",
      start: ["mount /srv", "/etc/init.d/db start"],
      stop: ["/etc/init.d/db start", "mount /srv"],
      onStopFailure: "fuser -k /srv",
      monitor: "true",
      stopServicesOnExit: false,
      sleepBeforePromoteFactor: 1,
      preferredNodes: [],
      preferredNodesPolicy: "always",
      onQuorumLoss: "shutdown",
      notWith: [],
      onDiskDetach: "ignore",
      fencingPromoteDelayS: 5,
      adjustResourceOnStart: true,
      onServiceFailure: "fail-over",
      serviceFailureLimit: 3,
    }],
  });
});

Deno.test("The shell runner takes a stop list as it is", async () => {
  const config = await pluginConfig(
    '[promoter.resources.db]\nrunner = "shell"\nstart = ["a", "b"]\nstop = ["c"]',
  );
  assert.match(JSON.stringify(config), /"stop":\["c"\]/);
});

Deno.test("A table for the role Secondary is none of a promotion", async () => {
  const config = await pluginConfig('[promoter.resources.web]\nwhen = "Secondary"\nstart = ["a.service"]');
  assert.deepEqual(config, {
    resources: [],
    secondaries: [{
      name: "web",
      start: [{ kind: "unit", unit: "a.service" }],
      dependenciesAs: "Requires",
      targetAs: "Requires",
      stopServicesOnExit: false,
    }],
  });
});

const HEAD = "[promoter.resources.x]\n";
const SECONDARY = `[[promoter]]\n${HEAD}when = "Secondary"\n`;
const KEY = '"promoter.resources.x';

/** With one more letter its longest unit, drbd-demote-or-escalate@LONG.service, has the most characters it may have. */
const LONG = "a-".repeat(30) + "b".repeat(70);

const IMPOSSIBLE = "DRBD cannot have a resource of this name, nothing will be started for it: found ";

const DIAGNOSED: readonly { name: string; text: string; want: readonly string[] }[] = [
  {
    name: "a promoter without resources",
    text: "[[promoter]]",
    want: [
      "warning 1:3: Promoter without work: found no resource, expected a table [promoter.resources.NAME]",
    ],
  },
  {
    name: "a resource that starts nothing",
    text: HEAD,
    want: ["warning 1:21: Nothing to start: found an empty start list, expected at least one entry"],
  },
  {
    name: "a resource whose name makes longer names of units than a file system takes",
    text:
      `[[promoter]]\nresources."${LONG}x".start = ["a.service"]\nresources."${LONG}-".start = ["a.service"]`,
    want: [
      `error 3:11: Wrong value of "promoter.resources.${LONG}-": found "${LONG}-", expected a name for units that is ` +
      'shorter by 3 when systemd has escaped it ("-" is "\\x2d")',
    ],
  },
  {
    name: "names that DRBD cannot have, as warnings: the resources beside them go on",
    text: ["a/b", "my res", "all", "../x", "x".repeat(128), "allow.1-2_3"].map((name, index) =>
      `[promoter.resources."${name}"]\nstart = ["u-${index}.service"]\n`
    ).join(""),
    want: [
      `1:21: ${IMPOSSIBLE}"a/b", expected a name without slashes, spaces and control characters`,
      `3:21: ${IMPOSSIBLE}"my res", expected a name without slashes, spaces and control characters`,
      `5:21: ${IMPOSSIBLE}"all", expected another name: DRBD means every resource by "all"`,
      `7:21: ${IMPOSSIBLE}"../x", expected a name without slashes, spaces and control characters`,
      `9:21: ${IMPOSSIBLE}"${"x".repeat(60)}"..., expected a name of at most 127 bytes`,
    ].map((text) => `warning ${text}`),
  },
  {
    name: "no name: its drop-ins would be those of every resource",
    text: '[promoter.resources.""]\nstart = ["a.service"]\n',
    want: [
      'error 1:21: Wrong value of "promoter.resources.""": found the name "", expected the name of a DRBD resource',
    ],
  },
  {
    name: "no name with the shell runner, which harms no other resource",
    text: '[promoter.resources.""]\nrunner = "shell"\nstart = ["a"]\n',
    want: [`warning 1:21: ${IMPOSSIBLE}"", expected the name of a resource`],
  },
  {
    name: "every wrong entry of a start list, although the table has other mistakes",
    text:
      `${HEAD}start = ["/srv/data", "a.servic", "b.service", "b.service"]\non-quorum-loss = "freze"\nsecondary-force = 1`,
    want: [
      `error 2:10: Wrong value of ${KEY}.start": found "/srv/data", expected the name of a unit, for a mount at this path "srv-data.mount"`,
      `error 2:23: Wrong value of ${KEY}.start": found "a.servic", expected the name of a unit, which ends in .service, .mount or another type of systemd's (did you mean "a.service"?)`,
      `error 2:48: Wrong value of ${KEY}.start": found "b.service" a second time, expected each unit once`,
      `error 3:18: Wrong value of ${KEY}.on-quorum-loss": found "freze", expected "shutdown" or "freeze" (did you mean "freeze"?)`,
      `error 4:19: Wrong value of ${KEY}.secondary-force": found 1, expected true or false`,
    ],
  },
  ...["Primary", "Secondary"].map((when) => ({
    name: `a unit that drbdd starts itself, with when = "${when}"`,
    text: `${HEAD}start = ["a.service", "drbd-services@x.target"]\nwhen = "${when}"`,
    want: [
      `error 2:23: Wrong value of ${KEY}.start": found "drbd-services@x.target", expected units of your services only: drbdd takes care of "drbd-services@x.target" itself`,
    ],
  })),
  {
    name: "the same agent with the same ID twice",
    text: `${HEAD}start = ["ocf:h:A i p=1", "ocf:h:B i p=2"]`,
    want: [
      `error 2:27: Wrong value of ${KEY}.start": found "ocf.rs@i_x.service" a second time, expected each unit once`,
    ],
  },
  {
    name: "a mount as the last unit",
    text: `${HEAD}start = ["a.service", "srv.mount"]`,
    want: [
      'warning 2:23: Mount as the last unit: found "srv.mount", expected the agent ocf:heartbeat:Filesystem, which ends programs that keep it from being unmounted',
    ],
  },
  {
    name: "keys of the shell runner with systemd",
    text: `${HEAD}start = ["a.service"]\nstop = ["x"]\non-stop-failure = "y"\nmonitor = "z"`,
    want: [
      'warning 3:1: Key without effect: found "stop" with the systemd runner, expected it with runner = "shell" only',
      'warning 4:1: Key without effect: found "on-stop-failure" with the systemd runner, expected "on-drbd-demote-failure" instead, or runner = "shell"',
      'warning 5:1: Key without effect: found "monitor" with the systemd runner, expected it with runner = "shell" only',
    ],
  },
  {
    name: "keys of systemd with the shell runner, and freezing",
    text:
      `${HEAD}runner = "shell"\nstart = ["a"]\nsecondary-force = false\non-drbd-demote-failure = "reboot"\non-quorum-loss = "freeze"`,
    want: [
      'warning 4:1: Key without effect: found "secondary-force" with the shell runner, expected it with runner = "systemd" only',
      'warning 5:1: Key without effect: found "on-drbd-demote-failure" with the shell runner, expected it with runner = "systemd" only',
      'warning 6:18: Services will be stopped, not frozen: found "freeze" with the shell runner, expected it with runner = "systemd" only',
    ],
  },
  {
    name: "nothing of keys that are set to what they are anyway",
    text: `${HEAD}start = ["a.service"]\nstop = []\non-stop-failure = ""`,
    want: [],
  },
  {
    name: "a policy for failures that nobody would notice",
    text: `${HEAD}runner = "shell"\nstart = ["a"]\non-service-failure = "restart"`,
    want: [
      'warning 4:1: Failures will not be noticed: found no "monitor", expected a command that succeeds while the services are well',
    ],
  },
  {
    name: "nothing of a monitor with on-service-failure = ignore: it leads to a warning",
    text: `${HEAD}runner = "shell"\nstart = ["a"]\nmonitor = "true"`,
    want: [],
  },
  {
    name: "a node that is preferred twice",
    text: `${HEAD}start = ["a.service"]\npreferred-nodes = ["n1", "n2", "n1"]`,
    want: ['warning 3:32: Node without effect: found "n1" a second time, expected each node once'],
  },
  {
    name: "a resource in two instances",
    text:
      `[[promoter]]\nresources.x.start = ["a.service"]\n[[promoter]]\n[promoter.resources.x]\nstart = ["b.service"]`,
    want: [
      'error 4:21: DRBD resource "x" configured twice: found it again, first at /drbdd.toml:2:11, expected it once',
    ],
  },
  {
    name: "a unit that two resources start",
    text: `${HEAD}start = ["a.service", "b.service"]\n[promoter.resources.y]\nstart = ["b.service"]`,
    want: [
      'warning 4:10: Unit "b.service" configured twice: found it again, first at /drbdd.toml:2:23, expected it once',
    ],
  },
  {
    name: "nothing of a resource with a table for each role",
    text:
      `[[promoter]]\nresources.x.start = ["a.service"]\n[[promoter]]\n[promoter.resources.x]\nwhen = "Secondary"\nstart = ["b.service"]`,
    want: [],
  },
  {
    name: "a resource with two tables for the role Secondary",
    text: `${SECONDARY}start = ["a.service"]\n${SECONDARY}start = ["b.service"]`,
    want: [
      'error 6:21: DRBD resource "x" with when = "Secondary" configured twice: found it again, first at /drbdd.toml:2:21, expected it once',
    ],
  },
  ...["Primary", "Secondary"].map((first) => ({
    name: `a unit in both tables of a resource, that for the ${first} first`,
    text: [first, first === "Primary" ? "Secondary" : "Primary"].map((when) =>
      `[[promoter]]\n[promoter.resources.x]\nwhen = "${when}"\nstart = ["a.service"]\n`
    ).join(""),
    want: [
      'error 8:10: Unit "a.service" configured twice: found it again, first at /drbdd.toml:4:10, expected it once',
    ],
  })),
  {
    name: "the shell runner with the role Secondary",
    text: `${SECONDARY}start = ["a.service"]\nrunner = "shell"`,
    want: [
      `error 5:10: Wrong value of ${KEY}.runner": found "shell", expected "systemd", the only runner of services with when = "Secondary"`,
    ],
  },
  {
    name: "keys of a promotion with the role Secondary",
    text:
      `${SECONDARY}start = ["srv.mount"]\ndependencies-as = "Wants"\nstop-services-on-exit = true\npreferred-nodes = ["a"]\nstop = []\nsecondary-force = false`,
    want: [
      'warning 7:1: Key without effect: found "preferred-nodes" with when = "Secondary", expected it with when = "Primary" only',
      'warning 9:1: Key without effect: found "secondary-force" with when = "Secondary", expected it with when = "Primary" only',
    ],
  },
  {
    name: "no role at all",
    text: `${HEAD}when = "secondary"\nstart = ["a.service"]`,
    want: [
      `error 2:8: Wrong value of ${KEY}.when": found "secondary", expected "Primary" or "Secondary" (did you mean "Secondary"?)`,
    ],
  },
  {
    name: "numbers that no timer can hold",
    text:
      `${HEAD}start = ["a.service"]\nfencing-promote-delay = 2147484\nsleep-before-promote-factor = 1.5\nservice-failure-limit = 0`,
    want: [
      `error 3:25: Wrong value of ${KEY}.fencing-promote-delay": found 2147484, expected a whole number from 0 to 2147483`,
      `error 4:31: Wrong value of ${KEY}.sleep-before-promote-factor": found 1.5, expected a whole number from 0 to 86400`,
      `error 5:25: Wrong value of ${KEY}.service-failure-limit": found 0, expected a whole number from 1 to 1000`,
    ],
  },
];
for (const { name, text, want } of DIAGNOSED) {
  Deno.test(`The promoter's configuration reports ${name}`, async () =>
    assert.deepEqual((await loadText(text)).lines, want));
}

Deno.test("The promoter's configuration reports a resource that two files configure", async () => {
  const snippet = '[promoter.resources.x]\nstart = ["b.service"]';
  const { lines } = await loadText(`snippets = "/d"\n${HEAD}start = ["a.service"]`, { "/d/s.toml": snippet });
  assert.deepEqual(lines, [
    'error /d/s.toml:1:21: DRBD resource "x" configured twice: found it again, first at /drbdd.toml:2:21, expected it once',
  ]);
});
