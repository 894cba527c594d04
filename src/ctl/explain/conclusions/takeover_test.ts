import assert from "node:assert/strict";
import { factsOf, QUORUM, UNPROTECTED } from "../../../../tests/support/trials/explain_facts.ts";
import { modelResource } from "../../../../tests/support/core/resource_json.ts";
import { textOf } from "../../screen/line.ts";
import { symbolsFor } from "../../screen/symbols.ts";
import type { Facts } from "../facts/facts.ts";
import { explanation } from "../lines.ts";
import { takeOvers } from "./takeover.ts";
import { HERE, votesWithout } from "./votes.ts";

const UNICODE = symbolsFor({ isUnicode: true });
const PRIMARY = { role: "Primary" } as const;
const AWAY = { connection: "Connecting" } as const;
const shown = (facts: Facts) =>
  takeOvers(facts).map(({ node, can, why }) => `${node} ${can}: ${why.join("; ")}`);
const DRBD_WOULD = "according to DRBD (quorum of 2 of 3); its drbdd and units: drbddctl explain web there";

Deno.test("each peer could take over from this node according to DRBD, and what is not seen from here is said", () => {
  assert.deepEqual(shown(factsOf(PRIMARY)), [
    "alpha runs: ",
    `beta yes: ${DRBD_WOULD}`,
    `gamma yes: ${DRBD_WOULD}`,
  ]);
});

Deno.test("who is not seen, has no good data, or would be without quorum is named", () => {
  assert.deepEqual(shown(factsOf({ ...PRIMARY, gamma: AWAY })), [
    "alpha runs: ",
    "beta unknown: no quorum: 1 of 3 nodes with a disk would be there, unless it is connected to one that this node does not see",
    "gamma unknown: not seen from here (Connecting): it may be down, or cut off",
  ]);
  const outdated = { disks: [{ disk: "Inconsistent" }] };
  assert.deepEqual(
    shown(factsOf({ ...PRIMARY, beta: outdated, gamma: outdated })).map((text) => text.slice(0, 60)),
    [
      "alpha runs: ",
      "beta no: its disk of volume 0 is Inconsistent, and no other ",
      "gamma no: its disk of volume 0 is Inconsistent, and no other",
    ],
  );
  // Over the network, from the disk of another one.
  assert.deepEqual(shown(factsOf({ ...PRIMARY, beta: outdated }))[1], `beta yes: ${DRBD_WOULD}`);
});

const ON_BETA = { beta: PRIMARY };
const HERE_CASES: readonly (readonly [string, Partial<Facts>])[] = [
  ["alpha yes: UpToDate data; quorum of 2 of 3; its units are there", {}],
  ["alpha no: drbdd does not run", { daemon: { value: { isRunning: false, stale: undefined } } }],
  [
    "alpha unknown: whether drbdd runs is not known: no systemd",
    { daemon: { unknown: "no systemd" } },
  ],
  ["alpha no: its backing device /dev/vg/web is missing", { missingDevices: ["/dev/vg/web"] }],
  [
    "alpha yes: UpToDate data; quorum of 2 of 3; its units are there",
    { missingDevices: ["/dev/vg0/web_0"] },
  ],
  [
    "alpha no: nginx.service is masked: it cannot be started",
    {
      unitFindings: {
        value: [{
          resource: "web",
          problem: "nginx.service is masked: it cannot be started",
          remedy: "systemctl unmask nginx.service",
          isFatal: true,
        }],
      },
    },
  ],
  [
    "alpha no: no split-brain protection: neither quorum nor fencing keeps two nodes from being Primary at once (quorum is off)",
    { options: { value: UNPROTECTED } },
  ],
  [
    "alpha no: its last start here failed: a.service failed",
    { start: { failedStart: { why: "a.service failed", times: 1, units: [], sinceMs: 1 } } },
  ],
  ["alpha no: it waits for its backing device /dev/x", {
    start: { waitsFor: { what: "its backing device /dev/x", sinceMs: 1 } },
  }],
  ["alpha no: no promoter manages it here", { promoter: undefined }],
  ["alpha no: not up in DRBD", { resource: { value: undefined } }],
];
for (const [want, changes] of HERE_CASES) {
  Deno.test(`whether this node could take over: ${want}`, () => {
    assert.equal(shown(factsOf(ON_BETA, changes))[0], want);
  });
}

Deno.test("what is only enabled by itself keeps nobody from taking over, and is a finding", () => {
  const problem = "nginx.service is enabled by itself: it would start at boot without its data";
  const facts = factsOf(ON_BETA, {
    unitFindings: { value: [{ resource: "web", problem, remedy: "systemctl disable nginx.service" }] },
  });
  assert.match(shown(facts)[0] ?? "", /^alpha yes/);
  const text = explanation(facts, { width: Infinity, symbols: UNICODE, isVerbose: false }).map(textOf).join(
    "\n",
  );
  assert.match(text, new RegExp(`^ +${problem}; fix it with: systemctl disable`, "m"));
});

Deno.test("an explanation answers what runs where, why, and who could take over, in this order", () => {
  const lines = explanation(factsOf(ON_BETA), { width: 80, symbols: UNICODE, isVerbose: false }).map(textOf);
  const titles = lines.filter((text) => /^(What|Why|Who)/.test(text));
  assert.deepEqual(titles, [
    "What runs where",
    "Why  (all findings: -v)",
    "Who could take over if beta failed",
  ]);
  assert.ok(lines.some((text) => /^ {2}beta +Primary +UpToDate +connected$/.test(text)));
});

Deno.test("votesWithout() counts nodes with a disk, and those without one where it is half", () => {
  const votes = (sample: Parameters<typeof modelResource>[0], quorum: string, lost?: string) => {
    const found = votesWithout(modelResource(sample), quorum, lost);
    return found && `${found.present}/${found.all} ${found.isEnough}`;
  };
  assert.equal(votes({ name: "web" }, "majority"), "3/3 true");
  assert.equal(votes({ name: "web" }, "majority", HERE), "2/3 true");
  assert.equal(votes({ name: "web", gamma: AWAY }, "majority", "beta"), "1/3 false");
  assert.equal(votes({ name: "web" }, "all", "beta"), "2/3 false");
  assert.equal(votes({ name: "web" }, "2", "beta"), "2/3 true");
  assert.equal(votes({ name: "web" }, "off"), undefined);
  const tiebreaker = modelResource(
    { name: "web" },
    (line) =>
      line.startsWith("exists peer-device") && line.includes("conn-name:gamma")
        ? line.replace("peer-client:no", "peer-client:yes").replace(
          "peer-disk:UpToDate",
          "peer-disk:Diskless",
        )
        : line,
  );
  assert.deepEqual(votesWithout(tiebreaker, QUORUM.quorum, "beta"), { present: 1, all: 2, isEnough: true });
  assert.equal(votesWithout(tiebreaker, QUORUM.quorum, "gamma")?.isEnough, true);
});
