/** What a real systemd does in the container: what the promoter's behaviour rests on. */
import assert from "node:assert/strict";
import { Container, CONTAINER_NEEDS, type ContainerOptions } from "./container/container.ts";
import { until } from "./servers/until.ts";
import { requires } from "./require.ts";

const SLEEPING = "[Service]\nExecStart=sleep infinity\n";

function test(
  name: string,
  options: Omit<ContainerOptions, "name">,
  fn: (box: Container) => Promise<void>,
): void {
  Deno.test(requires(CONTAINER_NEEDS, {
    name: `container: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using box = await Container.start({ name: "alpha", ...options });
      await fn(box);
    },
  }));
}

async function ok(box: Container, ...systemctl: string[]): Promise<void> {
  await box.output(["systemctl", "--no-ask-password", ...systemctl]);
}

async function active(box: Container, unit: string): Promise<string> {
  return await box.property(unit, "ActiveState");
}

test("boots a whole system of its own", {}, async (box) => {
  assert.match((await box.systemctl("is-system-running")).stdout, /^(running|degraded)$/m);
  assert.equal(await box.output(["hostname"]), "alpha\n");
  assert.equal(await box.output(["cat", "/proc/1/comm"]), "systemd\n");
  assert.equal(await active(box, "dbus.service"), "active");
});

test("cannot change the machine's sysctls", {}, async (box) => {
  const { code, stderr } = await box.run([
    "sh",
    "-c",
    "cat /proc/sys/kernel/pid_max >/proc/sys/kernel/pid_max",
  ]);
  assert.notEqual(code, 0);
  assert.match(stderr, /Read-only file system/);
});

test("a drop-in takes effect with daemon-reload, and not before", {
  files: { "/etc/systemd/system/a.service": SLEEPING },
}, async (box) => {
  await ok(box, "start", "a.service");
  await box.writeFile("/run/systemd/system/a.service.d/drbdd.conf", "[Unit]\nDescription=Changed\n");
  assert.equal(await box.property("a.service", "Description"), "a.service");
  await ok(box, "daemon-reload");
  assert.equal(await box.property("a.service", "Description"), "Changed");
  assert.equal(await active(box, "a.service"), "active");
});

test("Requires= starts the other unit and is stopped with it, but survives its death", {
  files: {
    "/etc/systemd/system/base.service": SLEEPING,
    "/etc/systemd/system/upper.service": `[Unit]\nRequires=base.service\nAfter=base.service\n${SLEEPING}`,
  },
}, async (box) => {
  await ok(box, "start", "upper.service");
  assert.equal(await active(box, "base.service"), "active");
  await ok(box, "stop", "base.service");
  assert.equal(await active(box, "upper.service"), "inactive");
  await ok(box, "start", "upper.service");
  await ok(box, "kill", "--signal=KILL", "base.service");
  await box.waitFor("base.service failed", async () => await active(box, "base.service") === "failed");
  assert.equal(await active(box, "upper.service"), "active");
});

test("BindsTo= is stopped when the other unit dies", {
  files: {
    "/etc/systemd/system/base.service": SLEEPING,
    "/etc/systemd/system/upper.service": `[Unit]\nBindsTo=base.service\nAfter=base.service\n${SLEEPING}`,
  },
}, async (box) => {
  await ok(box, "start", "upper.service");
  await ok(box, "kill", "--signal=KILL", "base.service");
  await box.waitFor(
    "upper.service is inactive",
    async () => await active(box, "upper.service") === "inactive",
  );
});

test("PartOf= is stopped and restarted with the other unit, but not started", {
  files: {
    "/etc/systemd/system/base.service": SLEEPING,
    "/etc/systemd/system/part.service": `[Unit]\nPartOf=base.service\n${SLEEPING}`,
  },
}, async (box) => {
  await ok(box, "start", "base.service");
  assert.equal(await active(box, "part.service"), "inactive");
  await ok(box, "start", "part.service");
  const before = await box.property("part.service", "MainPID");
  await ok(box, "restart", "base.service");
  // systemctl waits for what it is given, not for what goes with it.
  const restarted = async () => !["0", before].includes(await box.property("part.service", "MainPID"));
  await until(restarted, "part.service to be restarted");
  await until(async () => await active(box, "part.service") === "active", "part.service to be active");
  await ok(box, "stop", "base.service");
  await until(async () => await active(box, "part.service") === "inactive", "part.service to be stopped");
});

/** A child that is not the main process says that all is ready. systemd-notify speaks for its parent, here the inner shell. */
function notifying(access: "main" | "all"): string {
  const script = "sh -c 'systemd-notify --ready --status=Serving; sleep infinity' & wait";
  const limitS = access === "main" ? 2 : 60;
  return `[Service]\nType=notify\nNotifyAccess=${access}\nTimeoutStartSec=${limitS}\nExecStart=sh -c "${script}"\n`;
}

test("Type=notify with NotifyAccess=all listens to a child, with its status text", {
  files: { "/etc/systemd/system/a.service": notifying("all") },
}, async (box) => {
  await ok(box, "start", "a.service");
  assert.equal(await active(box, "a.service"), "active");
  assert.equal(await box.property("a.service", "StatusText"), "Serving");
});

test("Type=notify with NotifyAccess=main does not listen to a child", {
  files: { "/etc/systemd/system/a.service": notifying("main") },
}, async (box) => {
  assert.notEqual((await box.systemctl("start", "a.service")).code, 0);
  assert.equal(await box.property("a.service", "Result"), "timeout");
  assert.match(await box.journal("a.service"), /reception only permitted for main PID/);
});

test("a unit can be frozen and thawed", {
  files: { "/etc/systemd/system/a.service": SLEEPING },
}, async (box) => {
  await ok(box, "start", "a.service");
  const cgroup = await box.property("a.service", "ControlGroup");
  const frozen = async () => /^frozen 1$/m.test(await box.readFile(`/sys/fs/cgroup${cgroup}/cgroup.events`));
  await ok(box, "freeze", "a.service");
  assert.equal(await box.property("a.service", "FreezerState"), "frozen");
  assert.equal(await frozen(), true);
  await ok(box, "thaw", "a.service");
  assert.equal(await box.property("a.service", "FreezerState"), "running");
  assert.equal(await frozen(), false);
});

test("the journal has a unit's lines, and systemd's about it", {
  files: {
    "/etc/systemd/system/a.service":
      "[Service]\nType=oneshot\nExecStart=echo hello from a\nExecStart=false\n",
  },
}, async (box) => {
  assert.notEqual((await box.systemctl("start", "a.service")).code, 0);
  const journal = await box.journal("a.service");
  assert.match(journal, /^hello from a$/m);
  assert.match(journal, /^a\.service: Failed with result 'exit-code'\.$/m);
  assert.equal(journal.includes("dbus"), false);
});
