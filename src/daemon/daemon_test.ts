import assert from "node:assert/strict";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../tests/support/simulated/simulated_processes.ts";
import { Daemon } from "./daemon.ts";
import type { Plugin, PluginContext } from "./plugins/plugin.ts";

const DUMP =
  "exists resource name:web role:Primary suspended:no\nexists resource name:db role:Secondary\nexists -\n";

/** A daemon in a simulated world, with a plugin that records the updates it gets. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly updates: string[] = [];
  readonly stop = new AbortController();
  readonly plugin: Plugin<unknown>;
  context: PluginContext | undefined;
  daemon: Daemon;
  over: Promise<void> = Promise.resolve();

  constructor(readonly onStart: (context: PluginContext) => void = () => {}) {
    this.effects.processes.install("drbdsetup", (role) => {
      role.onEndOfInput = () => role.exit(0);
    });
    this.plugin = {
      name: "noter",
      run: async (_config, context) => {
        this.context = context;
        this.onStart(context);
        for await (const update of context.changes()) this.updates.push(`${update.name} ${update.type}`);
      },
    };
    this.daemon = this.make();
  }

  make(): Daemon {
    const settings = { statisticsPollIntervalMs: 60_000, instances: [{ plugin: this.plugin, config: {} }] };
    return new Daemon(this.effects, settings, this.log);
  }

  /** Has the daemon begin without its plugin, until `load` is called. */
  loadLate(): { readonly loading: Promise<void>; load(): void } {
    const settings = { statisticsPollIntervalMs: 60_000, instances: [] };
    const instances = [{ plugin: this.plugin, config: {} }];
    this.daemon = new Daemon(this.effects, settings, this.log);
    const { promise, resolve } = Promise.withResolvers<void>();
    return { loading: promise.then(() => this.daemon.reload({ ...settings, instances })), load: resolve };
  }

  async start(): Promise<this> {
    this.over = this.daemon.run(this.stop.signal);
    await settle();
    return this;
  }

  get drbdsetup(): Role {
    const role = this.effects.processes.started.at(-1)?.role;
    assert.ok(role);
    return role;
  }

  async print(text: string): Promise<void> {
    this.drbdsetup.print(text);
    await settle();
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.effects.clock.advance(5_000);
    await this.over;
    assert.deepEqual(this.effects.processes.alive, []);
    assert.equal(this.effects.clock.pendingTimers, 0);
  }
}

Deno.test("Daemon is ready when the first dump was published, and not before", async () => {
  const trial = await new Trial().start();
  await trial.effects.clock.advance(11_000);
  assert.ok(!trial.effects.notified.some((message) => message.startsWith("READY")));
  await trial.print(DUMP);
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.updates, ["db exists", "web exists"]);
  assert.ok(trial.effects.notified.includes("READY=1\nSTATUS=2 resources, 1 Primary here"));
  await trial.end();
  assert.ok(trial.effects.notified.some((message) => message.startsWith("STOPPING=1")));
});

const isReady = (message: string) => message.startsWith("READY=1");

Deno.test("Daemon is ready 15 s after the start at the latest, says what is missing, and notifies plugins when it comes", async () => {
  const trial = new Trial();
  trial.effects.processes.install("drbdsetup", undefined);
  await trial.start();
  await trial.effects.clock.advance(15_000);
  assert.deepEqual(trial.effects.notified.filter(isReady), [
    "READY=1\nSTATUS=The state of DRBD is unknown: drbdsetup events2 is not running: Cannot start drbdsetup: it was not found in PATH",
  ]);
  assert.match(
    trial.log.from("warn").join("\n"),
    /Ready, but DRBD's state is incomplete: The state of DRBD is unknown/,
  );
  trial.effects.processes.install("drbdsetup", (role) => {
    role.onEndOfInput = () => role.exit(0);
  });
  await trial.effects.clock.advance(10_000);
  await trial.print(DUMP);
  assert.equal(trial.effects.notified.at(-1), "STATUS=2 resources, 1 Primary here");
  assert.deepEqual(trial.updates, ["db exists", "web exists"]);
  assert.equal(trial.effects.notified.filter(isReady).length, 1);
  await trial.end();
});

