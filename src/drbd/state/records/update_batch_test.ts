import assert from "node:assert/strict";
import type { Resource } from "../../model/model.ts";
import { type SnapshotSource, UpdateBatch } from "./update_batch.ts";
import type { Unplaced } from "../../model/update.ts";

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
function logged(): { log: string[]; emitted: UpdateBatch; source: SnapshotSource } {
  const log: string[] = [];
  const emitted = new UpdateBatch(() => log.push("prepare"));
  const source = {
    snapshot() {
      log.push("snapshot");
      return RESOURCE;
    },
  };
  return { log, emitted, source };
}

Deno.test("UpdateBatch.peek() builds no snapshot", () => {
  const { log, emitted, source } = logged();
  emitted.add(UPDATE, source);
  assert.equal(emitted.length, 1);
  assert.equal(emitted.peek(0), UPDATE);
  assert.deepEqual(log, []);
});

Deno.test("UpdateBatch.get() prepares, builds one snapshot, and returns the same update each time", () => {
  const { log, emitted, source } = logged();
  emitted.add(UPDATE, source);
  const update = emitted.get(0);
  assert.deepEqual(update, { ...UPDATE, resource: RESOURCE });
  assert.equal(emitted.get(0), update);
  assert.equal(emitted.all()[0], update);
  assert.equal(emitted.peek(0), update);
  assert.deepEqual(log, ["prepare", "snapshot"]);
});

Deno.test("UpdateBatch gives all updates in order", () => {
  const { emitted, source } = logged();
  const updates = ["a", "b", "c"].map((newName) => ({ ...UPDATE, newName }));
  for (const update of updates) emitted.add(update, source);
  assert.deepEqual(emitted.all(), updates.map((update) => ({ ...update, resource: RESOURCE })));
});

Deno.test("UpdateBatch builds no snapshot after its chunk, and still returns those it built", () => {
  const { log, emitted, source } = logged();
  emitted.add(UPDATE, source);
  emitted.add(UPDATE, source);
  const update = emitted.get(0);
  emitted.close();
  assert.equal(emitted.get(0), update);
  assert.deepEqual(emitted.peek(1), UPDATE);
  assert.throws(() => emitted.get(1), /after the next chunk/);
  assert.throws(() => emitted.all(), /after the next chunk/);
  assert.deepEqual(log, ["prepare", "snapshot"]);
});
