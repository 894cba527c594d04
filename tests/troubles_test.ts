/**
 * Troubles x everything that shows health: the assessment, `drbddctl status` (both layouts, JSON and exit code), `explain`,
 * `top`, the API, its page, the line of status that systemctl prints, the metric and the alert. None may disagree.
 */
import assert from "node:assert/strict";
import { assess } from "../plugins/api/page/scripts/assessment.js";
import type { Level, Resource as ResourceJson } from "../plugins/api/page/scripts/types.ts";
import { DAEMON_ROWS } from "../plugins/prometheus/series/daemon_rows.ts";
import { explanation } from "../src/ctl/explain/lines.ts";
import { textOf } from "../src/ctl/screen/line.ts";
import { symbolsFor } from "../src/ctl/screen/symbols.ts";
import { healthCode } from "../src/ctl/status/health.ts";
import { statusJson } from "../src/ctl/status/json.ts";
import { longText } from "../src/ctl/status/long_text.ts";
import { shortText } from "../src/ctl/status/short_text.ts";
import { Style } from "../src/ctl/screen/style.ts";
import { Snapshot } from "../src/ctl/top/state/snapshot.ts";
import { plainTable } from "../src/ctl/top/plain.ts";
import type { Severity } from "../src/health/problem.ts";
import { apiTest, type ApiWorld } from "./support/trials/api_world.ts";
import { factsOfTrouble } from "./support/trials/explain_facts.ts";
import { modelResource, resourceJson } from "./support/core/resource_json.ts";
import { sampleDump } from "./support/core/sample_lines.ts";
import { DRBDSETUP, showJson, SYSTEMCTL, textOf as eventsText } from "./support/processes/ctl_node.ts";
import { type CtlOptions, ctlTest } from "./support/processes/ctl_process.ts";
import { promoter, report } from "./support/trials/status_report.ts";
import { type Trouble, TROUBLES, troubleUnits } from "./support/trials/troubles.ts";

const RULES = await Deno.readTextFile(
  new URL("../example/prometheus/drbdd-rules.yaml", import.meta.url),
);
/** Alerts that fire for a value of the metric of health. */
const alertsFor = (value: number) =>
  Array.from(
    RULES.matchAll(/- alert: (\w+)\n +expr: drbdd_resource_health == (\d)\n/g),
    ([, name = "", level]) => Number(level) === value ? [name] : [],
  ).flat();

/** What somebody shows: how bad it is, and all the words. */
interface Shown {
  readonly severity: Severity;
  readonly text: string;
}

const CODES: Readonly<Record<number, Severity>> = { 0: "ok", 3: "degraded", 4: "down", 5: "unknown" };
const LEVELS: Readonly<Record<Level, Severity>> = {
  critical: "down",
  unknown: "unknown",
  warning: "degraded",
  syncing: "degraded",
  ok: "ok",
};
const ALERTS: Readonly<Record<string, Severity>> = {
  DrbddResourceDown: "down",
  DrbddResourceUnknown: "unknown",
  DrbddResourceDegraded: "degraded",
};
const VALUES: readonly Severity[] = ["ok", "degraded", "unknown", "down"];
const MARKS: Readonly<Record<string, Severity>> = {
  "●": "ok",
  "↻": "degraded",
  "!": "degraded",
  "?": "unknown",
  "×": "down",
};

/** Names by node id. */
const PEERS: Readonly<Record<number, string>> = { 1: "beta", 2: "gamma" };

const style = new Style({ isColoured: false, isUnicode: true });
const symbols = symbolsFor({ isUnicode: true });

const markedBy = (line = ""): Severity => MARKS[line.slice(0, 1)] ?? assert.fail(line);

function shownByStatus(trouble: Trouble): Readonly<Record<string, Shown>> {
  const { splitBrainPeers = [], sample } = trouble;
  const resource = modelResource({ name: "web", ...sample });
  const status = promoter("web", {
    ...{ resource, primaryOn: undefined, splitBrainPeers },
    ...{ start: trouble.start, ...troubleUnits(trouble) },
  });
  const all = { ...report(status), moduleVersion: trouble.moduleVersion };
  const options = { style, isVerbose: false, columns: undefined };
  const severity = CODES[healthCode(all)] ?? assert.fail();
  const lines = shortText(all, { ...options, rows: undefined });
  const row = lines.find((line) => / web /.test(line));
  // What concerns the whole node stands above the resources.
  const text = trouble.moduleVersion === undefined ? row ?? "" : lines.join("\n");
  const { promoter: [json] } = statusJson(all) as { promoter: [{ problems: string[] }] };
  return {
    "status": { severity: markedBy(row), text },
    "status web": { severity, text: longText(all, options).join("\n") },
    "status --json": { severity, text: json.problems.join("\n") },
  };
}