Deno.test("Daemon is ready in time though a plugin prepares for ever, and says so until that is over", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const trial = await new Trial((context) => context.prepare(promise)).start();
  await trial.print(DUMP);
  await trial.effects.clock.advance(15_000);
  const ready = "READY=1\nSTATUS=2 resources, 1 Primary here, plugins are not yet prepared";
  assert.deepEqual(trial.effects.notified.filter(isReady), [ready]);
  resolve();
  await settle();
  assert.equal(trial.effects.notified.at(-1), "STATUS=2 resources, 1 Primary here");
  await trial.end();
});

Deno.test("Daemon says once and then every ten minutes that drbdsetup cannot be started, and news at once", async () => {
  const trial = new Trial();
  trial.effects.processes.install("drbdsetup", (role) => {
    role.complain("no module\nat all\n");
    role.exit(20);
  });
  await trial.start();
  const said = () => trial.log.lines.filter((line) => /^(warn|error): drbdsetup/.test(line));
  await trial.effects.clock.advance(590_000);
  assert.equal(said().length, 3);
  assert.match(
    said().at(-1) ?? "",
    /^error: drbdsetup events2 is not running: it cannot work: .*; restarting it in 0.2 s, then every 10 s at the latest/,
  );
  await trial.effects.clock.advance(600_000);
  assert.equal(said().length, 6);
  trial.effects.processes.install("drbdsetup", (role) => role.exit(10));
  await trial.effects.clock.advance(10_000);
  assert.match(said().at(-1) ?? "", /the kernel refused/);
  await trial.end();
});

Deno.test("Daemon logs each end of a drbdsetup that had printed the state", async () => {
  const trial = await new Trial().start();
  for (const count of [1, 2]) {
    await trial.print(DUMP);
    trial.drbdsetup.die("SIGKILL");
    await trial.effects.clock.advance(1_000);
    assert.equal(trial.log.from("error").length, count);
  }
  await trial.end();
});

Deno.test("Daemon ends though drbdsetup cannot be killed and a reload does not come to its end", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  trial.drbdsetup.onSignal = () => {};
  trial.drbdsetup.onEndOfInput = () => {};
  const stuck: Plugin<unknown> = { name: "stuck", run: () => new Promise(() => {}) };
  const settings = { statisticsPollIntervalMs: 60_000, instances: [{ plugin: stuck, config: 1 }] };
  await trial.daemon.reload(settings);
  void trial.daemon.reload({ ...settings, instances: [{ plugin: stuck, config: 2 }] });
  await settle();
  let isOver = false;
  void trial.over.then(() => isOver = true);
  trial.stop.abort();
  await trial.effects.clock.advance(300);
  assert.ok(isOver);
  await trial.end();
});

Deno.test("Daemon waits with being ready for what plugins prepare, however that ends", async () => {
  let fail: (error: Error) => void = () => {};
  const trial = await new Trial((context) => context.prepare(new Promise((_, reject) => fail = reject)))
    .start();
  await trial.print(DUMP);
  await trial.effects.clock.advance(1_000);
  assert.ok(!trial.effects.notified.some((message) => message.startsWith("READY")));
  fail(new Error("no"));
  await trial.effects.clock.advance(1);
  assert.ok(trial.effects.notified.some((message) => message.startsWith("READY")));
  await trial.end();
});

Deno.test("Daemon is ready with plugins that come late, and they see what is known", async () => {
  const trial = new Trial();
  const { loading, load } = trial.loadLate();
  trial.daemon.prepare(loading);
  await trial.start();
  await trial.print(DUMP);
  await trial.effects.clock.advance(1_000);
  assert.ok(!trial.effects.notified.some((message) => message.startsWith("READY")));
  load();
  await settle();
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.updates, ["db exists", "web exists"]);
  assert.ok(trial.effects.notified.some((message) => message.startsWith("READY")));
  await trial.end();
});

