/** `drbddctl --json` of each command that has it, against example/drbddctl.schema.json; its errors, too. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { DRBDSETUP, JOURNALCTL, showJson, SYSTEMCTL, textOf } from "../support/processes/ctl_node.ts";
import { ctlTest, type CtlTrial } from "../support/processes/ctl_process.ts";
import { COMMANDS } from "../../src/ctl/commands.ts";
import { line } from "../support/core/events2_text.ts";
import { fixtureText } from "../support/core/fixtures.ts";
import { Listening } from "../support/processes/ctl_listening.ts";
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

/** The lines that a command printed, each as the schema of this name says. */
function checked(lines: readonly string[], schema: string): Record<string, unknown>[] {
  const validate = ajv.getSchema(`drbddctl#/$defs/${schema}`);
  assert.ok(validate);
  return lines.map((text) => {
    const value = JSON.parse(text);
    assert.ok(validate(value), `${ajv.errorsText(validate.errors)}\n${text}`);
    return value;
  });
}

const linesOf = (text: string) => text.trimEnd().split("\n");
const printed = (...args: string[]) => async (trial: CtlTrial) =>
  linesOf(await trial.output([...args, "--json"]));

/** What each command prints with --json. */
const PRINTS: Readonly<Record<string, (trial: CtlTrial) => Promise<string[]>>> = {
  status: printed("status"),
  ls: printed("ls"),
  check: printed("check", "--system"),
  explain: printed("explain", "web"),
  top: printed("top"),
  evict: async (trial) => {
    await trial.put("after", textOf(sampleDump({ name: "web", beta: { role: "Primary" } })));
    await trial.put(
      "bin/systemctl",
      `#!/bin/sh\ncase " $* " in *" stop "*) cp "$DIR/after" "$DIR/events2";; esac\n${SYSTEMCTL}`,
    );
    return linesOf(await trial.output(["evict", "--json", "web"]));
  },
  logs: async (trial) => {
    const entry = (PRIORITY: string, MESSAGE: string) =>
      JSON.stringify({ MESSAGE, PRIORITY, __REALTIME_TIMESTAMP: "1000000", __CURSOR: "c" });
    await trial.put(
      "journal",
      textOf([entry("4", "promoter: web: stop: quorum is lost"), entry("3", "Cannot")]),
    );
    await trial.put("bin/journalctl", '#!/bin/sh\ncat "$DIR/journal"\n');
    return linesOf(await trial.output(["logs", "--json"]));
  },
  events: async (trial) => {
    await trial.put("runtime/decisions.json", "{}");
    const args = ["events", "--json", "--kind", "resource", "--kind", "decision"];
    await using listening = new Listening(trial, args, false, { RUNTIME_DIRECTORY: trial.path("runtime") });
    const decision = { wallMs: 1, plugin: "promoter", level: "info", text: "stop: quorum is lost" };
    let count = 0;
    // It may not have begun to look.
    const timer = setInterval(() => {
      count++;
      const list = JSON.stringify({ web: [{ ...decision, wallMs: count }] });
      void trial.put("runtime/decisions.json", list);
      const change = line("change", "resource", {
        name: "db",
        role: count % 2 === 0 ? "Secondary" : "Primary",
      });
      void Deno.writeTextFile(trial.path("events2"), `${change}\n`, { append: true });
    }, 300);
    const lines: string[] = [];
    const has = (kind: string) => lines.some((text) => text.includes(`"kind":"${kind}"`));
    while (!has("resource") || !has("decision")) lines.push(...await listening.next(1));
    clearInterval(timer);
    await listening.interrupt();
    return lines;
  },
  replay: async (trial) => {
    const recorded = fixtureText("real-drbd/11-primary-reboot/node3.events2.txt");
    await trial.put("recorded", recorded);
    return linesOf(await trial.output(["replay", "--json", trial.path("recorded")]));
  },
};

for (const name of Object.keys(SCHEMA.$defs).filter((name) => name !== "error")) {
  ctlTest(`each line of ${name} --json is as its schema says`, NODE, async (trial) => {
    const print = PRINTS[name] ?? assert.fail(`No test prints ${name} --json`);
    assert.ok(checked(await print(trial), name).length > 0);
  });
}

