/** The units of DRBD as a promoter meets them: the race for the role, order, demotion and its failure. */
import assert from "node:assert/strict";
import { Container, CONTAINER_NEEDS } from "./container/container.ts";
import { drbdFiles, type Flavour, FLAVOURS } from "./drbd_units/install.ts";
import { type Call, StandIn } from "./drbd_units/standin.ts";
import { requires } from "./require.ts";

interface Node {
  readonly box: Container;
  readonly drbd: StandIn;
}

/** Runs the test once for each flavour of units, with a resource "web" that has the services a and b, b after a. */
function test(name: string, fn: (node: Node) => Promise<void>, more: Record<string, string> = {}): void {
  for (const flavour of Object.keys(FLAVOURS) as Flavour[]) { // keys() does not say which strings it gives.
    Deno.test(requires(CONTAINER_NEEDS, {
      name: `drbd units ${flavour}: ${name}`,
      sanitizeOps: true,
      sanitizeResources: true,
      fn: async () => {
        const files = { ...await drbdFiles(flavour), ...services("web"), ...more };
        await using box = await Container.start({ name: "alpha", files });
        const drbd = new StandIn(box);
        await drbd.define("web");
        await drbd.appendEvents("exists resource name:web role:Secondary\nexists -\n");
        await fn({ box, drbd });
      },
    }));
  }
}

function services(instance: string): Record<string, string> {
  return {
    "/etc/systemd/system/a.service": noting("a"),
    "/etc/systemd/system/b.service": noting("b"),
    "/etc/systemd/system/a.service.d/drbdd.conf": onTopOf(instance),
    "/etc/systemd/system/b.service.d/drbdd.conf": `${onTopOf(instance)}Requires=a.service\nAfter=a.service\n`,
    [`/etc/systemd/system/drbd-services@${instance}.target.d/drbdd.conf`]:
      "[Unit]\nRequires=a.service\nRequires=b.service\n",
  };
}

function noting(name: string): string {
  const note = "/usr/lib/drbdd-standin/note";
  return `[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${note} start ${name}
ExecStop=${note} stop ${name}
`;
}

function onTopOf(instance: string): string {
  const promotion = `drbd-promote@${instance}.service`;
  return `[Unit]
PartOf=drbd-services@${instance}.target
BindsTo=${promotion}
After=${promotion}
`;
}

/** What was finished, in order, of what these tests look at. */
async function story(drbd: StandIn): Promise<string[]> {
  const isReported = ({ program, args, code }: Call) =>
    code !== undefined && !/^events2/.test(args) && program !== "drbdadm";
  return (await drbd.calls()).filter(isReported).map(({ args, code }) =>
    code === 0 ? args : `${args}: ${code}`
  );
}

async function state(box: Container, unit: string): Promise<string> {
  return await box.property(unit, "ActiveState");
}

/** How a failing demotion is reported to the machine, without rebooting it. */
const HARMLESS_ESCALATION = {
  "/run/systemd/system/drbd-promote@web.service.d/drbdd.conf": `[Unit]
OnFailure=drbd-demote-or-escalate@%i.service
OnFailureJobMode=replace-irreversibly
`,
  "/run/systemd/system/drbd-demote-or-escalate@web.service.d/drbdd.conf": `[Unit]
FailureAction=none
Conflicts=drbd-promote@%i.service
`,
};

test("systemd-analyze verify finds nothing to say", async ({ box }) => {
  const { stdout } = await box.run(["sh", "-c", "ls /lib/systemd/system/drbd*"]);
  const units = stdout.trim().split("\n");
  assert.ok(units.length >= 7);
  const verify = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"];
  assert.deepEqual(await box.run([...verify, ...units]), { code: 0, stdout: "", stderr: "" });
  await box.writeFile(
    "/lib/systemd/system/drbd-wrong@.service",
    "[Service]\nExecStart=/nonexistent\nTypo=yes\n",
  );
  assert.match((await box.run([...verify, "/lib/systemd/system/drbd-wrong@.service"])).stderr, /Typo/);
});

test(
  "a race that is lost leaves the promotion inactive, not failed, and starts nothing",
  async ({ box, drbd }) => {
    await drbd.refuse("web", "primary");
    await box.systemctl("start", "drbd-services@web.target");
    await box.waitFor("the promotion is over", async () => (await story(drbd)).includes("primary web: 11"));
    await box.waitFor(
      "nothing is left to do",
      async () => /No jobs/.test((await box.systemctl("list-jobs")).stdout),
    );
    assert.equal(await state(box, "drbd-promote@web.service"), "inactive");
    assert.match(await box.journal("drbd-promote@web.service"), /Skipped due to 'exec-condition'/);
    assert.equal(await state(box, "drbd-services@web.target"), "inactive");
    assert.deepEqual(await story(drbd), ["adjust web", "primary web: 11"]);
  },
  HARMLESS_ESCALATION,
);

