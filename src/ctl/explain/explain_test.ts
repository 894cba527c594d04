import assert from "node:assert/strict";
import type { ResourceInput } from "../../../plugins/promoter/config/resource_table.ts";
import {
  decided,
  factsOf,
  factsOfTrouble,
  QUORUM,
  unit,
  units,
  UNPROTECTED,
} from "../../../tests/support/trials/explain_facts.ts";
import { modelResource } from "../../../tests/support/core/resource_json.ts";
import type { Sample } from "../../../tests/support/core/sample_lines.ts";
import { TROUBLES } from "../../../tests/support/trials/troubles.ts";
import { textOf, widthOf } from "../screen/line.ts";
import { symbolsFor } from "../screen/symbols.ts";
import type { Facts } from "./facts/facts.ts";
import { explanation } from "./lines.ts";
import { promotionBlockers } from "./conclusions/blockers.ts";
import { findingsOf } from "./conclusions/findings.ts";
import { shortFindingsOf } from "./conclusions/short_findings.ts";
import { conclusionOf } from "./conclusions/conclusion.ts";

const ASCII = symbolsFor({ isUnicode: false });
const PRIMARY: Partial<Sample> = { role: "Primary" };
const PEER_PRIMARY: Partial<Sample> = { beta: { role: "Primary" } };
const SHELL: ResourceInput = { runner: "shell", start: ["drbdadm primary web"] };

