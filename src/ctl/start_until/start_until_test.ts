import assert from "node:assert/strict";
import { line } from "../../../tests/support/core/events2_text.ts";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { startUntil } from "./start_until.ts";

const WEB = `[[promoter]]
[promoter.resources.web]
start = ["srv.mount", "nginx.service", "vip.service"]
`;
const FILE = "/etc/drbdd.d/web.toml.disabled";

function trial(files: Record<string, string> = { [FILE]: WEB }) {
  const world = new SimulatedCtl({ files });
  world.dump(line("exists", "resource", { name: "web" }));
  world.systemd.set("drbd-promote@drbdd\\x2dlooks.service", {
    ExecCondition: "{ path=/usr/lib/drbd/scripts/drbd-service-shim.sh ; }",
  });
  return world;
}

Deno.test("startUntil() writes the drop-ins beside others, promotes, and starts what is wanted", async () => {
  const world = trial();
  const other = "/run/systemd/system/drbd-services@db.target.d/drbdd.conf";
  world.effects.files.put(other, "x");
  assert.equal(await startUntil("nginx.service", "web", world.ctl), 0);
  assert.deepEqual(world.systemd.called(), [
    "daemon-reload",
    "start drbd-promote@web.service",
    "start srv.mount",
    "start nginx.service",
  ]);
  const paths = Object.keys(world.effects.files.all());
  assert.ok(paths.includes(other));
  assert.ok(paths.includes("/run/systemd/system/vip.service.d/drbdd.conf"));
  assert.equal(
    world.out,
    `● drbd-promote@web.service
● srv.mount
● nginx.service

To go back to normal operation:
  systemctl start 'drbd-services@web.target'   # on this node
  drbddctl enable web   # on all nodes
To stop it again:
  systemctl stop 'drbd-promote@web.service'
`,
  );
});

Deno.test("startUntil() says that the promotion was refused, though no unit has failed", async () => {
  const world = trial();
  world.systemd.verbs.set("start", (role) => role.exit(0));
  await assert.rejects(startUntil("0", "web", world.ctl), {
    message: "drbd-promote@web.service is inactive after its start",
    remedy: "drbdadm primary web says why",
  });
});

Deno.test("startUntil() stops at the first unit that does not start, and says how to take the rest back", async () => {
  const world = trial();
  world.systemd.verbs.set("start", (role, args) => {
    if (args[0] !== "nginx.service") return world.systemd.obey(role, "start", args);
    role.complain("Job failed\n");
    role.exit(1);
  });
  await assert.rejects(
    startUntil("3", "web", world.ctl),
    /"systemctl start nginx\.service" failed.*Job failed/,
  );
  assert.match(world.out, /● srv\.mount\n× nginx\.service\n$/);
  assert.match(
    world.err,
    /To stop what was started so far:\n {2}systemctl stop 'drbd-promote@web\.service'\n/,
  );
  assert.ok(!world.systemd.called().includes("start vip.service"));
});

Deno.test("startUntil() refuses what would not work", async () => {
  const CASES: [Record<string, string>, string, RegExp][] = [
    [{ "/etc/drbdd.d/web.toml": WEB }, "1", /is enabled: drbdd would start and stop/],
    [{}, "1", /no file "\/etc\/drbdd\.d\/web\.toml\.disabled"/],
    [{ [FILE]: WEB }, "mysql.service", /"mysql\.service" is not in the start list of web/],
    [{ [FILE]: "[[prometheus]]\n" }, "1", /has no usable promoter, expected one resource/],
    [
      { [FILE]: `${WEB}[promoter.resources.b]\nstart = ["b.service"]\n` },
      "1",
      /has 2 resources, expected one/,
    ],
  ];
  for (const [files, until, message] of CASES) {
    const world = trial(files);
    await assert.rejects(startUntil(until, "web", world.ctl), message);
    assert.deepEqual(world.systemd.called(), []);
  }
});

Deno.test("startUntil() promotes nothing that is Primary elsewhere", async () => {
  const world = trial();
  world.dump(
    line("exists", "resource", { name: "web" }),
    line("exists", "connection", { name: "web", role: "Primary" }),
  );
  await assert.rejects(startUntil("1", "web", world.ctl), /web is Primary on beta/);
  assert.deepEqual(world.systemd.called(), []);
});

Deno.test("startUntil() runs commands of the shell runner until one fails", async () => {
  const shell = '[[promoter]]\n[promoter.resources.sh]\nrunner = "shell"\nstart = ["one", "two", "three"]\n';
  const world = trial({ "/etc/drbdd.d/sh.toml.disabled": shell });
  const run: string[] = [];
  world.effects.processes.install("/bin/sh", (role) => {
    run.push(role.argv[2] ?? "");
    role.exit(role.argv[2] === "two" ? 3 : 0);
  });
  assert.equal(await startUntil("1", "sh", world.ctl), 0);
  assert.match(world.out, /drbddctl enable sh .*\nTo stop .*\n {2}DRBD_RESOURCE=sh sh -c 'three'\n/);
  await assert.rejects(startUntil("three", "sh", world.ctl), /A start command of sh failed/);
  assert.deepEqual(run, ["one", "one", "two"]);
});