Deno.test("Daemon processes nothing before its plugins have started: what happens after the dump is published as it happened", async () => {
  const trial = new Trial();
  const { loading, load } = trial.loadLate();
  trial.daemon.holdUntil(loading);
  await trial.start();
  await trial.print(`${DUMP}change resource name:db role:Primary\n`);
  await trial.print("change resource name:db role:Secondary\n");
  await trial.effects.clock.advance(1_000);
  assert.deepEqual([trial.updates, trial.daemon.cluster().size], [[], 0]);
  load();
  await settle();
  await trial.print("change resource name:db role:Primary\n");
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.updates, ["db exists", "web exists", "db change", "db change", "db change"]);
  await trial.end();
});

Deno.test("Daemon starts no plugins when it ends", async () => {
  const trial = await new Trial().start();
  trial.stop.abort();
  await settle();
  const { plugin } = trial;
  await trial.daemon.reload({
    statisticsPollIntervalMs: 60_000,
    instances: [{ plugin, config: { isNew: true } }],
  });
  await trial.end();
  assert.equal(trial.context?.signal.aborted, true);
});

Deno.test("Daemon says in every line of status whether its end stops services, as long as it holds that", async () => {
  const trial = new Trial();
  const plugin = { ...trial.plugin, stopsServices: (config: unknown) => config === "stops" };
  const settings = (...configs: string[]) => ({
    statisticsPollIntervalMs: 60_000,
    instances: configs.map((config) => ({ plugin, config })),
  });
  trial.daemon = new Daemon(trial.effects, settings("stops", "leaves"), trial.log);
  await trial.start();
  await trial.print(DUMP);
  await trial.effects.clock.advance(1);
  trial.drbdsetup.die("SIGKILL");
  await settle();
  assert.match(trial.daemon.status(), /^STALE: .*; stopping drbdd stops services$/);
  const heard = trial.effects.notified;
  const reload = (...configs: string[]) =>
    trial.daemon.whileReloading(async () => {
      // Files may have been read by now; what is said is still what holds.
      assert.equal(heard.at(-1), `RELOADING=1\nSTATUS=Reading the configuration again${before}`);
      await trial.daemon.reload(settings(...configs));
    });
  const words = "; stopping drbdd stops services";
  assert.ok(heard.includes(`READY=1\nSTATUS=2 resources, 1 Primary here${words}`));
  let before = words;
  await reload("leaves");
  assert.match(heard.at(-1) ?? "", /^READY=1\nSTATUS=STALE: .*, 1 Primary here$/);
  before = "";
  await reload("leaves", "stops");
  assert.match(
    heard.at(-1) ?? "",
    /^READY=1\nSTATUS=STALE: .*, 1 Primary here; stopping drbdd stops services$/,
  );
  await trial.end();
});

Deno.test("Daemon is stale while drbdsetup is not running, and publishes only the differences afterwards", async () => {
  const trial = await new Trial().start();
  assert.equal(trial.context?.stale(), true);
  await trial.print(DUMP);
  assert.equal(trial.context?.stale(), false);
  trial.drbdsetup.die("SIGKILL");
  await settle();
  assert.equal(trial.context?.stale(), true);
  assert.equal(trial.context?.cluster().size, 2);
  assert.match(
    trial.daemon.status(),
    /^STALE: drbdsetup events2 is not running: it was killed by SIGKILL; last known: 2 resources/,
  );
  await trial.effects.clock.advance(200);
  trial.updates.length = 0;
  await trial.print("exists resource name:web role:Primary suspended:no\nexists -\n");
  assert.deepEqual(trial.updates, ["db destroy"]);
  assert.equal(trial.daemon.facts.drbdsetupRestarts, 1);
  await trial.end();
});

