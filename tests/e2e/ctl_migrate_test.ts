import assert from "node:assert/strict";
import { SYSTEMCTL } from "../support/processes/ctl_node.ts";
import { ctlTest } from "../support/processes/ctl_process.ts";

const WEB = `# our web
[[promoter]]
[promoter.resources.web]
start = ["web.service"]
stop-services-on-exit = true
`;
const OLD = {
  programs: { systemctl: SYSTEMCTL },
  files: {
    "etc/drbd-reactor.toml": 'snippets = "$DIR/etc/drbd-reactor.d" # old\nstatistics-poll-interval = 10\n',
    "etc/drbd-reactor.d/web.toml": WEB,
    "etc/drbd-reactor.d/db.toml.disabled": WEB.replaceAll("web", "db"),
  },
};

ctlTest(
  "migrate --dry-run prints what would be done and what will change, and writes nothing",
  OLD,
  async (trial) => {
    await Deno.remove(trial.path("etc/drbdd.toml"));
    const text = await trial.output(["migrate", "--dry-run", trial.path("etc/drbd-reactor.toml")]);
    assert.match(text, /^ {2}\$DIR\/etc\/drbd-reactor\.d\/web\.toml → \$DIR\/etc\/drbdd\.d\/web\.toml$/m);
    assert.match(
      text,
      /^ {4}- snippets = "\$DIR\/etc\/drbd-reactor\.d" # old\n {4}\+ snippets = "\$DIR\/etc\/drbdd\.d" # old$/m,
    );
    assert.match(text, /^What will change\n {2}· web: stop-services-on-exit stops/m);
    assert.match(text, /^Next\n {2}drbddctl migrate$/m);
    assert.deepEqual(await trial.snippets(), []);
  },
);

ctlTest("migrate writes what check then finds good", OLD, async (trial) => {
  await Deno.remove(trial.path("etc/drbdd.toml"));
  const text = await trial.output(["migrate", trial.path("etc/drbd-reactor.toml")]);
  assert.match(text, /^● Wrote \$DIR\/etc\/drbdd\.toml$/m);
  assert.deepEqual(await trial.snippets(), ["db.toml.disabled", "web.toml"]);
  assert.equal(await trial.read("etc/drbdd.d/web.toml"), WEB);
  assert.equal(await trial.read("etc/drbd-reactor.d/web.toml"), WEB);
  assert.equal((await trial.run(["check"])).code, 0);
  const again = await trial.output(["migrate", trial.path("etc/drbd-reactor.toml")]);
  assert.match(again, /Nothing to write: all files exist already/);
});

ctlTest("migrate takes the package's untouched main file for nothing", OLD, async (trial) => {
  const text = await trial.output(["migrate", trial.path("etc/drbd-reactor.toml")]);
  assert.match(text, /etc\/drbdd\.toml \(replaces the unmodified file of the package\)\n/);
  assert.match(text, /\n {2}The previous file is kept as \$DIR\/etc\/drbdd\.toml\.before-migrate\n/);
  assert.match(await trial.read("etc/drbdd.toml"), /statistics-poll-interval = 10/);
});

ctlTest("migrate overwrites nothing without --force, which keeps what was there", OLD, async (trial) => {
  await trial.put("etc/drbdd.toml", "[[debugger]]\n");
  await trial.put("etc/drbdd.d/web.toml", "# mine\n");
  const refused = await trial.run(["migrate", trial.path("etc/drbd-reactor.toml")]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^drbddctl: Not overwritten: \$DIR\/etc\/drbdd\.toml, \$DIR\/etc\/drbdd\.d\/web\.toml\n {2}Next: /,
  );
  assert.deepEqual(await trial.snippets(), ["web.toml"]);
  assert.equal(await trial.read("etc/drbdd.d/web.toml"), "# mine\n");
  await trial.output(["migrate", "--force", trial.path("etc/drbd-reactor.toml")]);
  assert.equal(await trial.read("etc/drbdd.d/web.toml.before-migrate"), "# mine\n");
  assert.equal(await trial.read("etc/drbdd.d/web.toml"), WEB);
});

ctlTest("migrate does not write what drbdd could not run with", OLD, async (trial) => {
  await trial.put("etc/drbd-reactor.d/bad.toml", '[[promoter]]\n[promoter.resources.x]\nstart = ["nginx"]\n');
  const { code, stdout, stderr } = await trial.run(["migrate", trial.path("etc/drbd-reactor.toml")]);
  assert.equal(code, 2);
  assert.match(stdout, /error: \$DIR\/etc\/drbdd\.d\/bad\.toml:3:10: .*"nginx"/);
  assert.match(stderr, /drbdd would refuse this configuration: 1 error/);
  assert.deepEqual(await trial.snippets(), []);
});

ctlTest("migrate says where there is no old configuration", {}, async (trial) => {
  const { code, stderr } = await trial.run(["migrate", trial.path("etc/none.toml")]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^drbddctl: Cannot read the configuration of drbd-reactor: Cannot read "[^:]*none\.toml": No such file or directory\n {2}Next: /,
  );
});
