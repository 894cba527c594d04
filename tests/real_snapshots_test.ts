/** The core's state of a real cluster against what drbdsetup itself printed as its status at the same time. */
import assert from "node:assert/strict";
import { realScenarios } from "./support/core/fixtures.ts";
import { knownAround, runsOf, snapshotsOf } from "./support/core/real_cluster.ts";
import { say } from "./support/print_line.ts";
import { type Json, printedStatus, statusOf } from "./support/second_reading/status_json.ts";

const isSame = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

let compared = 0;

for (const folder of realScenarios().filter((folder) => !folder.includes("09-drbdsetup-killed"))) {
  const runs = runsOf(folder, statusOf);
  for (const snapshot of snapshotsOf(folder)) {
    const { node, label, statusJson } = snapshot;
    Deno.test(`the core knows what drbdsetup status prints in ${folder}${node} at ${label}`, () => {
      const status = printedStatus(statusJson);
      const known = knownAround(runs, snapshot);
      if (!known.some((each) => isSame(each, status))) assert.deepEqual(known.at(-1), status);
      compared++;
    });
  }
}

Deno.test("the snapshots of the real cluster were compared", () => {
  say(`${compared} snapshots of a real cluster compared`);
  assert.ok(compared >= 51, "Some snapshots are missing");
});
