/** Services that run where a resource is Secondary, on a real systemd, with the compiled drbdd in its sandbox. */
import assert from "node:assert/strict";
import {
  DRBDD,
  nodeTest,
  noting,
  primary,
  promotable,
  secondary,
  sleeping,
  withQuorum,
} from "./promoter/node.ts";
import type { ContainerFile } from "./container/container.ts";

const NOTE = "/usr/lib/drbdd-standin/note";
/** Long enough for a start or a stop to begin, if one were due. */
const WATCH_MS = 7_000;

/** The table of the promotion, and that of the others. */
function both(name: string, runner = "systemd"): string {
  const table = runner === "systemd"
    ? 'start = ["a.service"]\n'
    : `runner = "shell"\nstart = ["drbdadm primary ${name}", "${NOTE} start a"]\nstop = ["${NOTE} stop a", "drbdadm secondary ${name}"]\n`;
  return `[[promoter]]\n[promoter.resources.${name}]\n${table}${beside(name)}`;
}

function beside(name: string, start = '"b.service", "c.service"'): string {
  return `[[promoter]]\n[promoter.resources.${name}]\nwhen = "Secondary"\nstart = [${start}]\n`;
}

const SERVICES = { ...noting("a"), ...sleeping("b"), ...sleeping("c") };
const TARGET = "drbd-services-secondary@web.target";

for (const sandbox of ["ordinary", "minimal"] as const) {
  nodeTest(
    `services of a Secondary stop before drbdd promotes, and start again when it is Secondary, with the ${sandbox} sandbox`,
    {
      config: both("web"),
      resources: ["web"],
      files: {
        ...SERVICES,
        ...(sandbox === "minimal"
          ? { "/etc/drbdd.toml": 'snippets = "/etc/drbdd.d"\nsandbox = "minimal"\n' }
          : {}),
      },
    },
    async (node) => {
      await node.said("web: when Secondary: start: done");
      assert.equal(await node.states(TARGET, "b.service", "c.service"), "active active active");
      await node.does("start b", "start c");
      await node.drbd.forget();

      await node.print(promotable("web"));
      await node.does("stop c", "stop b", "adjust web", "primary web", "start a");
      await node.said("web: start: done");
      assert.equal(
        await node.states(TARGET, "b.service", "c.service", "drbd-services@web.target"),
        "inactive inactive inactive active",
      );
      await node.pass(WATCH_MS);
      await node.drbd.forget();

      await node.print(withQuorum("web", "no"));
      await node.does("stop a", "secondary-secondary-force web", "start b", "start c");
      assert.equal(await node.drbd.role("web"), "Secondary");
    },
  );
}

nodeTest("services of a Secondary stop before the shell runner promotes", {
  config: both("web", "shell"),
  resources: ["web"],
  files: SERVICES,
}, async (node) => {
  await node.said("web: when Secondary: start: done");
  await node.drbd.forget();
  await node.print(promotable("web"));
  await node.said("web: start: done");
  await node.does("stop c", "stop b", "start a");
  assert.equal(await node.drbd.role("web"), "Primary");
});

nodeTest(
  "services of a Secondary stop when somebody else has promoted, whose promotion does not wait for that",
  {
    config: both("db-main"),
    resources: ["db-main"],
    files: { ...noting("a"), ...sleeping("b"), ...noting("c") },
  },
  async (node) => {
    const target = "drbd-services-secondary@db\\x2dmain.target";
    await node.said("db-main: when Secondary: start: done");
    assert.equal(await node.states(target), "active");
    await node.drbd.forget();
    // An administrator, without systemd.
    await node.print(primary("db-main"));
    await node.said("db-main: when Secondary: stop: the resource is Primary here");
    await node.does("stop c", "stop b");
    await node.print(secondary("db-main").replace("may_promote:yes", "may_promote:no"));
    await node.does("stop c", "stop b", "start b", "start c");
    // With systemd.
    await node.drbd.forget();
    await node.box.output(["systemctl", "start", "drbd-services@db\\x2dmain.target"]);
    await node.reaches([target, "b.service", "drbd-services@db\\x2dmain.target"], "inactive inactive active");
    assert.deepEqual((await node.story()).toSorted(), [
      "adjust db-main",
      "primary db-main",
      "start a",
      "stop b",
      "stop c",
    ]);
  },
);

