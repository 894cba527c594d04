import assert from "node:assert/strict";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import type { Program } from "../../tests/support/simulated/simulated_processes.ts";
import type { RunResult } from "./effects.ts";
import { failureOf, runLimited } from "./limited_run.ts";

const TOOL = ["tool", "x"];

function begun(play: Program, limitMs: number, signal?: AbortSignal) {
  const effects = new SimulatedEffects();
  effects.processes.install("tool", play);
  let seen: RunResult | undefined;
  void runLimited(effects, TOOL, { limitMs, signal }).then((each) => seen = each);
  return { effects, result: () => seen };
}

Deno.test("runLimited() returns what a program that ends in time returns, and leaves no timer", async () => {
  const { effects, result } = begun((role) => {
    role.print("out");
    role.complain("err\n");
    role.exit(3);
  }, 10_000);
  await settle();
  assert.deepEqual(result(), {
    code: 3,
    signal: undefined,
    stdout: "out",
    stderr: "err\n",
    isLate: false,
  });
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("runLimited() ends a program that does not answer, and says so", async () => {
  const { effects, result } = begun(() => {}, 10_000);
  await effects.clock.advance(9_999);
  assert.equal(result(), undefined);
  await effects.clock.advance(1);
  assert.equal(effects.processes.alive.length, 0);
  const late = result();
  assert.ok(late);
  assert.equal(late.code, undefined);
  assert.equal(failureOf(late), "no answer within 10 s");
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("runLimited() does not wait for a program that not even SIGKILL ends", async () => {
  const effects = new SimulatedEffects();
  // As the kernel keeps one that hangs in it.
  effects.processes.run = () => new Promise(() => {});
  let failure = "";
  void runLimited(effects, TOOL, { limitMs: 10_000 }).then((result) => failure = failureOf(result));
  await effects.clock.advance(12_999);
  assert.equal(failure, "");
  await effects.clock.advance(1);
  assert.equal(failure, "no answer within 10 s");
});

Deno.test("runLimited() without a limit is ended by its signal", async () => {
  const abort = new AbortController();
  const { effects, result } = begun(() => {}, Infinity, abort.signal);
  await effects.clock.advance(3_600_000);
  assert.equal(result(), undefined);
  abort.abort();
  await settle();
  assert.equal(result()?.signal, "SIGTERM");
  assert.equal(effects.clock.pendingTimers, 0);
});

Deno.test("runLimited() rejects when there is no such program", async () => {
  await assert.rejects(
    runLimited(new SimulatedEffects(), TOOL, { limitMs: 10_000 }),
    /Cannot start tool: it was not found/,
  );
});