Deno.test("each command that has --json according to its manual page has a schema, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/man/drbddctl.8.md", import.meta.url));
  const sections = page.split(/^## /m).filter((text) => text.includes("\\--json**"));
  const found = COMMANDS.map(({ name }) => name).filter((name) =>
    sections.some((text) => new RegExp(`^${name} `).test(text))
  );
  assert.deepEqual(["error", ...found].sort(), Object.keys(SCHEMA.$defs).sort());
});

ctlTest("evict --json has what became of each resource, beside the text for people", NODE, async (trial) => {
  const [moved] = checked(await PRINTS["evict"]?.(trial) ?? [], "evict");
  assert.deepEqual(moved?.["resources"], [{
    ...{ name: "web", result: "moved", primaryOn: "beta", seconds: 0, isMasked: false },
    ...{ problem: null, next: null },
  }]);
  const again = await trial.run(["evict", "--json", "web"]);
  assert.equal(again.stderr, "web: Primary on beta, nothing to do here\n");
  assert.match(again.stdout, /"result":"elsewhere","primaryOn":"beta"/);
  const alone = sampleDump({
    name: "web",
    role: "Primary",
    beta: { connection: "Connecting" },
    gamma: { connection: "Connecting" },
  });
  await trial.put("events2", textOf(alone));
  const { resources: [refused] } = await json(trial, ["evict", "web"], "evict", 1) as {
    resources: Record<string, unknown>[];
  };
  assert.deepEqual([refused?.["result"], refused?.["problem"]], [
    "refused",
    "no peer is connected that could take over",
  ]);
  await trial.put("events2", textOf(sampleDump({ name: "web", role: "Primary" })));
  await trial.put("after", textOf(sampleDump({ name: "web" })));
  const { resources: [failed] } = await json(trial, ["evict", "-k", "-d1", "web"], "evict", 1) as {
    resources: Record<string, unknown>[];
  };
  assert.deepEqual([failed?.["result"], failed?.["isMasked"]], ["failed", true]);
  await json(trial, ["evict", "--unmask", "web"], "evict");
});

ctlTest(
  "evict --json has what became of those before, if the state of DRBD cannot be read or a unit not be masked",
  NODE,
  async (trial) => {
    await trial.put("etc/drbdd.d/db.toml", WEB.replaceAll("web", "db"));
    await trial.put("etc/drbdd.d/mail.toml", WEB.replaceAll("web", "mail"));
    const here = (...names: string[]) =>
      textOf(sampleDump(...names.map((name) => ({ name, role: "Primary" }))));
    const found = async () => {
      const { resources } = await json(trial, ["evict", "--all", "--force", "-d1"], "evict", 1) as {
        resources: { name: string; result: string; problem: string; next: string }[];
      };
      return resources;
    };
    await trial.put("events2", here("db", "mail", "web"));
    // db is stopped; then DRBD answers no more.
    await trial.put(
      "after",
      textOf(sampleDump({ name: "db", beta: { role: "Primary" } }, { name: "mail" }, { name: "web" })),
    );
    const systemctl = (text: string) =>
      trial.put("bin/systemctl", `#!/bin/sh\ncase " $* " in\n${text}\nesac\n${SYSTEMCTL}`);
    await systemctl('*" stop "*) cp "$DIR/after" "$DIR/events2";;\n*" start "*) rm "$DIR/events2";;');
    const [db, mail, web, ...others] = await found();
    assert.deepEqual([db?.name, db?.result, db?.problem, others], ["db", "moved", null, []]);
    for (const each of [mail, web]) {
      assert.equal(each?.result, "failed");
      assert.match(each?.problem ?? "", /^Cannot read the state of DRBD: /);
      assert.match(each?.next ?? "", /drbdsetup status/);
    }
    await trial.put("events2", here("db", "mail", "web"));
    await trial.put(
      "after",
      textOf(
        sampleDump({ name: "db", beta: { role: "Primary" } }, { name: "mail", role: "Primary" }, {
          name: "web",
        }),
      ),
    );
    await systemctl(
      '*" mask "*@mail*) echo "Unit is in use" >&2; exit 1;;\n*" stop "*) cp "$DIR/after" "$DIR/events2";;',
    );
    assert.deepEqual((await found()).map(({ name, result }) => `${name} ${result}`), [
      "db moved",
      "mail refused",
      "web elsewhere",
    ]);
  },
);

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
