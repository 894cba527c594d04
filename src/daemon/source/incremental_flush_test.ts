import assert from "node:assert/strict";
import { IncrementalFlush } from "./incremental_flush.ts";
import type { Clock } from "../../effects/effects.ts";

/** Work of so many parts, each of which takes a millisecond; counts the turns it was given up for others. */
class Trial {
  nowMs = 0;
  turns = 0;
  /** What happens while others have their turn. */
  meanwhile = () => {};
  readonly clock: Clock = {
    nowMs: () => this.nowMs,
    wallMs: () => 0,
    setTimer: () => ({ cancel: () => {} }),
    sleep: () => Promise.resolve(),
    nextTurn: () => {
      this.turns++;
      this.meanwhile();
      return Promise.resolve();
    },
  };
  readonly catchUp = new IncrementalFlush(this.clock, () => {
    this.nowMs++;
    return this.parts-- > 0;
  });

  constructor(public parts: number) {}
}

Deno.test("IncrementalFlush works in turns of a few milliseconds", async () => {
  const trial = new Trial(40);
  await trial.catchUp.run();
  assert.deepEqual([trial.parts, trial.turns], [-1, 20]);
});

Deno.test("IncrementalFlush gives no turn away where there is little to do", async () => {
  const trial = new Trial(1);
  await trial.catchUp.run();
  assert.deepEqual([trial.parts, trial.turns], [-1, 0]);
});

Deno.test("IncrementalFlush ends though more comes than is done", async () => {
  const trial = new Trial(100);
  trial.meanwhile = () => trial.parts += 5;
  await trial.catchUp.run();
  assert.ok(trial.turns < 100, `${trial.turns} turns`);
});

Deno.test("IncrementalFlush works once for all who ask at the same time, and again for those who ask later", async () => {
  const trial = new Trial(8);
  await Promise.all([trial.catchUp.run(), trial.catchUp.run()]);
  assert.equal(trial.parts, -1);
  trial.parts = 8;
  await trial.catchUp.run();
  assert.equal(trial.parts, -1);
});
