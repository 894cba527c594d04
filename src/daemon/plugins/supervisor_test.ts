import assert from "node:assert/strict";
import { LogRecorder } from "../../../tests/support/simulated/log_recorder.ts";
import { settle, SimulatedClock } from "../../../tests/support/simulated/simulated_clock.ts";
import type { Plugin, PluginContext } from "./plugin.ts";
import { type Instance, partsOf, Supervisor } from "./supervisor.ts";

/** Runs plugins that note what happens to them. */
class Trial {
  readonly clock = new SimulatedClock();
  readonly log = new LogRecorder();
  readonly events: string[] = [];
  readonly supervisor = new Supervisor(
    this.clock,
    this.log,
    (_instance, signal) => ({ signal }) as PluginContext,
  );

  /** A plugin that runs until its signal aborts, then takes its time. */
  plugin(name: string, stopMs = 0, stopTimeoutMs?: number, overlaps = false): Plugin<unknown> {
    return {
      name,
      overlaps,
      ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
      run: async (config, { signal }) => {
        this.events.push(`${name} ${JSON.stringify(config)} runs`);
        await aborted(signal);
        if (stopMs > 0) await this.clock.sleep(stopMs);
        this.events.push(`${name} ${JSON.stringify(config)} ends: ${signal.reason}`);
      },
    };
  }

