/** `drbddctl --json` of each command that has it, against example/drbddctl.schema.json; its errors, too. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { DRBDSETUP, JOURNALCTL, showJson, SYSTEMCTL, textOf } from "../support/processes/ctl_node.ts";
import { ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { sampleDump } from "../support/core/sample_lines.ts";

const SCHEMA = JSON.parse(
  await Deno.readTextFile(new URL("../../example/drbddctl.schema.json", import.meta.url)),
);
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(SCHEMA, "drbddctl");

const WEB = '[[promoter]]\n[promoter.resources.web]\nstart = ["web.service"]\n';
const NODE = {
  snippets: {
    "web.toml": WEB,
    "old.toml.disabled": WEB.replaceAll("web", "old"),
    "metrics.toml": "[[prometheus]]\n",
  },
  programs: { drbdsetup: DRBDSETUP, systemctl: SYSTEMCTL, journalctl: JOURNALCTL },
  files: {
    "events2": textOf(sampleDump(
      { name: "web", role: "Primary", disks: ["Diskless"], gamma: { connection: "Connecting" } },
      {
        name: "db",
        beta: { disks: [{ replication: "SyncSource", progress: "done:12.50 dbdt1:1.00 eta:9" }] },
      },
    )),
    "show.json": showJson("web"),
    "units/drbdd.service": "ActiveState=active\n",
  },
};

/** What a command prints, as the schema says. */
async function json(
  trial: CtlTrial,
  args: readonly string[],
  schema: string,
  code = 0,
): Promise<Record<string, unknown>> {
  const result = await trial.run([...args, "--json"]);
  assert.equal(result.code, code, result.stdout + result.stderr);
  assert.equal(result.stdout.trimEnd().split("\n").length, 1, "one line");
  const value = JSON.parse(result.stdout);
  const validate = ajv.getSchema(`drbddctl#/$defs/${schema}`);
  assert.ok(validate);
  assert.ok(validate(value), `${ajv.errorsText(validate.errors)}\n${result.stdout}`);
  return value;
}

ctlTest("status --json is as its schema says", NODE, async (trial) => {
  const { promoter: [, web] } = await json(trial, ["status"], "status") as {
    promoter: { drbd_resource: string; problems: string[] }[];
  };
  assert.equal(web?.drbd_resource, "web");
  assert.ok(web?.problems.some((text) => text.startsWith("the local disk of volume 0 is lost")));
});

ctlTest("explain --json has the conclusion, the problems and the findings", NODE, async (trial) => {
  const { severity, problems, findings, decisions } = await json(trial, ["explain", "web"], "explain");
  assert.equal(severity, "down");
  const ids = (problems as { id: string }[]).map(({ id }) => id);
  assert.ok(ids.includes("local-disk-failed") && ids.includes("not-connected"), ids.join());
  assert.ok((findings as { name: string }[]).some(({ name }) => name === "quorum"));
  assert.deepEqual(decisions, { source: "journal", list: [] });
});

ctlTest(
  "check --json has each diagnostic with its place, and the node only if that was looked at",
  NODE,
  async (trial) => {
    const { diagnostics, node } = await json(trial, ["check"], "check");
    assert.deepEqual([diagnostics, node], [[], null]);
    assert.ok(Array.isArray((await json(trial, ["check", "--system"], "check"))["node"]));
    await trial.put("etc/drbdd.d/bad.toml", "[[promoter]]\nresources = 1\n");
    const bad = await json(trial, ["check"], "check", 2);
    const [first] = bad["diagnostics"] as { file: string; line: number; severity: string }[];
    assert.deepEqual([first?.file, first?.line, first?.severity], ["$DIR/etc/drbdd.d/bad.toml", 2, "error"]);
  },
);

ctlTest("ls --json has the files with what they hold", NODE, async (trial) => {
  const { files } = await json(trial, ["ls"], "ls") as {
    files: { path: string; enabled: boolean; plugins: unknown[] }[];
  };
  assert.deepEqual(
    files.map(({ path, enabled }) => [path.slice(path.lastIndexOf("/") + 1), enabled]),
    [["drbdd.toml", true], ["metrics.toml", true], ["old.toml.disabled", false], ["web.toml", true]],
  );
  assert.deepEqual(files.at(-1)?.plugins, [{ plugin: "promoter", holds: ["web: web.service"] }]);
  await trial.put("etc/drbdd.d/bad.toml", "x = [\n");
  await json(trial, ["ls"], "ls", 1);
});

ctlTest("top --json has the resources as the API has them, the worst first", NODE, async (trial) => {
  const { resources, source } = await json(trial, ["top"], "top") as {
    resources: { name: string; health: { severity: string } }[];
    source: string;
  };
  assert.equal(source, "drbdsetup");
  assert.deepEqual(resources.map(({ name, health }) => [name, health.severity]), [
    ["web", "down"],
    ["db", "degraded"],
  ]);
});

ctlTest("errors are JSON as well, with what to do", NODE, async (trial) => {
  const unknown = await json(trial, ["explain", "wbe"], "error", 1);
  assert.match(String(unknown["error"]), /There is no resource "wbe"/);
  assert.equal(unknown["next"], "drbddctl explain web");
  await trial.put("bin/drbdsetup", "#!/bin/sh\necho no module >&2; exit 20\n");
  assert.match(String((await json(trial, ["top"], "error", 1))["error"]), /no module/);
  await trial.put("etc/drbdd.d/bad.toml", "[[promoter]]\nresources = 1\n");
  await json(trial, ["explain", "web"], "error", 2);
});
