import assert from "node:assert/strict";
import { Model } from "../../tests/simulation/model/model.ts";
import { paintFor, withoutColours } from "./paint.ts";
import { picture } from "./picture.ts";
import { CLUSTER } from "./stage.ts";

const PLAIN = paintFor(false, undefined);

function lineOf(model: Model, node: string): string {
  return picture(model, PLAIN).find((line) => line.startsWith(`  ${node}`)) ?? "";
}

Deno.test("the picture shows role, disk, quorum and connections of each node", () => {
  const model = new Model(CLUSTER, 1);
  assert.match(lineOf(model, "alpha"), /^ {2}alpha +not configured$/);
  model.settle();
  model.runNow("beta", "drbdadm", "primary", "web");
  assert.match(lineOf(model, "alpha"), /^ {2}alpha +Secondary +UpToDate +yes +beta:ok {2}gamma:ok$/);
  assert.match(lineOf(model, "beta"), /^ {2}beta +Primary +UpToDate +yes +alpha:ok {2}gamma:ok$/);
  model.crash("gamma");
  assert.match(lineOf(model, "gamma"), /^ {2}gamma +no power$/);
});

Deno.test("the picture shows how far a sync is", () => {
  const model = new Model(CLUSTER, 1);
  for (const node of model.nodeNames) model.runNow(node, "drbdadm", "up", "all");
  model.advance(model.nowMs + 5_000);
  model.runNow("alpha", "drbdadm", "primary", "--force", "web");
  model.advance(model.nowMs + 3_000);
  assert.match(lineOf(model, "beta"), /Inconsistent \[#+\.+\]/);
});

Deno.test("colours are for terminals without NO_COLOR, and change nothing but colours", () => {
  const model = new Model(CLUSTER, 1);
  model.settle();
  const coloured = picture(model, paintFor(true, undefined));
  assert.ok(coloured.some((line) => line.includes("\x1b[")));
  assert.deepEqual(coloured.map(withoutColours), picture(model, PLAIN));
  assert.deepEqual(picture(model, paintFor(true, "1")), picture(model, PLAIN));
});
