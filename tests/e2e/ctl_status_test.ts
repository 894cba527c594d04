/** drbddctl status. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest, withMore } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";
import { DUMP_END, dumpOf } from "../support/core/events2_text.ts";

const promoterOf = (name: string, more = 'start = ["srv.mount", "ocf:heartbeat:IPaddr2 vip ip=192.0.2.1"]') =>
  `[[promoter]]\n[promoter.resources.${name}]\n${more}\n`;

/** The dump of a resource, here and on its peer. */
function resource(name: string, role: string, peerRole: string, quorum = "yes"): string[] {
  return dumpOf(name).map((line) =>
    line.replace(/^(exists resource .*)role:\w+/, `$1role:${role}`)
      .replace(/^(exists connection .*)role:\w+/, `$1role:${peerRole}`)
      .replace(/^(exists device .*)quorum:\w+/, `$1quorum:${quorum}`)
  );
}

const textOf = (...lines: string[]) => [...lines, DUMP_END].map((line) => `${line}\n`).join("");
/** A service of db-main runs here though it is Primary elsewhere. */
const DEGRADED = { expected: 3 };
const active = "ActiveState=active\n";

const NODE: CtlOptions = {
  programs: NODE_PROGRAMS,
  snippets: {
    "db.toml": promoterOf("db-main"),
    "metrics.toml": "[[prometheus]]\n",
    "old.toml.disabled": promoterOf("old"),
    "web.toml": promoterOf("web"),
  },
  files: {
    ...NODE_FILES,
    "events2": textOf(
      ...resource("web", "Primary", "Secondary"),
      ...resource("db-main", "Secondary", "Primary"),
    ),
    "units/drbd-services@web.target": active,
    "units/drbd-promote@web.service": active,
    "units/srv.mount": active,
    "units/ocf.rs@vip_web.service": active,
  },
};