const VERDICTS: readonly (readonly [string, Facts])[] = [
  ["good: web runs here", factsOf(PRIMARY, { units: units("active") })],
  [
    "warning: web runs here, but not all of it: nginx.service does not run: ConditionPathExists=/srv/x was not met",
    factsOf(PRIMARY, {
      units: {
        value: {
          ...units("active", "inactive").value,
          missing: [{ unit: "nginx.service", why: "ConditionPathExists=/srv/x was not met" }],
        },
      },
    }),
  ],
  ["good: web does not run here: it is Primary on beta", factsOf(PEER_PRIMARY)],
  [
    "bad: web is Primary here, but nginx.service failed",
    factsOf(PRIMARY, { units: units("active", "failed") }),
  ],
  [
    "bad: web is Primary here, but its services do not run: drbd-services@web.target is inactive",
    factsOf(PRIMARY),
  ],
  [
    "warning: web is Primary here, but drbdd did not promote it (drbd-promote@web.service does not exist or is not active): " +
    "left alone",
    factsOf(PRIMARY, {
      units: {
        value: { ...units("inactive").value, promotion: unit("drbd-promote@web.service", "inactive") },
      },
    }),
  ],
  [
    "warning: web is Primary here, but drbdd did not promote it (drbd-promote@web.service does not exist or is not active): " +
    "left alone",
    factsOf(PRIMARY, {
      isMarked: false,
      units: {
        value: { ...units("inactive").value, promotion: unit("drbd-promote@web.service", "failed") },
      },
    }),
  ],
  [
    "bad: web is Primary here, but its services do not run: drbd-services@web.target is inactive",
    factsOf(PRIMARY, {
      isMarked: true,
      units: {
        value: { ...units("inactive").value, promotion: unit("drbd-promote@web.service", "failed") },
      },
    }),
  ],
  [
    "warning: web is Primary here, but drbdd did not promote it (/run/drbdd/promoted/web does not exist or is not active): " +
    "left alone",
    factsOf(PRIMARY, { isMarked: false }, SHELL),
  ],
  [
    "bad: web is Primary here, but its services cannot run: drbd-services@web.target is masked",
    factsOf(PRIMARY, { units: units("inactive", "inactive", { loadState: "masked" }) }),
  ],
  [
    "warning: web is frozen here: quorum is lost, and its services wait for it to come back",
    factsOf(PRIMARY, {
      units: {
        value: {
          target: unit("drbd-services@web.target", "active"),
          promotion: unit("drbd-promote@web.service", "active"),
          services: [unit("nginx.service", "active", { isFrozen: true })],
          missing: [],
        },
      },
    }),
  ],
  [
    "good: web is Primary here; its commands have no monitor: see the last decisions for whether they ran",
    factsOf(PRIMARY, {}, SHELL),
  ],
  [
    "bad: web is not Primary here, but nginx.service runs: they are about to start, or to stop",
    factsOf(PEER_PRIMARY, { units: units("inactive", "deactivating") }),
  ],
  [
    "bad: web runs nowhere that this node can see: DRBD does not allow a promotion here, as volume 0 without quorum: " +
    "not connected to beta (Connecting), gamma (Connecting)",
    factsOf({ quorum: false, beta: { connection: "Connecting" }, gamma: { connection: "Connecting" } }, {
      resource: {
        value: modelResource(
          {
            name: "web",
            quorum: false,
            beta: { connection: "Connecting" },
            gamma: { connection: "Connecting" },
          },
          (line) => line.replace("may_promote:yes", "may_promote:no"),
        ),
      },
    }),
  ],
  [
    "bad: web runs nowhere, though it could run here: drbdd does not run on alpha",
    factsOf({}, { daemon: { value: { isRunning: false, stale: undefined } } }),
  ],
  [
    "bad: web runs nowhere, and cannot be started here: drbd-services@web.target is masked",
    factsOf({}, { units: units("inactive", "inactive", { loadState: "masked" }) }),
  ],
  [
    "warning: web is about to start here, in about 2 s: other nodes are preferred",
    factsOf({}, { decisions: decided([1, "wait 3 s: other nodes are preferred"]) }, {
      "preferred-nodes": ["beta", "gamma", "delta", "alpha"],
    }),
  ],
  [
    "warning: web is about to start here, in about 1 s: a promotion race was just lost",
    factsOf({}, {
      decisions: decided([2, "start: DRBD may promote here"], [
        1,
        "not started here: lost the promotion race, beta is Primary",
      ]),
    }),
  ],
  [
    "warning: web is about to start here, in about 13 s: the last attempt was less than 20 s ago",
    factsOf({}, {
      decisions: decided([7, "start: DRBD may promote here"], [6, "not started here: refused"]),
    }),
  ],
  [
    "bad: web runs nowhere, though DRBD allows a promotion here: the last decision of drbdd is unknown",
    factsOf({}),
  ],
  [
    'bad: web runs nowhere, though DRBD allows a promotion here: the last decision of drbdd was "stop: quorum is lost"',
    factsOf({}, { decisions: decided([60, "start: DRBD may promote here"], [50, "stop: quorum is lost"]) }),
  ],
  [
    "bad: web runs nowhere: its services failed to start here 2 times: a.service failed",
    factsOf({}, {
      decisions: decided(
        [60, "start: DRBD may promote here"],
        [50, "start failed: a.service failed"],
        [50, "stop: the start failed"],
        [8, "start failed: a.service failed"],
        [8, "stop: the start failed"],
        [7, "wait 20 s: the last attempt was less than 20 s ago"],
      ),
      start: { failedStart: { why: "a.service failed", times: 2, units: ["a.service"], sinceMs: 1 } },
    }),
  ],
  [
    "bad: web is not up in DRBD on this node, and not started here yet: waiting for its backing device /dev/vg/web",
    factsOf({}, {
      resource: { value: undefined },
      start: { waitsFor: { what: "its backing device /dev/vg/web", sinceMs: 1 } },
    }),
  ],
  [
    "bad: web: the kernel module of DRBD is not loaded",
    factsOf({}, { resource: { unknown: "exit code 20" }, moduleVersion: "0.0.0", promoter: undefined }),
  ],
  [
    "bad: web: drbdsetup cannot be run: nothing is known of DRBD",
    factsOf({}, {
      resource: { unknown: "Cannot start drbdsetup: not found in PATH" },
      moduleVersion: undefined,
    }),
  ],
  [
    "bad: web runs nowhere: quorum is lost by volume 0",
    factsOf({ quorum: false }),
  ],
  [
    "bad: web runs nowhere, though DRBD allows a promotion here: nginx.service failed",
    factsOf({}, { units: units("inactive", "failed") }),
  ],
  [
    "bad: web is left alone: neither quorum nor fencing keeps two nodes from being Primary at once (quorum is off)",
    factsOf({}, { options: { value: UNPROTECTED } }),
  ],
  [
    "bad: web runs here without split-brain protection, and nothing more is started: neither quorum nor fencing " +
    "keeps two nodes from being Primary at once (quorum is off)",
    factsOf(PRIMARY, { options: { value: UNPROTECTED }, units: units("active") }),
  ],
  [
    "bad: web does not run here: DRBD does not have it up on this node",
    factsOf({}, { resource: { value: undefined } }),
  ],
  [
    "bad: web: drbdsetup was not found",
    factsOf({}, { resource: { unknown: "drbdsetup was not found" } }),
  ],
  [
    "warning: drbdd does not manage web: no promoter has it in its configuration, and it is Primary on beta",
    factsOf(PEER_PRIMARY, { promoter: undefined }),
  ],
  [
    "warning: drbdd does not manage web: its configuration is disabled (/etc/drbdd.d/web.toml.disabled)",
    factsOf({}, {
      promoter: undefined,
      resource: { value: undefined },
      disabledFile: "/etc/drbdd.d/web.toml.disabled",
    }),
  ],
];

