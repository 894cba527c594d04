import assert from "node:assert/strict";
import { Model } from "../../../tests/simulation/model/model.ts";
import { CLUSTER } from "../nodes/definition.ts";
import type { ServiceState } from "../nodes/machine.ts";
import { paintFor, withoutColours } from "./paint.ts";
import { clusterTable } from "./cluster_table.ts";

const PLAIN = paintFor(false, undefined);

/** The table of a cluster where services are in these states, by node; elsewhere they are stopped. */
function tableOf(
  model: Model,
  states: Readonly<Record<string, ServiceState>> = {},
  paint = PLAIN,
): string[] {
  return clusterTable({ model, stateOf: (node) => states[node] ?? "stopped" }, paint);
}

function lineOf(lines: readonly string[], node: string): string {
  return lines.find((line) => line.startsWith(node)) ?? "";
}

Deno.test("the table shows role, disk, quorum, service and connections of each node", () => {
  const model = new Model(CLUSTER, 1);
  assert.match(lineOf(tableOf(model), "alpha"), /^alpha +not up in DRBD yet$/);
  model.settle();
  model.runNow("beta", "drbdadm", "primary", "web");
  const lines = tableOf(model, { beta: "running" });
  assert.match(lines[0] ?? "", /^web +role +disk +quorum +nginx +connected to$/);
  assert.match(lineOf(lines, "alpha"), /^alpha +Secondary +UpToDate +yes +- +beta gamma$/);
  assert.match(lineOf(lines, "beta"), /^beta +Primary +UpToDate +yes +running +alpha gamma$/);
  model.crash("gamma");
  model.advance(model.nowMs + 3_000);
  const after = tableOf(model, { beta: "failed" });
  assert.match(lineOf(after, "gamma"), /^gamma +no power$/);
  assert.match(lineOf(after, "beta"), /^beta +Primary +UpToDate +yes +failed +alpha$/);
  model.partition([]);
  model.advance(model.nowMs + 3_000);
  assert.match(lineOf(tableOf(model), "alpha"), /^alpha +Secondary +\w+ +no +- +nobody$/);
});

Deno.test("the table shows how far a sync is, and fits 80 columns then, too", () => {
  const model = new Model(CLUSTER, 1);
  for (const node of model.nodeNames) model.runNow(node, "drbdadm", "up", "all");
  model.advance(model.nowMs + 5_000);
  model.runNow("alpha", "drbdadm", "primary", "--force", "web");
  model.advance(model.nowMs + 1_000);
  const lines = tableOf(model, { beta: "starting" });
  assert.match(lineOf(lines, "beta"), /Inconsistent \[#+\.+\]/);
  assert.deepEqual(lines.filter((line) => line.length > 79), []);
});

Deno.test("colours are for terminals without NO_COLOR, and change nothing but colours", () => {
  const model = new Model(CLUSTER, 1);
  model.settle();
  const coloured = tableOf(model, {}, paintFor(true, undefined));
  assert.ok(coloured.some((line) => line.includes("\x1b[")));
  assert.deepEqual(coloured.map(withoutColours), tableOf(model));
  assert.deepEqual(tableOf(model, {}, paintFor(true, "1")), tableOf(model));
});
