/** drbddctl reload, with a stand-in for the daemon that notes how its reading ended. */
import assert from "node:assert/strict";
import { type CtlOptions, ctlTest, type CtlTrial, withMore } from "../support/processes/ctl_process.ts";
import { NODE_FILES, NODE_PROGRAMS } from "../support/processes/ctl_programs.ts";

const NODE: CtlOptions = {
  programs: NODE_PROGRAMS,
  files: NODE_FILES,
};
const KILL = "systemctl kill drbdd.service";

const atRun = (trial: CtlTrial) => ({ RUNTIME_DIRECTORY: trial.path("run") });

/** Signalled, the daemon first notes a reload that began before, as one may be under way, then its own. */
const noting = (result: string, errors: readonly string[] = []): CtlOptions =>
  withMore(NODE, {
    files: {
      "run/configuration.json": "half a file",
      "do/kill": `note() {
  echo "{\\"beganMs\\":$1,\\"endedMs\\":$1,\\"loadedMs\\":5,\\"result\\":\\"$2\\",\\"errors\\":$3}" > run/new
  mv run/new run/configuration.json
}
note 5 loaded '[]'
( sleep 0.1; note "$(date +%s%3N)" ${result} '${JSON.stringify(errors)}' ) </dev/null >/dev/null 2>&1 &
`,
    },
  });

ctlTest(
  "reload --wait signals the daemon, and waits until it has read its configuration",
  noting("loaded"),
  async (trial) => {
    const { code, stdout, stderr } = await trial.run(["reload", "--wait"], { env: atRun(trial) });
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /Configuration reloaded\n$/);
    assert.deepEqual(await trial.calls(), [KILL]);
  },
);

ctlTest(
  "reload --wait prints the errors and fails, though the files are broken for drbddctl as well",
  noting("errors", ["/etc/drbdd.toml:1:1: bad"]),
  async (trial) => {
    await trial.put("etc/drbdd.toml", "nonsense");
    const { code, stderr } = await trial.run(["reload", "--wait"], { env: atRun(trial) });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^\/etc\/drbdd\.toml:1:1: bad\nConfiguration not reloaded because of these errors: drbdd keeps/m,
    );
    assert.match(stderr, /Next: fix the errors/);
  },
);

ctlTest(
  "reload --wait by systemd repeats nothing of what the daemon has logged, and says where it is",
  noting("errors", ["/etc/drbdd.toml:1:1: bad"]),
  async (trial) => {
    const env = { ...atRun(trial), MAINPID: "1234" };
    const { code, stdout, stderr } = await trial.run(["reload", "--wait"], { env });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^Configuration not reloaded: the reasons are in the log .*drbddctl status shows them\n$/,
    );
  },
);

ctlTest(
  "reload --wait says what takes a restart, and fails",
  noting("needsRestart", ["run sh"]),
  async (trial) => {
    const { code, stderr } = await trial.run(["reload", "--wait"], { env: atRun(trial) });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /permissions that drbdd gave up when it started \(run sh\)[^]*systemctl restart drbdd\.service/,
    );
  },
);

ctlTest("reload without --wait only signals", NODE, async (trial) => {
  const { code, stderr } = await trial.run(["reload"], { env: atRun(trial) });
  assert.deepEqual([code, stderr], [0, "Asked drbdd to reload its configuration\n"]);
  assert.deepEqual(await trial.calls(), [KILL]);
});

ctlTest(
  "reload of a daemon that does not run fails",
  withMore(NODE, { files: { "units/drbdd.service": "" } }),
  async (trial) => {
    const { code, stderr } = await trial.run(["reload", "--wait"], { env: atRun(trial) });
    assert.equal(code, 1);
    assert.match(stderr, /drbdd is not running[^]*systemctl start drbdd\.service/);
    assert.deepEqual(await trial.calls(), []);
  },
);

ctlTest(
  "status shows errors of the last reload, and so does its JSON",
  withMore(NODE, {
    files: {
      "run/configuration.json":
        '{"beganMs":5,"endedMs":5,"loadedMs":5,"result":"errors","errors":["/etc/drbdd.toml:1:1: bad"]}',
    },
  }),
  async (trial) => {
    assert.match(
      await trial.output(["status"], { env: atRun(trial), expected: 3 }),
      /Configuration not reloaded: .*\n +\/etc\/drbdd\.toml:1:1: bad\n/,
    );
    const { configuration } = JSON.parse(await trial.output(["status", "--json"], { env: atRun(trial) }));
    assert.deepEqual(configuration, {
      reloaded: false,
      needs_restart: false,
      errors: ["/etc/drbdd.toml:1:1: bad"],
      loaded_at: "1970-01-01T00:00:00.005Z",
    });
  },
);