ctlTest("status of files shows where resources run, and their units", NODE, async (trial) => {
  const text = (await trial.output(["status", "db", "old", "web", "metrics"], DEGRADED))
    .replaceAll(/ \$DIR\/etc\/drbdd\.d\//g, " ");
  assert.equal(
    text,
    String.raw`● drbdd.service: 1 resource, 0 Primary here

db-main: Primary on beta  db.toml
○ drbd-services@db\x2dmain.target
○ ├─ drbd-promote@db\x2dmain.service
● ├─ srv.mount
○ └─ ocf.rs@vip_db\x2dmain.service
  ! srv.mount active, but the resource is not Primary here
    Next: systemctl stop 'srv.mount'

old: not there (disabled)  old.toml.disabled

web: Primary on this node  web.toml
● drbd-services@web.target
● ├─ drbd-promote@web.service
● ├─ srv.mount
● └─ ocf.rs@vip_web.service

● prometheus listens on :9942  metrics.toml

2 resources: 1 Primary here, 1 elsewhere, 1 disabled; 1 degraded
1 needs attention: db-main
`,
  );
});

ctlTest("status has a line for each resource, the worst first", NODE, async (trial) => {
  const text = (await trial.output(["status"], DEGRADED)).replaceAll(/ \$DIR\/etc\/drbdd\.d\//g, " ");
  assert.equal(
    text,
    `2 resources: 1 Primary here, 1 elsewhere, 1 disabled; 1 degraded
● drbdd.service: 1 resource, 0 Primary here

! db-main  Primary on beta  srv.mount active, but the resource is not Primary here
● web      Primary here
○ old      disabled

● prometheus listens on :9942  metrics.toml
Next: drbddctl status db-main (with what to do), drbddctl explain db-main
`,
  );
  // Without a command it is the same.
  assert.equal((await trial.output([], DEGRADED)).replaceAll(/ \$DIR\/etc\/drbdd\.d\//g, " "), text);
});

ctlTest(
  "status is about the files that the daemon is started with, where --config names none",
  NODE,
  async (trial) => {
    const argv = `/usr/sbin/drbdd --config ${trial.path("etc/drbdd.toml")}`;
    await trial.put(
      "units/drbdd.service",
      `ActiveState=active\nExecStart={ path=/usr/sbin/drbdd ; argv[]=${argv} ; ignore_errors=no ; pid=0 }\n`,
    );
    const text = await trial.output(["status"], { isBare: true, ...DEGRADED });
    assert.match(text, /\n● web +Primary here\n/);
  },
);

ctlTest("status names what needs attention, with the command to look closer", NODE, async (trial) => {
  await trial.put("units/srv.mount", "ActiveState=failed\n");
  await trial.put("units/ocf.rs@vip_web.service", "ActiveState=active\nFreezerState=frozen\n");
  await trial.put("units/drbd-services@db\\x2dmain.target", "LoadState=masked\n");
  await trial.put(
    "events2",
    textOf(...resource("web", "Primary", "Secondary", "no"), ...resource("old", "Primary", "Unknown")),
  );
  const text = await trial.output(["status", "-v"], { expected: 4 });
  for (
    const [what, next] of [
      ["no quorum \\(volume 0\\)", "drbdadm status web: "],
      ["srv\\.mount failed", "systemctl status 'srv\\.mount'"],
      ["frozen: ocf\\.rs@vip_web\\.service", "they continue when quorum is back"],
      ["disabled but Primary: .*", "drbddctl enable old, or drbddctl disable --now old"],
      ["masked: evicted from this node.*", "drbddctl evict --unmask db\\n"],
      ["DRBD does not have it on this node", "drbdadm up db-main"],
    ] as const
  ) {
    assert.match(text, new RegExp(`^  [×!] ${what}\\n    Next: ${next}`, "m"));
  }
  assert.match(text, /^× ├─ srv\.mount \(failed\)$/m);
  assert.match(text, /^● └─ ocf\.rs@vip_web\.service \(frozen\)$/m);
  assert.match(text, /\n3 need attention: db-main, old, web\n/);
});

ctlTest("status is as useful as it can be without DRBD and without drbdd", NODE, async (trial) => {
  await trial.put("bin/drbdsetup", "#!/bin/sh\necho 'no module' >&2; exit 20\n");
  await trial.put("units/drbdd.service", "ActiveState=failed\n");
  const { code, stdout } = await trial.run(["status"]);
  assert.equal(code, 5);
  assert.match(
    stdout,
    /^× drbdd\.service is failed: nothing is promoted.*\n {2}Next: systemctl start drbdd/m,
  );
  assert.match(stdout, /× Cannot read the state of DRBD: .*exit code 20: no module\n/);
  assert.match(stdout, /\n\? web +not known\n/);
  const { stdout: more } = await trial.run(["status", "web"]);
  assert.match(more, /web: unknown where it is Primary .*\n● drbd-services@web\.target\n/);
});

ctlTest("status -r and files narrow it", NODE, async (trial) => {
  const one = await trial.output(["status", "-r", "web"]);
  assert.match(one, /\nweb: /);
  assert.doesNotMatch(one, /db-main|prometheus/);
  const file = await trial.output(["status", "db", "metrics"], DEGRADED);
  assert.match(file, /db-main: [^]*prometheus/);
  assert.doesNotMatch(file, /web:/);
  const { code, stderr } = await trial.run(["status", "-r", "wbe"]);
  assert.equal(code, 1);
  assert.match(stderr, /No promoter is configured for the resource "wbe"\n {2}Next: drbddctl ls/);
});

ctlTest("status --json has the keys and words of drbd-reactorctl", NODE, async (trial) => {
  const status = JSON.parse(await trial.output(["status", "--json"]));
  assert.deepEqual(Object.keys(status).slice(0, 5), ["promoter", "prometheus", "debugger", "umh", "agentx"]);
  const [db, old, web] = status.promoter;
  const unit = (name: string, status: string) => ({ name, status, freezer: "running" });
  assert.deepEqual(web, {
    drbd_resource: "web",
    path: "$DIR/etc/drbdd.d/web.toml",
    enabled: true,
    primary_on: Deno.hostname(),
    target: unit("drbd-services@web.target", "active"),
    dependencies: [
      unit("drbd-promote@web.service", "active"),
      unit("srv.mount", "active"),
      unit("ocf.rs@vip_web.service", "active"),
    ],
    status: "active",
    runner: "systemd",
    on_hold: null,
    problems: [],
  });
  assert.deepEqual([db.primary_on, db.status, old.enabled, old.primary_on], [
    "beta",
    "inactive",
    false,
    "unknown",
  ]);
  assert.deepEqual(status.prometheus, [
    { path: "$DIR/etc/drbdd.d/metrics.toml", enabled: true, address: ":9942", status: "active" },
  ]);
});

ctlTest(
  "status shows resources that the shell runner manages",
  withMore(NODE, {
    snippets: {
      "web.toml": promoterOf("web", 'runner = "shell"\nstart = ["drbdadm primary web", "web up"]'),
    },
  }),
  async (trial) => {
    const text = await trial.output(["status", "web"]);
    assert.match(text, /^● commands, run by a shell\n {2}├─ drbdadm primary web\n {2}└─ web up\n/m);
    const { promoter: [web] } = JSON.parse(await trial.output(["status", "--json", "web"]));
    assert.deepEqual([web.runner, web.status, web.dependencies], ["shell", "active", []]);
  },
);

ctlTest("status -v shows what systemctl and DRBD say, and tries out what listens", NODE, async (trial) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = listener.addr as Deno.NetAddr;
    await trial.put("etc/drbdd.d/metrics.toml", `[[prometheus]]\naddress = "127.0.0.1:${port}"\n`);
    const text = await trial.output(["status", "-v"], DEGRADED);
    assert.match(text, / {2}DRBD: web Primary; UpToDate; beta Secondary/);
    assert.match(
      text,
      /\nweb:\n\(status of drbd-services@web\.target\)\n\(status of drbd-promote@web\.service\)/,
    );
    assert.match(
      text,
      new RegExp(`prometheus listens on 127\\.0\\.0\\.1:${port} .*\\n  ✓ answers`),
    );
  } finally {
    listener.close();
  }
  assert.match(
    await trial.output(["status", "-v"], DEGRADED),
    /× does not answer: Cannot connect to 127\.0\.0\.1/,
  );
});

ctlTest("status goes on where a file cannot be used", NODE, async (trial) => {
  await trial.put("etc/drbdd.d/bad.toml", "x = [\n");
  const text = await trial.output(["status"], DEGRADED);
  assert.match(text, /\n× \$DIR\/etc\/drbdd\.d\/bad\.toml:2:1: .*\n {2}Next: drbddctl edit bad\n/);
  assert.match(text, /● web +Primary here/);
});

ctlTest("status --json ends with 0 whatever is wrong, as long as DRBD answers", NODE, async (trial) => {
  await trial.put("units/srv.mount", "ActiveState=failed\n");
  await trial.output(["status"], { expected: 4 });
  const { promoter: [, , web] } = JSON.parse(await trial.output(["status", "--json"]));
  assert.deepEqual(web.problems, ["srv.mount failed"]);
  await trial.put("bin/drbdsetup", "#!/bin/sh\nexit 20\n");
  await trial.output(["status", "--json"], { expected: 1 });
});