nodeTest("services of a Secondary go on while drbdd is restarted, and are managed by the next one", {
  config: both("web"),
  resources: ["web"],
  files: SERVICES,
}, async (node) => {
  await node.said("web: when Secondary: start: done");
  await node.drbd.forget();
  const place = (await node.log()).length;
  await node.box.output(["systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", DRBDD]);
  await node.said("web: when Secondary: found running", place);
  await node.pass(WATCH_MS);
  assert.deepEqual(await node.story(), []);
  await node.drbd.forget();
  await node.print(promotable("web"));
  await node.does("stop c", "stop b", "adjust web", "primary web", "start a");
});

nodeTest("a service of a Secondary that does not end is killed by systemd before drbdd promotes", {
  config: `[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n${beside("web", '"b.service"')}`,
  resources: ["web"],
  files: {
    ...noting("a"),
    "/etc/systemd/system/b.service":
      `[Service]\nExecStartPre=${NOTE} start b\nExecStart=sh -c 'trap "" TERM; while :; do sleep 1; done'\nExecStopPost=${NOTE} stop b\nTimeoutStopSec=3\n`,
  },
}, async (node) => {
  await node.said("web: when Secondary: start: done");
  await node.drbd.forget();
  const startedMs = await node.print(promotable("web"));
  const promotedMs = await node.began("primary web");
  assert.ok(promotedMs - startedMs >= 3_000, `${promotedMs - startedMs} ms`);
  await node.does("stop b", "adjust web", "primary web", "start a");
});

/** The units of the recipe in the README, with a program that takes its time. */
const RECIPE: Record<string, ContainerFile> = {
  "/etc/systemd/system/web-backup.timer": "[Timer]\nOnCalendar=02:00\n",
  "/etc/systemd/system/web-backup.service":
    `[Unit]\nPartOf=web-backup.timer\n[Service]\nType=oneshot\nExecStart=sh -c '${NOTE} start backup; sleep 600'\nExecStopPost=-${NOTE} stop backup\nTimeoutStopSec=20\n`,
};

nodeTest("the backup of the README: its timer runs on a Secondary, and a backup ends before drbdd promotes", {
  config: `[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n${
    beside("web", '"web-backup.timer"')
  }`,
  resources: ["web"],
  files: { ...noting("a"), ...RECIPE },
}, async (node) => {
  await node.said("web: when Secondary: start: done");
  assert.equal(await node.states(TARGET, "web-backup.timer", "web-backup.service"), "active active inactive");
  await node.drbd.forget();
  // As the timer would.
  await node.box.output(["systemctl", "start", "--no-block", "web-backup.service"]);
  await node.does("start backup");
  await node.print(promotable("web"));
  await node.does("start backup", "stop backup", "adjust web", "primary web", "start a");
  assert.equal(await node.states("web-backup.timer", "web-backup.service"), "inactive failed");
});

nodeTest(
  "services of a Secondary alone: no promoter for it, and on UpToDate data only",
  {
    config: beside("web"),
    resources: ["web"],
    files: SERVICES,
  },
  async (node) => {
    await node.said("web: when Secondary: start: done");
    await node.print(promotable("web"));
    await node.pass(WATCH_MS);
    assert.deepEqual(await node.story(), ["start b", "start c"]);
    await node.drbd.forget();
    await node.print("change device name:web volume:0 minor:0 disk:Outdated");
    await node.said("web: when Secondary: stop: a local disk is Outdated");
    await node.does("stop c", "stop b");
    await node.print("change device name:web volume:0 minor:0 disk:UpToDate");
    await node.does("stop c", "stop b", "start b", "start c");
  },
);