test("a race that is won starts the services in order, a stop takes them back and demotes last", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  for (
    const unit of ["drbd@web.target", "drbd-promote@web.service", "drbd-services@web.target", "b.service"]
  ) {
    assert.equal(await state(box, unit), "active", unit);
  }
  assert.deepEqual(await story(drbd), ["adjust web", "primary web", "start a", "start b"]);
  assert.equal(await drbd.role("web"), "Primary");
  await drbd.forget();
  await box.output(["systemctl", "stop", "drbd-services@web.target"]);
  await box.waitFor("it is demoted", async () => await state(box, "drbd-promote@web.service") === "inactive");
  assert.deepEqual(await story(drbd), ["stop b", "stop a", "secondary web"]);
  assert.equal(await drbd.role("web"), "Secondary");
  assert.equal(await state(box, "drbd@web.target"), "active");
});

test("a stop of the promotion alone takes services and target along", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  await drbd.forget();
  await box.output(["systemctl", "stop", "drbd-promote@web.service"]);
  assert.deepEqual(await story(drbd), ["stop b", "stop a", "secondary web"]);
  await box.waitFor(
    "the target goes",
    async () => await state(box, "drbd-services@web.target") === "inactive",
  );
});

test("a stop of the resource's target demotes, then takes the resource down", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  await drbd.forget();
  await box.output(["systemctl", "stop", "drbd@web.target"]);
  await box.waitFor("it is down", async () => await state(box, "drbd@web.service") === "inactive");
  assert.deepEqual(await story(drbd), ["stop b", "stop a", "secondary web", "down web"]);
});

test(
  "a demotion that fails escalates, and the failure action is the administrator's",
  async ({ box, drbd }) => {
    await box.output(["systemctl", "start", "drbd-services@web.target"]);
    await drbd.forget();
    await drbd.refuse("web", "secondary");
    await box.systemctl("stop", "drbd-services@web.target");
    const escalation = "drbd-demote-or-escalate@web.service";
    await box.waitFor("the escalation failed", async () => await state(box, escalation) === "failed");
    assert.equal(await state(box, "drbd-promote@web.service"), "failed");
    assert.deepEqual(await story(drbd), [
      "stop b",
      "stop a",
      "secondary web: 11",
      "secondary-or-escalate web: 1",
    ]);
    assert.equal(await drbd.role("web"), "Primary");
  },
  HARMLESS_ESCALATION,
);

test("an escalation that demotes at last takes the failure back", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  await drbd.refuseOnce("web", "secondary");
  await box.systemctl("stop", "drbd-services@web.target");
  const escalation = "drbd-demote-or-escalate@web.service";
  await box.waitFor("it is demoted", async () => (await story(drbd)).includes("secondary-or-escalate web"));
  await box.waitFor("the escalation is over", async () => await state(box, escalation) === "inactive");
  assert.ok((await story(drbd)).includes("secondary web: 11"));
  assert.equal(await state(box, "drbd-promote@web.service"), "inactive");
}, HARMLESS_ESCALATION);

test("the failure action as shipped reboots the node", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  await drbd.refuse("web", "secondary");
  await box.systemctl("stop", "--no-block", "drbd-services@web.target");
  assert.equal(await box.end(), "reboot");
}, {
  "/run/systemd/system/drbd-promote@web.service.d/drbdd.conf":
    "[Unit]\nOnFailure=drbd-demote-or-escalate@%i.service\n",
});

test("names with hyphens reach the programs unescaped", async ({ box, drbd }) => {
  await drbd.define("db-main");
  await box.output(["systemctl", "start", "drbd-services@db\\x2dmain.target"]);
  await box.output(["systemctl", "stop", "drbd-promote@db\\x2dmain.service"]);
  assert.deepEqual(await story(drbd), ["adjust db-main", "primary db-main", "secondary db-main"]);
});

test("the resource's target waits for may_promote where that is enabled", async ({ box, drbd }) => {
  await box.output(["systemctl", "enable", "drbd-wait-promotable@web.service"]);
  await box.output(["systemctl", "start", "--no-block", "drbd@web.target"]);
  await box.waitFor(
    "it listens",
    async () => (await drbd.calls()).some(({ args }) => args === "events2 web"),
  );
  assert.equal(await state(box, "drbd@web.target"), "inactive");
  await drbd.appendEvents(
    "change resource name:other may_promote:yes\nchange resource name:web may_promote:no\n",
  );
  assert.equal(await state(box, "drbd-wait-promotable@web.service"), "activating");
  await drbd.appendEvents("change resource name:web may_promote:yes promotion_score:10101\n");
  await box.waitFor("the target is active", async () => await state(box, "drbd@web.target") === "active");
});

test("suspend or error are set with the services", async ({ box, drbd }) => {
  await box.output(["systemctl", "start", "drbd-services@web.target"]);
  await box.output(["systemctl", "stop", "drbd-services@web.target"]);
  const unit = "drbd-reconfigure-suspend-or-error@web.service";
  await box.waitFor("the options are set back", async () => await state(box, unit) === "inactive");
  const options = (await story(drbd)).filter((line) => line.startsWith("resource-options"));
  assert.deepEqual(options, [
    "resource-options web --on-no-quorum=suspend-io --on-no-data-accessible=suspend-io",
    "resource-options web --on-no-quorum=io-error --on-no-data-accessible=io-error",
  ]);
}, {
  "/run/systemd/system/drbd-services@web.target.d/suspend.conf":
    "[Unit]\nRequires=drbd-reconfigure-suspend-or-error@web.service\n",
});
