import assert from "node:assert/strict";
import { assess } from "../../../../plugins/api/page/scripts/assessment.js";
import { resourceJson } from "../../../../tests/support/core/resource_json.ts";
import type { Sample } from "../../../../tests/support/core/sample_lines.ts";
import { type Choice, chosen } from "./order.ts";
import type { ResourceRow } from "./snapshot.ts";
import type { Sort } from "./sorts.ts";

const SAMPLES: readonly Sample[] = [
  { name: "web10", role: "Primary" },
  { name: "web9", beta: { role: "Primary" } },
  { name: "db", quorum: false },
  { name: "mail", beta: { disks: [{ replication: "SyncSource", progress: "done:61.30 dbdt1:1.00 eta:9" }] } },
  { name: "log", beta: { disks: [{ replication: "SyncTarget", progress: "done:12.00 dbdt1:1.00 eta:9" }] } },
  { name: "old", beta: { connection: "StandAlone" } },
];
const SIGHTS: readonly ResourceRow[] = SAMPLES.map((sample) => {
  const resource = resourceJson(sample);
  return { resource, assessment: assess(resource), ageMs: () => 0 };
});
const ALL: Choice = { sort: "trouble", isReversed: false, filter: "", onlyTrouble: false };

function names(choice: Partial<Choice>): string[] {
  return chosen(SIGHTS, { ...ALL, ...choice }).map(({ resource }) => resource.name);
}

const ORDERS: readonly (readonly [Sort, readonly string[]])[] = [
  ["trouble", ["db", "old", "log", "mail", "web9", "web10"]],
  ["name", ["db", "log", "mail", "old", "web9", "web10"]],
  ["primary", ["web10", "web9", "db", "log", "mail", "old"]],
  ["sync", ["log", "mail", "db", "old", "web9", "web10"]],
];

for (const [sort, want] of ORDERS) {
  Deno.test(`by ${sort}: ${want.join(", ")}; and turned round`, () => {
    assert.deepEqual(names({ sort }), want);
    assert.deepEqual(names({ sort, isReversed: true }), want.toReversed());
  });
}

for (
  const [filter, want] of [
    ["web", ["web9", "web10"]],
    ["primary", ["web10"]],
    ["critical", ["db"]],
    ["StandAlone", ["old"]],
    ["-web -problem", ["log", "mail"]],
    ["nothing", []],
  ] as const
) {
  Deno.test(`the filter "${filter}" leaves ${want.join(", ") || "nothing"}`, () => {
    assert.deepEqual(names({ filter }), want);
  });
}

Deno.test("what is healthy can be left out", () => {
  assert.deepEqual(names({ onlyTrouble: true }), ["db", "old", "log", "mail"]);
});
