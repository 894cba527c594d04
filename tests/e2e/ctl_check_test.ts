import assert from "node:assert/strict";
import { DRBDSETUP, showJson, SYSTEMCTL, textOf } from "../support/ctl_node.ts";
import { ctlTest } from "../support/ctl_process.ts";
import { DUMP_END, dumpOf } from "../support/events2_text.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';

ctlTest(
  "check says that nothing is wrong, with exit code 0",
  { snippets: { "web.toml": WEB } },
  async (trial) => {
    const { code, stdout, stderr } = await trial.run(["check"]);
    assert.deepEqual({ code, stdout, stderr }, {
      code: 0,
      stdout: "● 2 files: nothing is wrong\n",
      stderr: "",
    });
  },
);

ctlTest("check tells all that is wrong at once, with exit code 2", {
  snippets: {
    "web.toml": `${WEB}runer = "shell"\n`,
    "db.toml": "[[promoter]]\nresources = 1\n",
    "log.toml": "",
  },
}, async (trial) => {
  const { code, stdout } = await trial.run(["check"]);
  assert.equal(code, 2);
  assert.deepEqual(stdout.split("\n").map((line) => line.replace(/, expected.*/, "")), [
    'error: $DIR/etc/drbdd.d/db.toml:2:13: Wrong value of "promoter.resources": found 1',
    'error: $DIR/etc/drbdd.d/web.toml:4:1: Unknown key, ignored: found "runer" in "promoter.resources.web"',
    "✗ 4 files: 2 errors",
    "",
  ]);
});

ctlTest("check of a file says what would be wrong if it were enabled", {
  snippets: { "web.toml": WEB, "new.toml.disabled": WEB, "other.toml": "x = 1\n" },
}, async (trial) => {
  const { code, stdout } = await trial.run(["check", "new"]);
  assert.equal(code, 2);
  assert.match(
    stdout,
    /^error: \$DIR\/etc\/drbdd\.d\/new\.toml\.disabled:1:3: Equal instance .*web\.toml:1:3/,
  );
  assert.match(stdout, /✗ 1 file: 1 error/);
  const missing = await trial.run(["check", "nwe"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /There is no file .*nwe\.toml"\n {2}Next: did you mean "new"\?/);
});

const NODE = {
  snippets: { "web.toml": WEB },
  programs: { drbdsetup: DRBDSETUP, systemctl: SYSTEMCTL },
  files: {
    "events2": textOf([...dumpOf("web"), DUMP_END]),
    "show.json": showJson("web"),
    "units/drbdd.service": "ActiveState=active\nUnitFileState=enabled\n",
    "units/drbd-promote@drbdd\\x2dlooks.service": "ExecCondition={ path=/nowhere/drbd-service-shim.sh }\n",
  },
};

ctlTest("check --system says that the node is fit", NODE, async (trial) => {
  const { code, stdout } = await trial.run(["check", "--system"]);
  assert.equal(stdout, "● 2 files and this node: nothing is wrong\n");
  assert.equal(code, 0);
});

ctlTest("check --system tells what is not, with what mends it", NODE, async (trial) => {
  await trial.put("units/web.service", "LoadState=not-found\n");
  await trial.put("units/drbdd.service", "ActiveState=inactive\n");
  const { code, stdout } = await trial.run(["check", "--system"]);
  assert.equal(code, 2);
  assert.match(
    stdout,
    /^warning: \S+: drbdd\.service is not enabled.*\n {2}Next: systemctl enable drbdd\.service$/m,
  );
  assert.match(stdout, /^error: web: web\.service cannot be started: there is no such unit$/m);
  assert.match(stdout, /✗ 2 files and this node: 1 error, 2 warnings/);
  await trial.put("units/web.service", "LoadState=loaded\n");
  assert.equal((await trial.run(["check", "--system"])).code, 0);
});
