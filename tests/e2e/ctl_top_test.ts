/** `drbddctl top` where standard output is no terminal. On a terminal: tests/integration/screens_test.ts. */
import assert from "node:assert/strict";
import { DRBDSETUP, textOf } from "../support/processes/ctl_node.ts";
import { ctlTest } from "../support/processes/ctl_process.ts";
import { sampleDump } from "../support/core/sample_lines.ts";

const THREE = sampleDump(
  { name: "web", role: "Primary", beta: { connection: "Connecting" } },
  { name: "db", quorum: false },
  { name: "mail", beta: { role: "Primary" } },
);
const node = (lines: readonly string[]) => ({
  programs: { drbdsetup: DRBDSETUP },
  files: { "events2": textOf(lines) },
});

ctlTest("top prints one table, worst first, and ends", node(THREE), async (trial) => {
  assert.equal(
    await trial.output(["top"]),
    [
      "   RESOURCE  PRIMARY  DISK      PEERS                   SITUATION",
      "×  db        nowhere  UpToDate  beta  gamma             no quorum (volume 0)",
      "!  web       here     UpToDate  beta Connecting  gamma  not connected to beta (Connecting)",
      "●  mail      beta     UpToDate  beta  gamma             ",
      "",
    ].join("\n"),
  );
});

ctlTest("top is ASCII where the locale is", node(THREE), async (trial) => {
  assert.match(await trial.output(["top"], { env: { LANG: "C" } }), /^x {2}db .*\n! {2}web .*\n\* {2}mail/m);
});

ctlTest(
  "top has no colours where there is no terminal, unless they are asked for",
  node(THREE),
  async (trial) => {
    assert.ok(!(await trial.output(["top"])).includes("\x1b"));
    assert.ok((await trial.output(["--color", "always", "top"])).includes("\x1b[1;31m"));
  },
);

ctlTest("top can be sorted and filtered", node(THREE), async (trial) => {
  const names = (text: string) => text.trimEnd().split("\n").slice(1).map((line) => line.split(/ +/)[1]);
  assert.deepEqual(names(await trial.output(["top", "--sort", "name"])), ["db", "mail", "web"]);
  assert.deepEqual(names(await trial.output(["top", "--filter", "problem -db"])), ["web"]);
});

ctlTest("top of a node without resources is a heading", node(["exists -"]), async (trial) => {
  assert.equal((await trial.output(["top"])).trimEnd().split("\n").length, 1);
});

const MANY = sampleDump(
  ...Array.from({ length: 500 }, (_, place) => ({ name: `r${place}`, minor: 2 * place })),
);

ctlTest("top prints 500 resources", node(MANY), async (trial) => {
  assert.equal((await trial.output(["top"])).trimEnd().split("\n").length, 501);
});

ctlTest("top says what is in the way, with exit code 1", {
  programs: { drbdsetup: "echo 'no drbd module here' >&2; exit 20" },
}, async (trial) => {
  const { code, stderr } = await trial.run(["top"]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^drbddctl: Cannot read the state of DRBD: drbdsetup events2: .*no drbd module here/m,
  );
  assert.match(stderr, /Next: drbdadm status/);
});