function shownByExplain(trouble: Trouble): Shown {
  const facts = factsOfTrouble(trouble);
  const lines = explanation(facts, { width: Infinity, symbols, isVerbose: false }).map(textOf);
  return { severity: markedBy(lines[0]), text: lines.join("\n") };
}

/** What a daemon with an API shows. */
async function shownByDaemon(world: ApiWorld, trouble: Trouble): Promise<Readonly<Record<string, Shown>>> {
  const { splitBrainPeers = [], sample, moduleVersion = "9.2.12" } = trouble;
  world.effects.processes.install("drbdadm", (role) => {
    role.print(versionsText(moduleVersion));
    role.exit(0);
  });
  await world.start(...sampleDump({ name: "web", ...sample }));
  const { daemon } = world;
  daemon.health.setPromoter("web", {
    ...{ file: "web", isEnabled: true, units: troubleUnits(trouble) },
    ...trouble.start,
  });
  await world.advance(20_000);
  for (const peer of splitBrainPeers) {
    await world.print(
      `call helper name:web peer-node-id:${peer} conn-name:beta volume:0 minor:1000 helper:split-brain`,
    );
  }
  // What is connected again is not split any more.
  await world.advance(20_000);
  const problemsIn = (problems: readonly { readonly what: string }[]) =>
    problems.map(({ what }) => what).join("\n");
  const [json] = await world.json("/api/v1/resources") as [ResourceJson];
  const health = await world.json("/api/v1/health") as {
    severity: Severity;
    resources: [ResourceJson["health"]];
  };
  const assessment = assess(json);
  const syncs = assessment.syncs.map(({ text, detail }) => `${text} ${detail}`);
  const snapshot = new Snapshot();
  snapshot.take({ event: "resource", data: json });
  const [, row] = plainTable(snapshot.resourceRows(), symbols).map(textOf);
  const status = daemon.status();
  const [, count] = /\d+ (down|in an unknown state|degraded)/.exec(status) ?? [];
  const gauge = DAEMON_ROWS.find(({ name }) => name === "drbdd_resource_health");
  const context = { health: daemon.health } as Parameters<
    NonNullable<typeof gauge>["samples"]
  >[0]["context"];
  const value = Number(
    gauge?.samples({ context, resources: 1, statistics: daemon.answers.statistics() })[0]?.value,
  );
  const alerts = alertsFor(value);
  assert.ok(alerts.length < 2, alerts.join());
  return {
    "API, resource": { severity: json.health.severity, text: problemsIn(json.health.problems) },
    "API, health": { severity: health.severity, text: problemsIn(health.resources[0].problems) },
    "page": {
      severity: LEVELS[assessment.level],
      text: [...assessment.problems.map(({ text }) => text), ...syncs].join("\n"),
    },
    "top": { severity: markedBy(row), text: row ?? "" },
    "systemctl status": {
      severity: count === undefined ? "ok" : count === "in an unknown state" ? "unknown" : count as Severity,
      text: status,
    },
    "metric": { severity: VALUES[value] ?? assert.fail(String(value)), text: "" },
    "alert": { severity: alerts[0] === undefined ? "ok" : ALERTS[alerts[0]] ?? assert.fail(), text: "" },
  };
}

/** What `drbdadm --version` prints. */
function versionsText(moduleVersion: string): string {
  const code = moduleVersion.split(".").map((part) => Number(part).toString(16).padStart(2, "0")).join("");
  return `DRBD_KERNEL_VERSION_CODE=0x${code}\nDRBDADM_VERSION_CODE=0x091600\n`;
}

