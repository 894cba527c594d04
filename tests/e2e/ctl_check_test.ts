import assert from "node:assert/strict";
import { DRBDSETUP, showJson, SYSTEMCTL, textOf } from "../support/processes/ctl_node.ts";
import { ctlTest } from "../support/processes/ctl_process.ts";
import { DUMP_END, dumpOf } from "../support/core/events2_text.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';

ctlTest(
  "check says that nothing is wrong, with exit code 0",
  { snippets: { "web.toml": WEB } },
  async (trial) => {
    const { code, stdout, stderr } = await trial.run(["check"]);
    assert.deepEqual({ code, stdout, stderr }, {
      code: 0,
      stdout: "● 2 files: no problems\n",
      stderr: "",
    });
  },
);

ctlTest("check reports all errors at once, with exit code 2", {
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
    "× 4 files: 2 errors",
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
  assert.match(stdout, /× 1 file: 1 error/);
  const missing = await trial.run(["check", "nwe"]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /There is no file .*nwe\.toml"\n {2}Next: did you mean "new"\?/);
});

/** Without root, and with nothing but the files: what drbdd would report about them. */
const NOTHING_ELSE = { env: { PATH: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" } };
const LENIENT: readonly { name: string; text: string; code: number; said: readonly RegExp[] }[] = [
  {
    name: "nothing to say",
    text: "[[debugger]]\n",
    code: 0,
    said: [/^● 2 files: no problems\n$/],
  },
  {
    name: "warnings do not stand in its way",
    text: "[[debugger]]\nformt = 1\n",
    code: 0,
    said: [/^warning: .*a\.toml:2:1: .*"formt".*\n! 2 files: 1 warning\n$/],
  },
  {
    name: "errors do, and all are reported",
    text: '[[prometheus]]\naddress = 1\nenums = "x"\nwhat = 1\n',
    code: 2,
    said: [
      /^error: .*a\.toml:2:\d+: .*address/m,
      /^error: .*a\.toml:3:\d+: .*enums/m,
      /^warning: .*"what"/m,
      /× 2 files: 2 errors, 1 warning\n$/,
    ],
  },
];

for (const { name, text, code, said } of LENIENT) {
  ctlTest(
    `check --lenient reports whether drbdd would run: ${name}`,
    { snippets: { "a.toml": text } },
    async (trial) => {
      const ended = await trial.run(["check", "--lenient"], NOTHING_ELSE);
      for (const pattern of said) assert.match(ended.stdout, pattern);
      assert.deepEqual([ended.code, ended.stderr], [code, ""]);
      assert.equal((await trial.run(["check"])).code, name === "nothing to say" ? 0 : 2);
    },
  );
}

ctlTest("check reports all, even if that is more than a pipe holds", {
  snippets: {
    "a.toml": Array.from({ length: 2_000 }, (_, number) => `[[log]]\nlevel = "wrong ${number}"\n`).join(""),
  },
}, async (trial) => {
  const { code, stdout } = await trial.run(["check", "--lenient"]);
  assert.equal(code, 2);
  assert.equal(stdout.match(/ found "wrong \d+"/g)?.length, 2_000);
  assert.match(stdout, /2000 errors\n$/);
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
  assert.equal(stdout, "● 2 files and this node: no problems\n");
  assert.equal(code, 0);
});

ctlTest("check --system reports what is missing, with a fix", NODE, async (trial) => {
  await trial.put("units/web.service", "LoadState=not-found\n");
  await trial.put("units/drbdd.service", "ActiveState=inactive\n");
  const { code, stdout } = await trial.run(["check", "--system"]);
  assert.equal(code, 2);
  assert.match(
    stdout,
    /^warning: \S+: drbdd\.service is not enabled.*\n {2}Next: systemctl enable drbdd\.service$/m,
  );
  assert.match(stdout, /^error: web: web\.service cannot be started: there is no such unit$/m);
  assert.match(stdout, /× 2 files and this node: 1 error, 2 warnings/);
  await trial.put("units/web.service", "LoadState=loaded\n");
  assert.equal((await trial.run(["check", "--system"])).code, 0);
});
