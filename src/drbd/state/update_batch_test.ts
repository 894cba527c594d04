import assert from "node:assert/strict";
import type { Resource } from "../model/model.ts";
import { type SnapshotSource, UpdateBatch } from "./update_batch.ts";
import type { Unplaced } from "../model/update.ts";

const RESOURCE: Resource = {
  name: "web",
  role: "Secondary",
  suspended: [],
  forceIoFailures: false,
  writeOrdering: undefined,
  mayPromote: false,
  promotionScore: 0,
  devices: [],
  connections: [],
  peerDevices: [],
  paths: [],
};
const UPDATE: Unplaced = { kind: "resource", type: "rename", name: "web", newName: "db" };

/** Notes in `log` what is done, in order. */
function logged(): { log: string[]; told: UpdateBatch; source: SnapshotSource } {
  const log: string[] = [];
  const told = new UpdateBatch(() => log.push("prepare"));
  const source = {
    snapshot() {
      log.push("draw");
      return RESOURCE;
    },
  };
  return { log, told, source };
}

Deno.test("UpdateBatch draws nothing for those who only peek", () => {
  const { log, told, source } = logged();
  told.add(UPDATE, source);
  assert.equal(told.length, 1);
  assert.equal(told.peek(0), UPDATE);
  assert.deepEqual(log, []);
});

Deno.test("UpdateBatch prepares, draws once, and gives the same update to all who ask", () => {
  const { log, told, source } = logged();
  told.add(UPDATE, source);
  const update = told.get(0);
  assert.deepEqual(update, { ...UPDATE, resource: RESOURCE });
  assert.equal(told.get(0), update);
  assert.equal(told.all()[0], update);
  assert.equal(told.peek(0), update);
  assert.deepEqual(log, ["prepare", "draw"]);
});

Deno.test("UpdateBatch gives all updates in order", () => {
  const { told, source } = logged();
  const updates = ["a", "b", "c"].map((newName) => ({ ...UPDATE, newName }));
  for (const update of updates) told.add(update, source);
  assert.deepEqual(told.all(), updates.map((update) => ({ ...update, resource: RESOURCE })));
});

Deno.test("UpdateBatch refuses to draw when its chunk is over, and still gives what was drawn", () => {
  const { log, told, source } = logged();
  told.add(UPDATE, source);
  told.add(UPDATE, source);
  const update = told.get(0);
  told.close();
  assert.equal(told.get(0), update);
  assert.deepEqual(told.peek(1), UPDATE);
  assert.throws(() => told.get(1), /after the next chunk/);
  assert.throws(() => told.all(), /after the next chunk/);
  assert.deepEqual(log, ["prepare", "draw"]);
});