for (const [want, facts] of VERDICTS) {
  Deno.test(`conclusion: ${want}`, () => {
    const { tone, text, advice } = conclusionOf(facts);
    assert.equal(`${tone}: ${text}`, want);
    // Each problem comes with what to do, unless DRBD has to recover by itself.
    assert.ok(tone !== "bad" || advice.length > 0 || /does not allow/.test(text));
  });
}

const no = (line: string) => line.replace("may_promote:yes", "may_promote:no");

const BLOCKERS: readonly (readonly [Partial<Sample>, readonly string[]])[] = [
  [PRIMARY, ["it is Primary here already"]],
  [PEER_PRIMARY, ["beta is Primary"]],
  [{ quorum: false, disks: ["UpToDate", "UpToDate"] }, [
    "volumes 0, 1 without quorum: all peers are connected",
  ]],
  [
    {
      disks: ["Outdated"],
      beta: { connection: "StandAlone" },
      gamma: { disks: [{ disk: "Outdated" }] },
    },
    ["no UpToDate data of volume 0 can be reached"],
  ],
  [{ disks: ["Inconsistent"] }, ["the local disk of volume 0 is Inconsistent"]],
  [{}, ["DRBD gives no reason that this node can see"]],
];

for (const [sample, want] of BLOCKERS) {
  Deno.test(`DRBD says no because ${want.join("; ")}`, () => {
    assert.deepEqual(promotionBlockers(modelResource({ name: "web", ...sample }, no)), want);
  });
}

Deno.test("there is no blocker where DRBD allows a promotion", () => {
  assert.deepEqual(promotionBlockers(modelResource({ name: "web" })), []);
});

function findingOf(facts: Facts, name: string): string {
  const point = findingsOf(facts).find((each) => each.name === name);
  return point === undefined ? "nothing" : `${point.sign}: ${point.text}`;
}