Deno.test("Daemon asks for everything again when something was missed, but not all the time", async () => {
  const trial = await new Trial().start();
  await trial.print(`${DUMP}change device name:gone volume:0 disk:Failed\n`);
  await trial.effects.clock.advance(200);
  assert.equal(trial.effects.processes.started.length, 2);
  await trial.print(`${DUMP}change device name:gone volume:0 disk:Failed\n`);
  await trial.effects.clock.advance(60_000);
  assert.equal(trial.effects.processes.started.length, 2);
  await trial.effects.clock.advance(600_000);
  await trial.print("change device name:gone volume:0 disk:Failed\n");
  await trial.effects.clock.advance(200);
  assert.equal(trial.effects.processes.started.length, 3);
  await trial.end();
});

Deno.test("Daemon keeps the stream while plugins stop", async () => {
  const trial = new Trial();
  const slow: Plugin<unknown> = {
    name: "slow",
    exitTimeoutMs: 2_000,
    run: async (_config, { signal, effects }) => {
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      await effects.clock.sleep(1_000);
    },
  };
  trial.daemon = new Daemon(trial.effects, {
    statisticsPollIntervalMs: 60_000,
    instances: [{ plugin: slow, config: {} }],
  }, trial.log);
  await trial.start();
  trial.stop.abort();
  await trial.effects.clock.advance(999);
  assert.equal(trial.effects.processes.alive.length, 1);
  await trial.end();
});

Deno.test("Daemon reloads: kept instances hear of it, and the interval for statistics is a new one", async () => {
  let reloads = 0;
  const trial = await new Trial((context) => context.onReload(() => reloads++)).start();
  await trial.print(DUMP);
  const asked: number[] = [];
  trial.drbdsetup.onInput = () => asked.push(trial.effects.clock.nowMs());
  const startedMs = trial.effects.clock.nowMs();
  await trial.daemon.whileReloading(() =>
    trial.daemon.reload({
      statisticsPollIntervalMs: 1_000,
      instances: [{ plugin: trial.plugin, config: {} }],
    })
  );
  await trial.effects.clock.advance(2_000);
  assert.equal(reloads, 1);
  assert.deepEqual(asked.map((atMs) => atMs - startedMs), [1_000, 2_000]);
  assert.deepEqual(trial.updates, ["db exists", "web exists"]);
  assert.ok(trial.effects.notified.some((message) => message.startsWith("RELOADING=1")));
  await trial.end();
});

Deno.test("Daemon feeds the watchdog if it is asked to, and only if it is meant", async () => {
  for (const [pid, want] of [["4711", 3], ["1", 0]] as const) {
    const trial = new Trial();
    trial.effects.variables.set("WATCHDOG_USEC", "2000000").set("WATCHDOG_PID", pid);
    await trial.start();
    await trial.effects.clock.advance(2_000);
    assert.equal(trial.effects.notified.filter((message) => message === "WATCHDOG=1").length, want);
    await trial.end();
  }
});

Deno.test("Daemon rejects if drbdd itself is at fault, after it has stopped its plugins", async () => {
  const trial = new Trial();
  const stopped: unknown[] = [];
  const daemon = new Daemon(trial.effects, {
    statisticsPollIntervalMs: 60_000,
    instances: [{
      config: {},
      plugin: {
        name: "witness",
        run: (_config, { signal }) =>
          new Promise<void>((resolve) =>
            signal.addEventListener("abort", () => {
              stopped.push(signal.reason);
              resolve();
            })
          ),
      },
    }],
  }, {
    ...trial.log,
    isEnabledFor: () => true,
    info: () => {
      throw new Error("Broken invariant");
    },
  });
  const over = assert.rejects(daemon.run(trial.stop.signal), /Broken invariant/);
  await settle();
  await trial.print(DUMP);
  await trial.effects.clock.advance(5_000);
  await over;
  assert.deepEqual(stopped, ["exit"]);
});
