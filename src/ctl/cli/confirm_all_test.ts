import assert from "node:assert/strict";
import { SimulatedCtl } from "../../../tests/support/simulated/simulated_ctl.ts";
import { isConfirmed } from "./confirm_all.ts";
import { REACTORCTL } from "./reactorctl.ts";

const NONE = { files: [], isAll: false };
const asked = (world: SimulatedCtl, extent: Parameters<typeof isConfirmed>[0] = NONE) =>
  isConfirmed(extent, "Do it to all?", "name one", world.ctl);

Deno.test("isConfirmed() asks on a terminal, and no is what an empty line means", async () => {
  for (const [answer, want] of [["y", true], ["n", false], ["", false]] as const) {
    const world = new SimulatedCtl({ isTerminal: true, answers: [answer] });
    assert.equal(await asked(world), want);
    assert.match(world.err, /^Do it to all\? \[y\/N\]/);
    assert.equal(world.err.includes("Nothing was changed"), !want);
  }
});

Deno.test("isConfirmed() does not ask where something is named, nor with --all, nor for drbd-reactorctl", async () => {
  const world = new SimulatedCtl();
  assert.equal(await asked(world, { files: ["web"], isAll: false }), true);
  assert.equal(await asked(world, { files: [], isAll: true }), true);
  const ctl = { ...world.ctl, program: REACTORCTL };
  assert.equal(await isConfirmed(NONE, "Do it to all?", "name one", ctl), true);
});

Deno.test("isConfirmed() refuses without a terminal", async () => {
  await assert.rejects(asked(new SimulatedCtl()), /stdin is not a terminal: Do it to all\?/);
});
