/** drbddctl evict. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";
import { DUMP_END, line } from "../support/core/events2_text.ts";

const promoterOf = (name: string, more = "") =>
  `[[promoter]]\n[promoter.resources.${name}]\nstart = ["${name}.service"]\n${more}\n`;

/** A dump of resources with their roles here and on the peer beta. */
function dump(roles: Readonly<Record<string, readonly [here: string, there: string]>>): string {
  const lines = Object.entries(roles).flatMap(([name, [role, peerRole]]) => [
    line("exists", "resource", { name, role }),
    line("exists", "connection", {
      name,
      role: peerRole,
      connection: peerRole === "Unknown" ? "Connecting" : "Connected",
    }),
    line("exists", "device", { name }),
  ]);
  return [...lines, DUMP_END].map((each) => `${each}\n`).join("");
}

const HERE = ["Primary", "Secondary"] as const;
const THERE = ["Secondary", "Primary"] as const;
const NOWHERE = ["Secondary", "Secondary"] as const;

/** web is Primary here until its target is stopped; then the peer takes over. */
const NODE: CtlOptions = {
  programs: NODE_PROGRAMS,
  snippets: { "web.toml": promoterOf("web"), "metrics.toml": "[[prometheus]]\n" },
  files: {
    ...NODE_FILES,
    "events2": dump({ web: HERE }),
    "after-stop": dump({ web: THERE }),
    "units/drbd-services@web.target": "ActiveState=active\n",
    "do/stop": 'put "$1" ActiveState inactive; cp after-stop events2',
    // As it ends where a peer is Primary.
    "do/start": "exit 1",
    "do/unmask": 'rm -f "units/$1"',
  },
};

const MOVED = [
  "systemctl mask --runtime drbd-services@web.target",
  "systemctl stop drbd-services@web.target",
  "systemctl unmask --runtime drbd-services@web.target",
  "systemctl start drbd-services@web.target",
];
const KEPT = MOVED.slice(0, 2);

const there = async (trial: CtlTrial, file: string) => await trial.read(file).then(() => true, () => false);

ctlTest("evict masks, stops, waits for a peer, and unmasks", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["evict", "web"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^web: its services here are stopped, after \d+ s\nweb: waiting for a peer .*20 s\n/);
  assert.match(
    stderr,
    /\nweb: beta took over, \d+ s after the eviction began\nweb: unmasked; it can start here again/,
  );
  assert.deepEqual(await trial.calls(), MOVED);
});

