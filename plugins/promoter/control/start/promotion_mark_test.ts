import assert from "node:assert/strict";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import { markPathOf, PromotionMark, RETRY_MS } from "./promotion_mark.ts";

const PATH = markPathOf("web");

function trial() {
  const effects = new SimulatedEffects();
  const log = new LogRecorder();
  const another = () => PromotionMark.of(effects, log, "web");
  return { effects, log, another, mark: another(), isThere: () => PATH in effects.files.all() };
}

for (const isSet of [true, false]) {
  Deno.test(`PromotionMark: a change that fails is retried until it succeeds, and logged once: ${isSet ? "set" : "clear"}`, async () => {
    const { effects, log, mark, isThere } = trial();
    if (!isSet) effects.files.put(PATH, "");
    effects.files.failing.set(PATH, "No space left on device");
    await (isSet ? mark.set() : mark.clear());
    assert.equal(isThere(), !isSet);
    assert.equal(await mark.isSet(), isSet, "this process knows better than the file");
    await effects.clock.advance(3 * RETRY_MS);
    assert.equal(isThere(), !isSet);
    assert.equal(log.from("warn").length, 1);
    assert.match(
      log.from("warn").join(),
      /cannot (write|remove) \/run\/drbdd\/promoted\/web: .*No space left.*every 10 s/,
    );
    effects.files.failing.clear();
    await effects.clock.advance(RETRY_MS);
    assert.equal(isThere(), isSet);
    assert.deepEqual(log.lines.slice(1), ["info: web: /run/drbdd/promoted/web is up to date again"]);
    if (isSet) await effects.files.remove(PATH);
    await effects.clock.advance(5 * RETRY_MS);
    assert.equal(isThere(), false, "what succeeded is not repeated");
  });
}

Deno.test("PromotionMark: of two changes the last one stays, whichever failed", async () => {
  const { effects, mark, isThere } = trial();
  effects.files.failing.set(PATH, "Read-only file system");
  await mark.set();
  await mark.clear();
  assert.equal(await mark.isSet(), false);
  effects.files.failing.clear();
  await effects.clock.advance(2 * RETRY_MS);
  assert.equal(isThere(), false);
  void mark.clear();
  await mark.set();
  await effects.clock.advance(2 * RETRY_MS);
  assert.ok(isThere());
});

Deno.test("PromotionMark: what could not be written is known to the next configuration of the same resource", async () => {
  const { effects, mark, another } = trial();
  effects.files.failing.set(PATH, "No space left on device");
  await mark.set();
  assert.equal(await another().isSet(), true);
  assert.equal(await PromotionMark.of(effects, new LogRecorder(), "db").isSet(), false);
});