const POINTS: readonly (readonly [string, Facts, string])[] = [
  ["configuration", factsOf({}), "yes: /etc/drbdd.d/web.toml: 1 entry to start, runner systemd"],
  ["configuration", factsOf({}, { promoter: undefined }), "no: in the configuration of no promoter"],
  [
    "drbdd",
    factsOf({}, { daemon: { value: { isRunning: true, stale: "drbdsetup events2 is not running" } } }),
    "no: runs, but its state is stale: drbdsetup events2 is not running",
  ],
  ["drbdd", factsOf({}, { daemon: { unknown: "no systemctl" } }), "unknown: no systemctl"],
  [
    "peers",
    factsOf({ beta: { role: "Primary" }, gamma: { connection: "Connecting" } }),
    "no: beta is Primary; not connected to gamma (Connecting)",
  ],
  ["quorum", factsOf({ quorum: false }), "no: lost by volume 0"],
  [
    "protection",
    factsOf({}, { options: { value: { ...QUORUM, autoPromote: true } } }),
    "yes: from a split brain: quorum majority; auto-promote is yes, expected no",
  ],
  [
    "protection",
    factsOf({}, { options: { value: UNPROTECTED } }),
    "no: from a split brain: none, so nothing is started: neither quorum nor fencing keeps two nodes from being " +
    "Primary at once (quorum is off)",
  ],
  [
    "protection",
    factsOf({}, { options: { unknown: "exit code 20" } }),
    "unknown: DRBD's options are not known, so it is left alone: exit code 20",
  ],
  ["disks here", factsOf({ disks: ["UpToDate", "Failed"] }), "fact: 0: UpToDate, 1: Failed"],
  ["may promote", factsOf({}), "yes: yes"],
  ["services", factsOf(PRIMARY, { units: units("active") }), "yes: drbd-services@web.target is active"],
  [
    "services",
    factsOf(PRIMARY, { units: units("active", "failed") }),
    "no: drbd-services@web.target is active, but not nginx.service",
  ],
  ["services", factsOf({}, {}, SHELL), "fact: shell commands: only drbdd knows whether they run"],
  ["delay", factsOf({}), "fact: none: it would start at once; 20 s between attempts"],
  [
    "delay",
    factsOf({ disks: ["Inconsistent"] }, {}, {
      "preferred-nodes": ["beta", "alpha"],
      "sleep-before-promote-factor": 2,
    }),
    "fact: 8 s before a start: 3 s as a local disk is Inconsistent, 1 s as other nodes are preferred, times 2; " +
    "20 s between attempts",
  ],
  ["delay", factsOf(PRIMARY), "nothing"],
  ["preferred nodes", factsOf({}), "nothing"],
  [
    "preferred nodes",
    factsOf({}, {}, { "preferred-nodes": ["beta", "alpha"] }),
    "fact: beta, alpha: this node is number 2; services move to a better one that is connected and UpToDate for 5 s",
  ],
  [
    "preferred nodes",
    factsOf({}, {}, { "preferred-nodes": ["beta"], "preferred-nodes-policy": "start-only" }),
    "fact: beta: this node is none of them; used for starts only",
  ],
];

for (const [name, facts, want] of POINTS) {
  Deno.test(`${name}: ${want}`, () => assert.equal(findingOf(facts, name), want));
}

Deno.test("services that are not as their target are named", () => {
  const facts = factsOf({}, {
    units: {
      value: {
        ...units("inactive").value,
        services: [unit("a.service", "failed"), unit("b.mount", "inactive")],
      },
    },
  });
  const odd = findingsOf(facts).filter(({ name }) => name === "").map(({ text }) => text);
  assert.deepEqual(odd, ["a.service is failed"]);
});

Deno.test("an explanation fits its width, and has the last decisions with their source", () => {
  const many = Array.from(
    { length: 30 },
    (_, place): [number, string] => [30 - place, `wait: number ${place}`],
  );
  for (const width of [60, 80, 200]) {
    const facts = factsOf({}, { decisions: decided(...many) });
    const lines = explanation(facts, { width, symbols: ASCII, isVerbose: true });
    for (const each of lines) assert.ok(widthOf(textOf(each)) <= width, textOf(each));
    const text = lines.map(textOf).join("\n");
    assert.match(text, /Last decisions, from drbdd:/);
    assert.match(text, /number 29$/m);
    assert.doesNotMatch(text, /number 19$/m);
    const short = explanation(facts, { width, symbols: ASCII, isVerbose: false }).map(textOf).join("\n");
    assert.match(short, /number 29$/m);
    assert.equal(/number 27$/m.test(short), width >= 80);
    assert.doesNotMatch(short, /number 26$/m);
  }
});

