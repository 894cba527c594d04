import assert from "node:assert/strict";
import { withoutProgress } from "../../../tests/support/processes/progress_lines.ts";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { settle } from "../../../tests/support/simulated/simulated_clock.ts";
import { withProgress } from "./progress.ts";

/** Runs something that takes so long. Returns what was written to standard error. */
async function saidDuring(durationMs: number, options: { readonly isForTerminals?: boolean } = {}) {
  const world = new SimulatedCtl();
  const { clock } = world.effects;
  const waited = withProgress(world.ctl, "Stopping web", clock.sleep(durationMs), options);
  await clock.advance(durationMs);
  await waited;
  await settle();
  assert.equal(clock.pendingTimers, 0);
  return world.err;
}

Deno.test("what takes a second or longer is said once, what does not is not", async () => {
  assert.equal(await saidDuring(999), "");
  assert.equal(await saidDuring(1_001), "Stopping web…\n");
  assert.equal(await saidDuring(60_000), "Stopping web…\n");
  assert.equal(await saidDuring(60_000, { isForTerminals: true }), "");
});

Deno.test("tests with real processes look past such lines, and at all others", async () => {
  const lines = [
    "Stopped web.target\n",
    await saidDuring(2_000),
    "Reloading drbdd...\n",
    "web: stopping its services here…\n",
    "web: its services here are stopped, after 2 s\n",
  ];
  assert.equal(
    withoutProgress(lines.join("")),
    "Stopped web.target\nweb: its services here are stopped, after 2 s\n",
  );
});
