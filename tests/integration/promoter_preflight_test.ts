/** The promoter on a real systemd: what it says of the node it finds, and whether what it advises fixes it. */
import assert from "node:assert/strict";
import type { ContainerFile } from "./container/container.ts";
import { drbdFiles, FLAVOURS } from "./drbd_units/install.ts";
import { type Node, nodeTest, noting, promotable, withQuorum } from "./promoter/node.ts";

/** Options that nobody should run a promoter with. */
const BAD_OPTIONS = JSON.stringify([{
  resource: "web",
  options: {
    "auto-promote": true,
    "quorum": "majority",
    "on-no-quorum": "suspend-io",
    "on-no-data-accessible": "io-error",
    "on-suspended-primary-outdated": "disconnect",
  },
  connections: [],
}]);

const CONFIG = `[[promoter]]
[promoter.resources.web]
start = ["fine.service", "masked.service", "enabled.service", "missing.service", "ocf:heartbeat:IPaddr2 vip ip=::1"]
preferred-nodes = ["alpha", "bravo"]
`;

/** What is wrong, and how to fix it, as far as it was logged from `place` on. */
async function findings(node: Node, place: number): Promise<{ problem: string; remedy: string }[]> {
  // The last of what is looked at.
  await node.said("there is no agent", place);
  return (await node.log()).slice(place).flatMap((line) => {
    const [, problem, remedy] = /^promoter: web: (.*); fix it with: (.*)$/.exec(line) ?? [];
    return problem === undefined || remedy === undefined ? [] : [{ problem, remedy }];
  });
}

nodeTest("what people find out during an outage is reported before, with commands that fix it", {
  config: CONFIG,
  resources: ["web"],
  files: {
    ...noting("fine"),
    "/lib/systemd/system/masked.service": "[Service]\nExecStart=/bin/true\n",
    "/lib/systemd/system/enabled.service":
      "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n",
    "/run/systemd/system/fine.service.d/reactor.conf": "[Unit]\n",
    "/etc/systemd/system/fine.service.d/drbdd.conf": "[Unit]\n",
    "/var/lib/standin/web/show.json": BAD_OPTIONS,
  },
  isStarted: false,
}, async (node) => {
  await node.box.output(["systemctl", "mask", "--quiet", "masked.service"]);
  await node.box.output(["systemctl", "enable", "--quiet", "enabled.service"]);
  await node.startDaemon();
  const found = await findings(node, 0);
  const about = (pattern: RegExp) => found.filter(({ problem }) => pattern.test(problem)).length;
  for (
    const pattern of [
      /^The DRBD option auto-promote is "yes", expected "no"$/,
      /^The DRBD option on-no-quorum is "suspend-io", expected "io-error"$/,
      /^The DRBD option on-suspended-primary-outdated is "disconnect", expected "force-secondary"$/,
      /^The preferred node "bravo" is no peer of web: found alpha, beta$/,
      /^masked\.service is masked: it cannot be started$/,
      /^enabled\.service is enabled by itself: it would start at boot without its data$/,
      /^missing\.service cannot be started: there is no such unit$/,
      /^".*reactor\.conf" of drbd-reactor still holds for fine\.service$/,
      /^"\/etc\/.*\/drbdd\.conf" hides the drop-in of drbdd/,
      /^ocf\.rs@vip_web\.service cannot be started: there is no agent/,
    ]
  ) assert.equal(about(pattern), 1, `${pattern}: ${JSON.stringify(found)}`);
  assert.equal(found.length, 10);

  const commands = found.map(({ remedy }) => remedy).filter((remedy) => /^(systemctl|rm|mv) /.test(remedy));
  assert.equal(commands.length, 4);
  for (const command of commands) await node.box.output(["sh", "-c", command]);
  const place = (await node.log()).length;
  await node.reload(CONFIG);
  const left = (await findings(node, place)).map(({ problem }) => problem);
  assert.deepEqual(
    left.map((problem) => /option|preferred|missing|agent/.exec(problem)?.[0]),
    ["option", "option", "option", "preferred", "missing", "agent"],
  );
});

/** Units as of drbd-utils 9.18 on a systemd without ExecCondition: no shim, nothing that escalates. */
async function oldUnits(): Promise<Record<string, ContainerFile>> {
  const files = await drbdFiles("9.22");
  const { shim } = FLAVOURS["9.22"];
  const unit = (name: string) => `/lib/systemd/system/${name}`;
  return {
    ...files,
    [shim]: { text: "#!/bin/sh\nexit 1\n", mode: 0o644 },
    [unit("drbd-demote-or-escalate@.service")]: "",
    [unit("drbd@.service")]: String(files[unit("drbd@.service")]).replaceAll(
      `${shim} `,
      "-/usr/sbin/drbdadm ",
    ),
    [unit("drbd-promote@.service")]: String(files[unit("drbd-promote@.service")])
      .replace(/^ExecCondition=.*$/m, "ExecStart=/usr/sbin/drbdsetup primary %I")
      .replace(/^ExecStop=.*$/m, "ExecStop=/usr/sbin/drbdsetup secondary %I"),
  };
}

nodeTest("old drbd-utils and an old systemd: it works, and says what cannot be done", {
  config: `[[promoter]]
[promoter.resources.web]
start = ["a.service"]
on-drbd-demote-failure = "reboot"
`,
  resources: ["web"],
  files: { ...noting("a"), ...await oldUnits() },
}, async (node) => {
  await node.said("cannot demote by force: secondary-force has no effect; drbd-utils 9.22 or later can");
  await node.said("a lost race would count as a failed demotion: on-drbd-demote-failure has no effect");
  await node.said("drbd-demote-or-escalate@.service is not installed: on-drbd-demote-failure has no effect");
  await node.drbd.refuseOnce("web", "primary");
  await node.print(promotable("web"));
  await node.said("web: not started here");
  await node.box.output(["systemctl", "restart", "drbdd.service"]);
  await node.said("web: start: done");
  await node.print(withQuorum("web", "no"));
  await node.said("web: stop: done");
  const story = (await node.story()).filter((deed) => !/^(adjust|show)/.test(deed));
  assert.deepEqual(story, ["primary web: 11", "primary web", "start a", "stop a", "secondary web"]);
});