for (const trouble of TROUBLES) {
  Deno.test(`without -v, ${trouble.name} fits a terminal of 80 columns and 24 rows, with the prompt`, () => {
    const facts = factsOfTrouble(trouble, [
      [90, "wait 2 s: the resource became Secondary; systemd may be restarting its services"],
      [80, "start: DRBD may promote here"],
      [70, "not started here: lost the promotion race, gamma is Primary; trying again when DRBD allows it"],
    ]);
    const lines = explanation(facts, { width: 80, symbols: ASCII, isVerbose: false }).map(textOf);
    assert.ok(lines.length <= 23, lines.join("\n"));
  });
}

Deno.test("without -v, what is in order is one point, and nodes of which the same is known are one line", () => {
  const facts = factsOf(PRIMARY, { units: units("active") }, { "preferred-nodes": ["beta"] });
  const text = explanation(facts, { width: 200, symbols: ASCII, isVerbose: false }).map(textOf).join("\n");
  assert.match(text, /^Why {2}\(all findings: -v\)\n {2}\S preferred nodes {2}beta: this node is none/m);
  assert.match(
    text,
    /^ {2}\S in order {9}configuration, drbdd, quorum, protection, services$/m,
  );
  assert.match(text, /^ {2}\S beta, gamma {2}according to DRBD/m);
  assert.doesNotMatch(text, /score|may promote|disks here/);
});

Deno.test("without -v, what speaks against running here is shown, and the delay where it runs nowhere", () => {
  const names = (facts: Facts) => shortFindingsOf(facts).map(({ name }) => name);
  assert.deepEqual(names(factsOf({})), ["delay", "in order"]);
  const idle = { value: { isRunning: false, stale: undefined } };
  assert.deepEqual(names(factsOf({}, { daemon: idle })), ["drbdd", "in order"]);
  assert.deepEqual(names(factsOf(PEER_PRIMARY)), ["peers", "in order"]);
  assert.deepEqual(names(factsOf({}, { daemon: { unknown: "no systemd" } })), ["drbdd", "delay", "in order"]);
});

Deno.test("where drbdd keeps no decisions it is said that the journal has none", () => {
  const facts = factsOf({}, { decisions: { value: { list: [], source: "the journal" } } });
  const text = explanation(facts, { width: 200, symbols: ASCII, isVerbose: false }).map(textOf).join("\n");
  assert.match(text, /No decisions are known to the journal \(drbdd keeps none in \/run\/drbdd\)/);
});

Deno.test("findingsOf() shows services that run where it is Secondary", () => {
  const observed = (name: string, activeState: string) => ({
    ...{ name, activeState, loadState: "loaded", freezerState: "running", isHeldBack: false },
  });
  const target = "drbd-services-secondary@web.target";
  const secondary = (state: string, service = state) => ({
    file: "/etc/drbdd.d/beside.toml",
    units: { value: { target: observed(target, state), units: [observed("a.service", service)] } },
  });
  const findingOf = (facts: Facts) => findingsOf(facts).find(({ name }) => name === "when Secondary");
  assert.equal(findingOf(factsOf({})), undefined);
  assert.deepEqual(findingOf(factsOf({}, { secondary: secondary("active", "failed") })), {
    sign: "no",
    name: "when Secondary",
    text: `runs here (${target}, /etc/drbdd.d/beside.toml); a.service failed`,
  });
  assert.deepEqual(findingOf(factsOf(PRIMARY, { secondary: secondary("inactive"), promoter: undefined })), {
    sign: "fact",
    name: "when Secondary",
    text: `not here: the resource is Primary here (${target}, /etc/drbdd.d/beside.toml)`,
  });
  const unknown = { file: "", units: { unknown: "systemctl does not answer" } };
  assert.equal(findingOf(factsOf({}, { secondary: unknown }))?.sign, "unknown");
});