/** A node with the trouble, for drbddctl as a process. */
function nodeOf({ name, sample, splitBrainPeers = [], start, ...trouble }: Trouble): CtlOptions {
  const { moduleVersion = "9.2.12" } = trouble;
  const { target, dependencies } = troubleUnits({ name, sample, ...trouble });
  const units = [target, ...dependencies].map((unit) =>
    [`units/${unit.name}`, `ActiveState=${unit.activeState}\n`] as const
  );
  const splits = splitBrainPeers.map((peer) =>
    `drbd web/0 drbd1000 ${PEERS[peer]}: Split-Brain detected but unresolved, dropping connection!`
  );
  return {
    snippets: { "web.toml": '[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n' },
    programs: {
      ...{ drbdsetup: DRBDSETUP, systemctl: SYSTEMCTL, journalctl: 'cat "$DIR/journal"' },
      drbdadm: '[ "$1" = --version ] && cat "$DIR/versions"',
    },
    files: {
      ...Object.fromEntries(units),
      "units/drbdd.service": "ActiveState=active\n",
      "events2": eventsText(sampleDump({ name: "web", ...sample })),
      "show.json": showJson("web"),
      "journal": eventsText(splits),
      "versions": versionsText(moduleVersion),
      "runtime/last-starts.json": JSON.stringify(start === undefined ? {} : { web: start }),
    },
  };
}

for (const trouble of TROUBLES) {
  const { name, severity, worst } = trouble;
  ctlTest(`status ends with the exit code of ${name}: ${severity}`, nodeOf(trouble), async (trial) => {
    const env = { RUNTIME_DIRECTORY: trial.path("runtime") };
    const { code, stdout, stderr } = await trial.run(["status", "web"], { env });
    assert.equal(CODES[code], severity, stdout + stderr);
    if (worst !== undefined) assert.match(stdout, new RegExp(worst[1].source.replace(/^\^|\$$/g, "")));
    // Tools of others take anything else for a failure.
    if (name === "two Primaries") assert.equal((await trial.run(["status", "--json"], { env })).code, 0);
  });

  apiTest(`all that shows health agrees on ${name}: ${severity}`, async (world) => {
    const all: Readonly<Record<string, Shown>> = {
      ...shownByStatus(trouble),
      "explain": shownByExplain(trouble),
      ...await shownByDaemon(world, trouble),
    };
    const found = Object.entries(all).map(([who, shown]) => `${who}: ${shown.severity}`);
    assert.deepEqual(found, Object.keys(all).map((who) => `${who}: ${severity}`));
    if (worst === undefined) return;
    // The sentence stands in the middle of others.
    const said = new RegExp(worst[1].source.replace(/^\^|\$$/g, ""));
    for (const [who, { text }] of Object.entries(all)) {
      if (who === "metric" || who === "alert") continue;
      // That is shown as a bar, with words of its own.
      const isBar = (who === "page" || who === "top") && worst[0] === "resync-running";
      assert.match(text, isBar ? /Syncing (to beta|from gamma)/ : said, `${who}: ${text}`);
    }
  });
}

for (const trouble of TROUBLES.filter(({ worst }) => worst?.[0] === "split-brain")) {
  for (const isVerbose of [false, true]) {
    Deno.test(`explain${isVerbose ? " -v" : ""} finds no protection in order with ${trouble.name}`, () => {
      const lines = explanation(factsOfTrouble(trouble), { width: Infinity, symbols, isVerbose }).map(textOf);
      const text = lines.join("\n");
      assert.match(text, /^ {2}× protection +from a split brain: quorum majority, and yet it happened$/m);
      assert.doesNotMatch(text, /in order.*protection/);
    });
  }
}

Deno.test("the page and top invent no resync of what is read through a kernel module of DRBD 8", () => {
  const { sample } = TROUBLES.find(({ moduleVersion }) => moduleVersion !== undefined) ?? assert.fail();
  const of = (moduleVersion: string) => assess(resourceJson({ name: "web", ...sample }, { moduleVersion }));
  assert.equal(of("9.2.12").syncs.length, 1);
  const { syncs, disks, peers } = of("8.4.11");
  const plain = (text: string) => ({ text, tone: "plain" });
  assert.deepEqual([syncs, disks, peers], [[], [plain("unknown")], [plain("beta"), plain("gamma")]]);
});

Deno.test("there are more than twenty troubles, and some in which two come together", () => {
  assert.ok(TROUBLES.filter(({ severity }) => severity !== "ok").length >= 20);
  assert.ok(TROUBLES.filter(({ also = [] }) => also.length > 0).length >= 3);
});
