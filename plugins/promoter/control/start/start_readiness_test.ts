import assert from "node:assert/strict";
import { LogRecorder } from "../../../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../../../tests/support/simulated/simulated_effects.ts";
import type { PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import type { Services } from "../services.ts";
import { StartReadiness } from "./start_readiness.ts";
import { INITIAL_STATE, type State } from "../../decide/state.ts";
import type { View } from "../../decide/view.ts";

const NO = { ...INITIAL_STATE, phase: "stopped" } as const;
const YES: State = { ...NO, view: { mayPromote: true } as View };

class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  /** Looks that go on. */
  readonly looks: PromiseWithResolvers<void>[] = [];
  count = 0;
  /** Whether a look is over at once. */
  isQuick = true;
  readonly waits: number[] = [];
  readonly readiness: StartReadiness;

  constructor() {
    const { signal } = new AbortController();
    const context = { effects: this.effects, log: this.log, signal };
    const prepareStart = () => {
      this.count++;
      if (this.isQuick) return Promise.resolve();
      const look = Promise.withResolvers<void>();
      this.looks.push(look);
      return look.promise;
    };
    this.readiness = new StartReadiness(
      context as unknown as PluginContext,
      "db",
      { prepareStart } as Services,
      (untilMs) => this.waits.push(untilMs),
    );
  }

  get nowMs(): number {
    return this.effects.clock.nowMs();
  }

  pass(durationMs: number): Promise<void> {
    return this.effects.clock.advance(durationMs);
  }
}

Deno.test("StartReadiness looks each time that DRBD may promote again, however short ago it looked", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  trial.readiness.follow(NO, undefined);
  await trial.pass(1_000);
  for (const times of [1, 2]) {
    trial.readiness.follow(YES, trial.nowMs + 25);
    await settle();
    assert.equal(trial.count, times);
    // The same once more is no news.
    trial.readiness.follow(YES, trial.nowMs + 20);
    await settle();
    assert.equal(trial.count, times);
    trial.readiness.follow(NO, undefined);
  }
});

for (
  const { what, state } of [{ what: "services run", state: "started" }, {
    what: "they are being stopped",
    state: "stopping",
  }] as const
) {
  Deno.test(`StartReadiness does not look where ${what}`, async () => {
    const trial = new Trial();
    trial.readiness.begin();
    trial.readiness.follow({ ...YES, phase: state }, trial.nowMs + 25);
    await settle();
    assert.equal(trial.count, 0);
  });
}

Deno.test("StartReadiness: a start waits 1 s for a look if the last one is not old, and without end if it is", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  trial.isQuick = false;
  trial.readiness.follow(YES, trial.nowMs + 25);
  assert.deepEqual(trial.waits, [trial.nowMs + 1_000]);
  trial.looks[0]?.resolve();
  await settle();
  assert.equal(trial.waits[1], -Infinity);
  trial.readiness.follow(NO, undefined);
  await trial.pass(60_001);
  trial.readiness.follow(YES, trial.nowMs + 25);
  assert.equal(trial.waits[2], Infinity);
  trial.looks[1]?.resolve();
  await settle();
  assert.equal(trial.waits[3], -Infinity);
});

Deno.test("StartReadiness.ready() is over at once for a minute after a good look, and waits for a new one then", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  trial.isQuick = false;
  await trial.pass(60_000);
  await trial.readiness.ready();
  assert.equal(trial.count, 0);
  await trial.pass(1);
  let isReady = false;
  const ready = trial.readiness.ready().then(() => isReady = true);
  await settle();
  assert.deepEqual({ isReady, count: trial.count }, { isReady: false, count: 1 });
  trial.looks[0]?.reject(new Error("systemd does not answer"));
  await trial.pass(5_000);
  assert.deepEqual({ isReady, count: trial.count }, { isReady: false, count: 2 });
  trial.looks[1]?.resolve();
  await ready;
});

Deno.test("StartReadiness.ready() waits for the look that goes on, and begins no second one", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  await trial.pass(60_001);
  trial.isQuick = false;
  trial.readiness.follow(YES, trial.nowMs + 25);
  const ready = trial.readiness.ready();
  await settle();
  assert.equal(trial.count, 1);
  trial.looks[0]?.resolve();
  await ready;
});

Deno.test("StartReadiness.ready() looks again after a stop, when a start begins as soon as that is over", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  trial.readiness.follow({ ...YES, phase: "stopping" }, undefined);
  assert.equal(trial.count, 0);
  await trial.readiness.ready();
  assert.equal(trial.count, 1);
  await trial.readiness.ready();
  assert.equal(trial.count, 1);
});

Deno.test("StartReadiness does not look as soon as a stop is over: units keep their failed state", async () => {
  const trial = new Trial();
  trial.readiness.begin();
  trial.readiness.follow({ ...NO, phase: "stopping" }, undefined);
  trial.readiness.follow(NO, trial.nowMs + 60_000);
  await trial.pass(57_999);
  assert.equal(trial.count, 0);
  await trial.pass(1);
  assert.equal(trial.count, 1);
});