ctlTest("evict -k leaves the target masked, evict -u gives it back", NODE, async (trial) => {
  await trial.output(["evict", "--all", "--keep-masked"]);
  assert.deepEqual(await trial.calls(), KEPT);
  const { code, stderr } = await trial.run(["evict", "--unmask"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await trial.calls(), MOVED.slice(2));
});

ctlTest("evict -u unmasks where systemctl cannot", NODE, async (trial) => {
  await trial.put("units/drbd-services@web.target", "LoadState=masked\nUnitFileState=masked-runtime\n");
  await trial.put("do/unmask", "echo 'Unit is not masked' >&2; exit 1");
  await trial.put("do/daemon-reload", "rm units/drbd-services@web.target");
  assert.equal((await trial.run(["evict", "-u", "web"])).code, 0);
  assert.deepEqual(await trial.calls(), [
    MOVED[2],
    "systemctl daemon-reload",
    MOVED[3],
  ]);
});

ctlTest("evict -u leaves alone what somebody else has masked", NODE, async (trial) => {
  await trial.put("units/drbd-services@web.target", "LoadState=masked\nUnitFileState=masked\n");
  const { code, stderr } = await trial.run(["evict", "-u", "web"]);
  assert.equal(code, 1);
  assert.match(stderr, /not unmasked: drbd-services@web\.target is masked for good/);
  assert.deepEqual(await trial.calls(), []);
});

ctlTest("evict says that nobody took over, and starts it here again", NODE, async (trial) => {
  await trial.put("after-stop", dump({ web: NOWHERE }));
  await trial.put("do/start", 'put "$1" ActiveState active');
  const { code, stderr } = await trial.run(["evict", "-d1", "web"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /web: no peer took over within 1 s; it is started here again\n {2}Next: drbddctl explain web/,
  );
  assert.match(stderr, /web: unmasked, and active here again\n$/);
  assert.deepEqual(await trial.calls(), MOVED);
  await trial.put("events2", dump({ web: HERE }));
  const kept = await trial.run(["evict", "-d", "1", "-k", "web"]);
  assert.equal(kept.code, 1);
  assert.match(kept.stderr, /no peer took over within 1 s; it stays stopped here/);
});

ctlTest("evict says that it is still Primary here", NODE, async (trial) => {
  await trial.put("after-stop", dump({ web: HERE }));
  const { code, stderr } = await trial.run(["evict", "--all", "--delay", "1"]);
  assert.equal(code, 1);
  assert.match(stderr, /web: still Primary here: something still uses its device.*\n {2}Next: .*fuser/);
});

ctlTest("evict gives back what could not be stopped", NODE, async (trial) => {
  await trial.put("do/stop", "echo 'Job timed out' >&2; exit 1");
  const { code, stderr } = await trial.run(["evict", "--all"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /web: not evicted: .*Job timed out\n {2}Next: systemctl status 'drbd-services@web\.target'/,
  );
  assert.deepEqual(await trial.calls(), MOVED);
});

ctlTest("evict leaves alone what is not here, and what no peer could take", NODE, async (trial) => {
  await trial.put("events2", dump({ web: THERE }));
  const elsewhere = await trial.run(["evict", "--all"]);
  assert.deepEqual([elsewhere.code, elsewhere.stderr], [0, "web: Primary on beta, nothing to do here\n"]);
  await trial.put("events2", dump({ web: ["Primary", "Unknown"] }));
  const alone = await trial.run(["evict", "--all"]);
  assert.equal(alone.code, 1);
  assert.match(
    alone.stderr,
    /web: not evicted: no peer is connected that could take over\n {2}Next: .*--force/,
  );
  assert.deepEqual(await trial.calls(), []);
  await trial.output(["evict", "--all", "-f"]);
  assert.deepEqual(await trial.calls(), MOVED);
});

ctlTest("evict takes those first whose demotion cannot reboot the node", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/a.toml", promoterOf("a", 'on-drbd-demote-failure = "reboot"'));
  await trial.put("events2", dump({ a: HERE, web: HERE }));
  await trial.put("after-stop", dump({ a: HERE, web: THERE }));
  await trial.put(
    "do/stop",
    'cp after-stop events2; [ "$1" = drbd-services@web.target ] || sed -i "s/name:a role:Primary/name:a role:Secondary/; s/role:Secondary congested/role:Primary congested/" events2',
  );
  assert.equal((await trial.run(["evict", "--all", "-k"])).code, 0);
  const stops = (await trial.calls()).filter((call) => call.includes("stop"));
  assert.deepEqual(stops, [
    "systemctl stop drbd-services@web.target",
    "systemctl stop drbd-services@a.target",
  ]);
});

ctlTest("evict refuses files with more than one resource, unless it is forced", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/web.toml", `${promoterOf("web")}[[debugger]]\n`);
  const mixed = await trial.run(["evict", "web"]);
  assert.equal(mixed.code, 2);
  assert.match(
    mixed.stderr,
    /has other plugins besides its promoter \(debugger\)\n {2}Next: .*drbddctl evict --force web/,
  );
  await trial.put(
    "etc/drbdd.d/web.toml",
    `${promoterOf("web")}[promoter.resources.db]\nstart = ["b.service"]\n`,
  );
  assert.match((await trial.run(["evict", "--all"])).stderr, /has several resources \(web, db\)/);
  assert.match((await trial.run(["evict", "metrics"])).stderr, /has no promoter/);
  assert.deepEqual(await trial.calls(), []);
  await trial.output(["evict", "--all", "--force"]);
  assert.deepEqual(await trial.calls(), MOVED);
});

ctlTest("evict says what to do with resources that the shell runner manages", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/web.toml", promoterOf("web", 'runner = "shell"'));
  const { code, stderr } = await trial.run(["evict", "--all"]);
  assert.equal(code, 1);
  assert.match(stderr, /web: not evicted: .*shell.*\n {2}Next: drbddctl disable --now/);
  assert.deepEqual(await trial.calls(), []);
});

for (
  const [when, stop, said] of [
    // It looks for a peer once systemctl has ended.
    [
      "waits for a peer",
      "cp after-stop events2; echo 'touch $DIR/reached' >> bin/drbdsetup",
      /interrupted before a peer took over/,
    ],
    ["stops the services", "touch reached; exec sleep 60", /interrupted while its services were stopping/],
  ] as const
) {
  ctlTest(`evict gives back in an orderly way when Ctrl-C comes while it ${when}`, NODE, async (trial) => {
    await trial.put("after-stop", dump({ web: NOWHERE }));
    await trial.put("do/stop", stop);
    const child = trial.spawn(["evict", "web"]);
    const result = trial.resultOf(child);
    while (!await there(trial, "reached")) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill("SIGINT");
    const { code, stderr } = await result;
    assert.equal(code, 130);
    assert.match(stderr, said);
    assert.match(stderr, /Interrupted: .*\n$/);
    assert.deepEqual(await trial.calls(), MOVED);
  });
}

ctlTest("evict does nothing where the state of DRBD is unknown", NODE, async (trial) => {
  await trial.put("bin/drbdsetup", "#!/bin/sh\nexit 20\n");
  const { code, stderr } = await trial.run(["evict", "--all"]);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot read the state of DRBD: .*\n {2}Next: /);
  assert.deepEqual(await trial.calls(), []);
});

ctlTest("evict and disable without a name want --all where nobody can be asked", NODE, async (trial) => {
  for (const command of ["evict", "disable"]) {
    const { code, stderr } = await trial.run([command]);
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`stdin is not a terminal: .*\\n {2}Next: drbddctl ${command} FILE, or .* --all\\n$`),
    );
  }
  assert.deepEqual(await trial.calls(), []);
  const both = await trial.run(["disable", "--all", "web"]);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /--all cannot be combined with names/);
  assert.equal((await trial.run(["disable", "--all"])).code, 0);
  assert.deepEqual((await trial.snippets()).filter((name) => !name.endsWith(".disabled")), []);
});
