/** drbddctl edit, with an editor of the environment. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n';

const NODE: CtlOptions = {
  programs: {
    ...NODE_PROGRAMS,
    // An editor with an option, as people have them.
    ed: 'echo "ed $1 ${2##*/}" >> "$DIR/calls"; cp "$2" "$DIR/shown"; sed -i "$(cat "$DIR/edits")" "$2"',
    failing: "exit 3",
  },
  files: { ...NODE_FILES, "edits": "s/a\\.service/b.service/" },
  snippets: { "web.toml": WEB },
  env: { EDITOR: "ed --wait" },
};

const RELOAD = "systemctl reload drbdd.service";
const EDIT = "ed --wait web.toml";

ctlTest("edit runs $EDITOR on a copy, puts it in place and reloads", NODE, async (trial) => {
  await Deno.chmod(trial.path("etc/drbdd.d/web.toml"), 0o600);
  const { code, stderr } = await trial.run(["edit", "web"]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "Changed $DIR/etc/drbdd.d/web.toml\nConfiguration reloaded\n");
  assert.equal(await trial.read("etc/drbdd.d/web.toml"), WEB.replace("a.s", "b.s"));
  assert.equal(((await Deno.stat(trial.path("etc/drbdd.d/web.toml"))).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual(await trial.calls(), [EDIT, RELOAD]);
  assert.deepEqual(await trial.snippets(), ["web.toml"]);
});

ctlTest(
  "edit runs where the environment has variables that the sandbox does not pass on",
  NODE,
  async (trial) => {
    const { code, stderr } = await trial.run(["edit", "web"], { env: { LD_LIBRARY_PATH: "/nowhere" } });
    assert.equal(code, 0, stderr);
    assert.match(await trial.read("etc/drbdd.d/web.toml"), /b\.service/);
  },
);

ctlTest("edit changes what a link leads to", NODE, async (trial) => {
  await Deno.rename(trial.path("etc/drbdd.d/web.toml"), trial.path("real.toml"));
  await Deno.symlink(trial.path("real.toml"), trial.path("etc/drbdd.d/web.toml"));
  assert.equal((await trial.run(["edit", "web"])).code, 0);
  assert.match(await trial.read("real.toml"), /b\.service/);
  assert.ok((await Deno.lstat(trial.path("etc/drbdd.d/web.toml"))).isSymlink);
});

ctlTest("edit begins new files as templates of a type", NODE, async (trial) => {
  await trial.put("edits", "s/9942/9000/");
  assert.equal((await trial.run(["edit", "--type", "prometheus", "metrics"])).code, 0);
  assert.match(
    await trial.read("etc/drbdd.d/metrics.toml"),
    /^#:schema .*\n# .*\n\[\[prometheus\]\]\naddress = ":9000"\n/,
  );
  await trial.put("edits", "s/db\\.service/mysql.service/");
  assert.equal((await trial.run(["edit", "--disabled", "-tpromoter", "db"])).code, 0);
  assert.match(
    await trial.read("etc/drbdd.d/db.toml.disabled"),
    /\[promoter\.resources\.db\][^]*"mysql\.service"/,
  );
  assert.equal((await trial.run(["edit", "-t", "nonsense", "x"])).code, 2);
  assert.deepEqual(await trial.calls(), ["ed --wait metrics.toml", RELOAD, "ed --wait db.toml"]);
});

ctlTest(
  "edit leaves a file as it is when drbdd would refuse it, and keeps what was written",
  NODE,
  async (trial) => {
    await trial.put("edits", 's/start = .*/runner = "sytemd"/');
    const { code, stderr } = await trial.run(["edit", "web"]);
    assert.equal(code, 2);
    assert.match(stderr, /^error: \$DIR\/etc\/drbdd\.d\/web\.toml:3:10: .*did you mean "systemd"\?\)\n/);
    assert.match(
      stderr,
      /was not changed: drbdd would refuse it\n {2}Next: your text is in "(.*)"\n$/,
    );
    const kept = /written? .*|in "(.*)"/.exec(stderr)?.[1] ?? "";
    assert.match(await Deno.readTextFile(kept), /^\[\[promoter\]\]\n.*\nrunner = "sytemd"\n$/);
    assert.equal(((await Deno.stat(kept)).mode ?? 0) & 0o777, 0o600);
    await Deno.remove(kept.slice(0, kept.lastIndexOf("/")), { recursive: true });
    assert.equal(await trial.read("etc/drbdd.d/web.toml"), WEB);
    assert.deepEqual(await trial.calls(), [EDIT]);
  },
);

ctlTest("edit wants --force for warnings when nobody can be asked", NODE, async (trial) => {
  await trial.put("edits", 's/"a\\.service"/"a.service", "srv.mount"/');
  const { code, stderr } = await trial.run(["edit", "web"]);
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^warning: .*mount.*\n.*there are warnings\n {2}Next: your text is in "(.*)"; --force/,
  );
  const kept = /in "(.*)";/.exec(stderr)?.[1] ?? "";
  await Deno.remove(kept.slice(0, kept.lastIndexOf("/")), { recursive: true });
  assert.equal((await trial.run(["edit", "--force", "web"])).code, 0);
  assert.match(await trial.read("etc/drbdd.d/web.toml"), /srv\.mount/);
});

ctlTest(
  "edit changes nothing when nothing was edited, and without an editor that works",
  NODE,
  async (trial) => {
    await trial.put("edits", "");
    const unchanged = await trial.run(["edit"]);
    assert.deepEqual([unchanged.code, unchanged.stderr], [0, "No changes: nothing was changed\n"]);
    const missing = await trial.run(["edit", "web"], { env: { EDITOR: "no-such-editor" } });
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /The editor "no-such-editor" was not found\n {2}Next: set EDITOR/);
    const failing = await trial.run(["edit", "web"], { env: { EDITOR: "failing" } });
    assert.equal(failing.code, 1);
    assert.match(failing.stderr, /The editor "failing" ended with exit code 3: nothing was changed\n/);
    assert.deepEqual(await trial.calls(), [EDIT]);
    assert.match(await trial.read("shown"), /^#\| Lines that begin/);
  },
);

ctlTest("edit of the main file checks the whole configuration", NODE, async (trial) => {
  await trial.put("edits", '1i snippets-monitoring-interval = "x"');
  const { code, stderr } = await trial.run(["edit", trial.path("etc/drbdd.toml")]);
  assert.equal(code, 2);
  assert.match(stderr, /error: \$DIR\/etc\/drbdd\.toml:/);
  const kept = /in "(.*)"/.exec(stderr)?.[1] ?? "";
  await Deno.remove(kept.slice(0, kept.lastIndexOf("/")), { recursive: true });
});