  take(): string[] {
    return this.events.splice(0);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

Deno.test("Supervisor starts in order, and stops those first that stop services, then all others at once", async () => {
  const trial = new Trial();
  const services = {
    ...trial.plugin("services", 700, 1_000),
    stopsServices: (config: unknown) => config === "stops",
  };
  await trial.supervisor.apply([
    { plugin: trial.plugin("a", 60), config: 1 },
    { plugin: services, config: "stops" },
    { plugin: services, config: "leaves" },
    { plugin: trial.plugin("b", 50), config: 2 },
  ]);
  assert.deepEqual(trial.take(), ["a 1 runs", 'services "stops" runs', 'services "leaves" runs', "b 2 runs"]);
  let isOver = false;
  void trial.supervisor.stop().then(() => isOver = true);
  await trial.clock.advance(699);
  assert.deepEqual(trial.take(), []);
  await trial.clock.advance(1);
  assert.deepEqual(trial.take(), ['services "stops" ends: exit']);
  await trial.clock.advance(99);
  assert.deepEqual([trial.take(), isOver], [["b 2 ends: exit", "a 1 ends: exit"], false]);
  await trial.clock.advance(1);
  assert.ok(isOver);
  assert.deepEqual(trial.log.from("error"), [
    "error: Plugin services did not stop within 0.1 s and was abandoned",
  ]);
  await trial.clock.advance(1_000);
  assert.equal(trial.clock.pendingTimers, 0);
});

Deno.test("Supervisor starts nothing any more when all is to stop", async () => {
  const trial = new Trial();
  const slow = trial.plugin("slow", 50);
  await trial.supervisor.apply([{ plugin: slow, config: 1 }]);
  const applied = trial.supervisor.apply([{ plugin: slow, config: 2 }]);
  await trial.clock.advance(10);
  const stopped = trial.supervisor.stop();
  await trial.clock.advance(1_000);
  await Promise.all([applied, stopped]);
  assert.deepEqual(trial.take(), ["slow 1 runs", "slow 1 ends: reload"]);
});

Deno.test("Supervisor keeps instances whose configuration is the same, stops those that went, starts those that came", async () => {
  const trial = new Trial();
  const a = trial.plugin("a");
  const b = trial.plugin("b");
  const instance = (plugin: Plugin<unknown>, config: unknown): Instance => ({ plugin, config });
  await trial.supervisor.apply([instance(a, { x: [1] }), instance(a, { x: [2] }), instance(b, {})]);
  trial.take();
  await trial.supervisor.apply([instance(a, { x: [1] }), instance(a, { x: [3] })]);
  assert.deepEqual(trial.take(), ['a {"x":[2]} ends: reload', "b {} ends: reload", 'a {"x":[3]} runs']);
  await trial.supervisor.stop();
});

Deno.test("Supervisor keeps an instance whose keys come in another order", async () => {
  const trial = new Trial();
  const plugin = trial.plugin("a");
  await trial.supervisor.apply([{ plugin, config: { x: 1, y: { v: 2, w: 3 } } }]);
  trial.take();
  await trial.supervisor.apply([{ plugin, config: { y: { w: 3, v: 2 }, x: 1 } }]);
  assert.deepEqual(trial.take(), []);
  await trial.supervisor.stop();
});

Deno.test("Supervisor does not compare each of many instances with each", async () => {
  const trial = new Trial();
  const plugin = trial.plugin("a");
  let reads = 0;
  const instances = (): Instance[] =>
    Array.from({ length: 200 }, (_, number) => ({
      plugin,
      config: {
        get number() {
          reads++;
          return number;
        },
      },
    }));
  await trial.supervisor.apply(instances());
  trial.take();
  reads = 0;
  await trial.supervisor.apply(instances());
  assert.ok(reads < 10 * 200, `${reads} reads of 200 configurations`);
  assert.deepEqual(trial.take(), []);
  await trial.supervisor.stop();
});

Deno.test("Supervisor stops all instances of a plugin at once", async () => {
  const trial = new Trial();
  const slow = trial.plugin("slow", 100);
  await trial.supervisor.apply([1, 2, 3].map((config) => ({ plugin: slow, config })));
  const stopped = trial.supervisor.stop();
  await trial.clock.advance(100);
  await stopped;
  assert.deepEqual(trial.take().slice(3), ["slow 1 ends: exit", "slow 2 ends: exit", "slow 3 ends: exit"]);
});

Deno.test("Supervisor lets no plugin wait for another one that takes its time to stop", async () => {
  const trial = new Trial();
  const [slow, quick] = [trial.plugin("slow", 100), trial.plugin("quick")];
  await trial.supervisor.apply([{ plugin: slow, config: 1 }, { plugin: quick, config: 1 }]);
  trial.take();
  const asked: string[] = [];
  const note = ({ name }: Plugin<unknown>) => void asked.push(`${name} after ${trial.take().join(", ")}`);
  const applied = trial.supervisor.apply([{ plugin: slow, config: 2 }, { plugin: quick, config: 2 }], note);
  await trial.clock.advance(0);
  assert.deepEqual(trial.take(), ["quick 2 runs"]);
  await trial.clock.advance(100);
  await applied;
  assert.deepEqual(trial.take(), ["slow 2 runs"]);
  assert.deepEqual(asked, ["quick after quick 1 ends: reload", "slow after slow 1 ends: reload"]);
  assert.deepEqual(trial.supervisor.instances.map(({ config }) => config), [2, 2]);
  const stopped = trial.supervisor.stop();
  await trial.clock.advance(100);
  await stopped;
});

Deno.test("Supervisor starts what overlaps beside what stops, and waits for that only when all stop", async () => {
  const trial = new Trial();
  const slow = trial.plugin("slow", 100, undefined, true);
  await trial.supervisor.apply([{ plugin: slow, config: 1 }]);
  trial.take();
  for (const config of [2, 3]) {
    await trial.supervisor.apply([{ plugin: slow, config }]);
    await settle();
    assert.deepEqual(trial.take(), [`slow ${config} runs`]);
    assert.deepEqual(trial.supervisor.instances.map(({ config }) => config), [config]);
    await trial.clock.advance(40);
  }
  await trial.clock.advance(20);
  assert.deepEqual(trial.take(), ["slow 1 ends: reload"]);
  let isOver = false;
  void trial.supervisor.stop().then(() => isOver = true);
  await trial.clock.advance(99);
  assert.deepEqual([trial.take(), isOver], [["slow 2 ends: reload"], false]);
  await trial.clock.advance(1);
  assert.deepEqual([trial.take(), isOver], [["slow 3 ends: exit"], true]);
});

Deno.test("Supervisor does not end before what ends beside its successors", async () => {
  const trial = new Trial();
  const slow = trial.plugin("slow", 100, undefined, true);
  await trial.supervisor.apply([{ plugin: slow, config: 1 }]);
  await trial.supervisor.apply([]);
  let isOver = false;
  void trial.supervisor.stop().then(() => isOver = true);
  await trial.clock.advance(99);
  assert.equal(isOver, false);
  await trial.clock.advance(1);
  assert.equal(isOver, true);
});

Deno.test("Supervisor starts a plugin again that fails, later each time, and leaves the others alone", async () => {
  const trial = new Trial();
  let runs = 0;
  const failing: Plugin<unknown> = {
    name: "bad",
    run: () => {
      runs++;
      return Promise.reject(new Error("Cannot listen", { cause: new Error("address in use") }));
    },
  };
  await trial.supervisor.apply([{ plugin: failing, config: {} }, {
    plugin: trial.plugin("good"),
    config: {},
  }]);
  await trial.clock.advance(1_000 + 2_000 + 4_000);
  assert.equal(runs, 4);
  assert.deepEqual(trial.take(), ["good {} runs"]);
  assert.equal(
    trial.log.from("error")[0],
    "error: Plugin bad failed; restarting it in 1 s: Cannot listen: address in use",
  );
  await trial.clock.advance(8_000 + 16_000 + 32_000 + 60_000 + 60_000);
  assert.equal(runs, 9);
  assert.equal(trial.supervisor.restarts.get("bad"), 9);
  await trial.supervisor.stop();
  assert.equal(trial.clock.pendingTimers, 0);
});

Deno.test("Supervisor starts a plugin again that ends by itself", async () => {
  const trial = new Trial();
  let runs = 0;
  await trial.supervisor.apply([{
    plugin: { name: "idle", run: () => Promise.resolve(void runs++) },
    config: {},
  }]);
  await trial.clock.advance(1_000);
  assert.equal(runs, 2);
  assert.match(trial.log.from("error")[0] ?? "", /ended unexpectedly/);
  await trial.supervisor.stop();
});

Deno.test("Supervisor forgives failures after five minutes of life", async () => {
  const trial = new Trial();
  let fail: (error: Error) => void = () => {};
  const plugin: Plugin<unknown> = { name: "p", run: () => new Promise((_, reject) => fail = reject) };
  await trial.supervisor.apply([{ plugin, config: {} }]);
  fail(new Error("one"));
  await trial.clock.advance(1_000);
  fail(new Error("two"));
  await trial.clock.advance(2_000);
  await trial.clock.advance(300_000);
  fail(new Error("three"));
  await settle();
  assert.match(trial.log.from("error").at(-1) ?? "", /restarting it in 1 s: three/);
  await trial.supervisor.stop();
});

Deno.test("Supervisor closes what a failed run left open", async () => {
  const trial = new Trial();
  const signals: AbortSignal[] = [];
  const plugin: Plugin<unknown> = {
    name: "p",
    run: (_config, { signal }) => {
      signals.push(signal);
      return Promise.reject(new Error("x"));
    },
  };
  await trial.supervisor.apply([{ plugin, config: {} }]);
  await settle();
  assert.equal(signals[0]?.reason, "failure");
  await trial.supervisor.stop();
});

Deno.test("Supervisor leaves a plugin behind that does not stop in its time, and says so", async () => {
  const trial = new Trial();
  await trial.supervisor.apply([
    { plugin: trial.plugin("first"), config: {} },
    { plugin: { ...trial.plugin("stuck", 1e9), exitTimeoutMs: 700 }, config: {} },
  ]);
  trial.take();
  let isOver = false;
  void trial.supervisor.stop().then(() => isOver = true);
  await trial.clock.advance(699);
  assert.deepEqual([trial.take(), isOver], [["first {} ends: exit"], false]);
  await trial.clock.advance(1);
  assert.ok(isOver);
  assert.deepEqual(trial.log.from("error"), [
    "error: Plugin stuck did not stop within 0.7 s and was abandoned",
  ]);
});

Deno.test("partsOf() makes an instance of each part, and leaves a plugin without parts as it is", async () => {
  const trial = new Trial();
  const whole = trial.plugin("whole");
  const list: Plugin<unknown> = { ...trial.plugin("list"), parts: (config) => config as number[] };
  const split = partsOf([{ plugin: whole, config: [1, 2] }, { plugin: list, config: [1, 2] }]);
  assert.deepEqual(split.map(({ plugin, config }) => [plugin.name, config]), [
    ["whole", [1, 2]],
    ["list", 1],
    ["list", 2],
  ]);
  await trial.supervisor.apply(split);
  trial.take();
  await trial.supervisor.apply(partsOf([{ plugin: list, config: [2] }, { plugin: list, config: [3] }]));
  assert.deepEqual(trial.take().toSorted(), [
    "list 1 ends: reload",
    "list 3 runs",
    "whole [1,2] ends: reload",
  ]);
});
