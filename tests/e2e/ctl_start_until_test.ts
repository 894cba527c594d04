/** drbddctl start-until, as far as it goes without a systemd: the rest is tests/integration's. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";

const NODE: CtlOptions = {
  programs: NODE_PROGRAMS,
  files: NODE_FILES,
  snippets: {
    "sh.toml.disabled": `[[promoter]]
[promoter.resources.sh]
runner = "shell"
start = ['echo "promote $DRBD_RESOURCE" >> $DIR/calls', 'echo two >> $DIR/calls; echo said', 'echo three >> $DIR/calls']
stop = ["down"]
`,
    "web.toml": '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n',
  },
};

ctlTest("start-until runs a part of the start list, and says how to go back", NODE, async (trial) => {
  const { code, stdout, stderr } = await trial.run(["start-until", "2", "sh"]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await trial.calls(), ["promote sh", "two"]);
  assert.match(stderr, /\nsaid\nRan the start command "echo two/);
  assert.match(
    stdout,
    /To go back to normal operation:\n {2}drbddctl enable sh .*\nTo stop it again:\n.*sh -c 'down'\n/,
  );
});

ctlTest("start-until leaves enabled files alone, and wants both arguments", NODE, async (trial) => {
  const enabled = await trial.run(["start-until", "1", "web"]);
  assert.equal(enabled.code, 1);
  assert.match(enabled.stderr, /web\.toml" is enabled: .*\n {2}Next: on all nodes: drbddctl disable web/);
  const wrong = await trial.run(["start-until", "four", "sh"]);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.stderr,
    /"four" is not in the start list of sh\n {2}Next: name one of .*, or a number of units: 0 to 3/,
  );
  assert.equal((await trial.run(["start-until", "1"])).code, 2);
  assert.deepEqual(await trial.calls(), []);
});
