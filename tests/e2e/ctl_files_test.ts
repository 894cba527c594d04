/** drbddctl looking at configuration files: ls and cat. */
import assert from "node:assert/strict";
import { ctlTest } from "../support/processes/ctl_process.ts";

const WEB = `[[promoter]]
[promoter.resources.web]
start = ["srv-web.mount", "ocf:heartbeat:IPaddr2 vip ip=192.0.2.10"]
`;
const SNIPPETS = {
  "web.toml": WEB,
  "old.toml.disabled": '[[prometheus]]\naddress = ":9000"\n',
  "tools.toml": "[[debugger]]\n[[umh]]\n[[umh.resource]]\ncommand = 'true'\n",
};

ctlTest("ls lists enabled and disabled files with what they hold", { snippets: SNIPPETS }, async (trial) => {
  assert.equal(
    await trial.output(["ls"]),
    `○ $DIR/etc/drbdd.d/old.toml.disabled (disabled)
    prometheus  :9000
● $DIR/etc/drbdd.d/tools.toml
    debugger
    umh         1 rule
● $DIR/etc/drbdd.d/web.toml
    promoter    web: srv-web.mount, ocf:heartbeat:IPaddr2 vip
`,
  );
  assert.match(await trial.output(["ls", "--disabled"]), /^○ .*old\.toml\.disabled \(disabled\)\n.*9000\n$/);
  const named = await trial.output(["ls", "web", "old.toml", trial.path("etc/drbdd.d/tools.toml")]);
  assert.deepEqual(named.match(/[a-z]+\.toml\S*/g), ["web.toml", "old.toml.disabled", "tools.toml"]);
});

ctlTest("ls lists a main file that has plugins", { snippets: SNIPPETS }, async (trial) => {
  await trial.put("etc/drbdd.toml", 'snippets = "drbdd.d"\n[[api]]\naddress = "127.0.0.1:9943"\n');
  assert.match(await trial.output(["ls"]), /^● \$DIR\/etc\/drbdd\.toml\n {4}api {9}127\.0\.0\.1:9943\n○/);
});

ctlTest("ls fails for a file with errors, and lists the others", { snippets: SNIPPETS }, async (trial) => {
  await trial.put("etc/drbdd.d/bad.toml", '[[promoter]]\n[promoter.resources.x]\nrunner = "sytemd"\n');
  const { code, stdout, stderr } = await trial.run(["ls"]);
  assert.equal(code, 1);
  assert.match(stdout, /^× .*bad\.toml\n {4}1 error, the first: .*did you mean "systemd"\?\)\n○/);
  assert.match(stdout, /● .*web\.toml\n/);
  assert.match(stderr, /drbddctl edit bad\n/);
});

ctlTest("ls goes on after the lock of an editor, with a warning", { snippets: SNIPPETS }, async (trial) => {
  await Deno.symlink("somebody@alpha.4711:1", trial.path("etc/drbdd.d/.#web.toml"));
  const { code, stdout, stderr } = await trial.run(["ls"]);
  assert.equal(code, 0);
  assert.match(stdout, /● .*web\.toml\n/);
  assert.equal(stderr, 'warning: "$DIR/etc/drbdd.d/.#web.toml" is a link to nothing, ignored\n');
  assert.equal((await trial.run(["cat"])).code, 0);
});

ctlTest("ls says that there are no files", {}, async (trial) => {
  assert.deepEqual(await trial.run(["ls"]), {
    code: 0,
    stdout: "",
    stderr: 'There are no files in "$DIR/etc/drbdd.d"\n',
  });
  await trial.put("etc/drbdd.toml", "");
  assert.match(
    (await trial.run(["ls"])).stderr,
    /"\$DIR\/etc\/drbdd\.toml" has no snippets directory \(key "snippets"\)\n/,
  );
});

ctlTest("cat prints enabled files, or those that are named", { snippets: SNIPPETS }, async (trial) => {
  assert.equal(await trial.output(["cat", "web"]), WEB);
  assert.match(await trial.output(["cat", "old"]), /:9000/);
  const all = await trial.output(["cat"]);
  assert.deepEqual(all.match(/^# .*$/gm), ["# $DIR/etc/drbdd.d/tools.toml", "# $DIR/etc/drbdd.d/web.toml"]);
});

ctlTest("says what is wrong and what to do next", { snippets: SNIPPETS }, async (trial) => {
  const CASES: [string[], number, RegExp, RegExp][] = [
    [["cat", "wbe"], 1, /no file ".*\/wbe\.toml"/, /Next: did you mean "web"\?/],
    [["cat", "a/b"], 1, /No file matches "a\/b"/, /Next: give an absolute path/],
    [["lss"], 2, /"lss".*Did you mean `ls`/s, /Try: drbddctl --help/],
    [["ls", "--bogus"], 2, /"--bogus"/, /Try: drbddctl ls --help/],
    [
      ["--json", "ls"],
      2,
      /^drbddctl: "--json" is an option of commands: it has to/,
      /Try: drbddctl ls --help/,
    ],
    [["prom", "enable"], 2, /"prom"\.$/m, /Try: drbddctl enable --help/],
  ];
  for (const [args, code, problem, remedy] of CASES) {
    const result = await trial.run(args);
    assert.equal(result.code, code, args.join(" "));
    assert.match(result.stderr, problem);
    assert.match(result.stderr, remedy);
    assert.equal(result.stdout, "");
  }
  const missing = await trial.run(["-c/nowhere/x.toml", "ls"], { isBare: true });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /Cannot read "\/nowhere\/x\.toml": .*\n {2}Next: name the main file/);
  const shell = await trial.run(["generate-completion", "tcsh"], { isBare: true });
  assert.equal(shell.code, 2);
  assert.match(shell.stderr, /"tcsh".*"fish"/);
});

ctlTest("colours only what is asked for", { snippets: SNIPPETS }, async (trial) => {
  const isColoured = async (args: string[], env = {}) =>
    (await trial.output([...args, "ls", "web"], { env })).includes("\x1b[");
  assert.equal(await isColoured([]), false);
  assert.equal(await isColoured(["--color", "always"]), true);
  assert.equal(await isColoured(["--color=always"], { NO_COLOR: "1" }), true);
  assert.match(await trial.output(["ls", "web"], { env: { LANG: "C" } }), /^\* /);
});

ctlTest("generates completion, and completes names of files", { snippets: SNIPPETS }, async (trial) => {
  for (const shell of ["bash", "zsh", "fish"]) {
    assert.match(await trial.output(["generate-completion", shell], { isBare: true }), /drbddctl/);
  }
  const config = ["--config", trial.path("etc/drbdd.toml")];
  const words = await trial.output(["generate-completion", "bash", ...config, "cat", "o"], {
    isBare: true,
  });
  assert.deepEqual(words.split("\n").filter((each) => each !== ""), ["old"]);
});
