import assert from "node:assert/strict";
import { startLocally } from "../../tests/support/trials/local_threads.ts";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import { shownOf } from "../app/shown.ts";
import { Daemon } from "../daemon/daemon.ts";
import type { Plugin, PluginContext } from "../daemon/plugins/plugin.ts";
import { MonitorHost } from "./host.ts";
import type { MonitorThread } from "./thread.ts";
import type { ToMonitor } from "./protocol.ts";

const DUMP =
  "exists resource name:web role:Primary suspended:no\nexists resource name:db role:Secondary\nexists -\n";
const SURROUNDINGS = { node: "alpha", pid: 1, socketFolder: undefined };

/** A daemon in a simulated world, and a thread that shows it. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly stop = new AbortController();
  readonly daemon: Daemon;
  readonly host: MonitorHost;
  /** Of the plugin in the thread that runs. */
  context: PluginContext | undefined;
  thread: MonitorThread | undefined;
  /** What the threads were sent, by kind. */
  readonly sent: ToMonitor["kind"][] = [];
  threads = 0;
  sentBytes = 0;
  /** As the host knows it. */
  takenBytes = 0;
  /** Whether what the thread has taken is said to the host. */
  saysTaken = true;
  over: Promise<void> = Promise.resolve();

  constructor() {
    this.effects.processes.install("drbdsetup", (role) => {
      role.onEndOfInput = () => role.exit(0);
    });
    this.daemon = new Daemon(this.effects, { statisticsPollIntervalMs: 60_000, instances: [] }, this.log);
    const start = () => this.#start();
    const shown = shownOf(this.daemon, SURROUNDINGS);
    this.host = new MonitorHost(this.effects.clock, this.log, { start, suffices: () => true }, shown);
    this.daemon.tap = this.host;
  }

  async start(): Promise<this> {
    this.over = this.daemon.run(this.stop.signal);
    await this.host.reload({ instances: [{ plugin: "shower", config: {} }], logLevel: "info" });
    await settle();
    return this;
  }

  async print(text: string): Promise<void> {
    const role = this.effects.processes.started.at(-1)?.role;
    assert.ok(role);
    role.print(text);
    await settle();
  }

  /** What the plugin sees: each resource with its role. */
  get seen(): string[] {
    return Array.from(this.context?.cluster() ?? [], ({ name, role }) => `${name} ${role}`);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.effects.clock.advance(5_000);
    await this.over;
    const stopped = this.host.stop();
    await this.effects.clock.advance(1_000);
    await stopped;
    assert.equal(this.effects.clock.pendingTimers, 0);
  }

  #start(): MonitorThread {
    this.threads++;
    const shower: Plugin<unknown> = {
      name: "shower",
      run: (_config, context) => {
        this.context = context;
        return new Promise((resolve) => context.signal.addEventListener("abort", () => resolve()));
      },
    };
    const inner = startLocally(this.effects, [{ name: "shower", load: () => Promise.resolve(shower) }]);
    const thread: MonitorThread = {
      send: (message) => {
        this.sent.push(message.kind);
        if ("bytes" in message) this.sentBytes += message.bytes.length;
        inner.send(message);
      },
      onMessage: () => {},
      onDeath: () => {},
      end: () => inner.end(),
    };
    inner.onMessage = (message) => {
      if (message.kind === "taken" && !this.saysTaken) return;
      if (message.kind === "taken") this.takenBytes += message.bytes;
      thread.onMessage(message);
    };
    this.thread = thread;
    return thread;
  }
}

Deno.test("MonitorHost passes on what drbdsetup prints, cut anywhere, and the thread makes the same state of it", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP.slice(0, 60));
  await trial.print(DUMP.slice(60));
  assert.deepEqual(trial.seen, ["db Secondary", "web Primary"]);
  await trial.print("change resource name:db role:Primary\n");
  assert.deepEqual(trial.seen, ["db Primary", "web Primary"]);
  assert.deepEqual([...trial.daemon.cluster()], [...trial.context?.cluster() ?? []]);
  assert.deepEqual(trial.sent.filter((kind) => kind === "dump"), []);
  await trial.end();
});

Deno.test("MonitorHost: without drbdsetup the thread knows that the state is not kept up to date, and why", async () => {
  const trial = await new Trial().start();
  assert.equal(trial.context?.staleReason(), "waiting for the first dump of drbdsetup");
  await trial.print(DUMP);
  assert.equal(trial.context?.staleReason(), undefined);
  trial.effects.processes.alive[0]?.role.exit(20);
  await settle();
  assert.match(trial.context?.staleReason() ?? "", /drbdsetup events2 is not running: .*exit code 20/);
  assert.equal(trial.seen.length, 2);
  await trial.effects.clock.advance(1_000);
  await trial.print("exists resource name:web role:Primary\nexists -\n");
  assert.deepEqual(trial.seen, ["web Primary"]);
  assert.equal(trial.context?.staleReason(), undefined);
  await trial.end();
});

Deno.test("MonitorHost starts a thread that died again, which then knows all that the one before knew", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  trial.daemon.journal.note("web", { wallMs: 1, plugin: "promoter", level: "info", text: "started" });
  trial.daemon.health.setPromoter("db", { file: "db", isEnabled: false });
  trial.daemon.health.splitBrain("web", 1);
  await settle();
  trial.thread?.onDeath("it was hit by a brick");
  // What comes meanwhile, half a line too, is not lost.
  await trial.print("change resource name:db role:Primary\nchange resource name:web ro");
  await trial.effects.clock.advance(500);
  await trial.print("le:Secondary\n");
  assert.equal(trial.threads, 2);
  assert.deepEqual(trial.seen, ["db Primary", "web Secondary"]);
  assert.deepEqual(trial.context?.journal.of("web").map(({ text }) => text), ["started"]);
  const words = (board = trial.daemon.health) =>
    board.all().map(({ name, health: { severity, problems } }) =>
      `${name} ${severity} ${problems.map(({ id }) => id)}`
    );
  assert.deepEqual(words(trial.context?.health), words());
  assert.deepEqual(trial.log.from("error"), [
    "error: The monitor thread failed; restarting it in 0.5 s, services are not affected: it was hit by a brick",
  ]);
  await trial.end();
});

Deno.test("MonitorHost passes the version of the kernel module on, to a thread that starts later too", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  const found = () => trial.context?.health.nodeProblems.map(({ what }) => what);
  trial.daemon.health.setModule("8.4.11");
  await settle();
  assert.deepEqual(found(), ["kernel module 8.4.11 found, DRBD 9 needed"]);
  trial.thread?.onDeath("it was hit by a brick");
  await trial.effects.clock.advance(500);
  assert.equal(trial.threads, 2);
  assert.deepEqual(found(), ["kernel module 8.4.11 found, DRBD 9 needed"]);
  trial.daemon.health.setModule("9.2.12");
  await settle();
  assert.deepEqual(found(), []);
  await trial.end();
});

Deno.test("MonitorHost waits longer each time before a thread that dies at once is started again", async () => {
  const trial = await new Trial().start();
  for (const waitMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const { threads } = trial;
    trial.thread?.onMessage({ kind: "failed", reason: "again" });
    await trial.effects.clock.advance(waitMs - 1);
    assert.equal(trial.threads, threads);
    await trial.effects.clock.advance(1);
    assert.equal(trial.threads, threads + 1);
  }
  await trial.end();
});

Deno.test("MonitorHost: a reload starts a thread that died at once, and it stays the only one", async () => {
  const trial = await new Trial().start();
  trial.thread?.onDeath("it was hit by a brick");
  await trial.host.reload({ instances: [{ plugin: "shower", config: {} }], logLevel: "info" });
  assert.equal(trial.threads, 2);
  await trial.effects.clock.advance(60_000);
  assert.equal(trial.threads, 2);
  await trial.end();
});

Deno.test("MonitorHost: a thread that dies when a reload takes its last plugin is not started again", async () => {
  const trial = await new Trial().start();
  const { thread } = trial;
  assert.ok(thread);
  const send = thread.send;
  thread.send = (message) => message.kind === "stop" ? thread.onDeath("it died of that") : send(message);
  const reload = trial.host.reload({ instances: [], logLevel: "info" });
  await trial.effects.clock.advance(60_000);
  await reload;
  assert.equal(trial.threads, 1);
  await trial.end();
});

Deno.test("MonitorHost sends nothing more to a thread that is far behind, and all that is known when it has caught up", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  trial.saysTaken = false;
  const filler = `${"x".repeat(1023)}\n`.repeat(1024);
  for (let mebibytes = 0; mebibytes < 65; mebibytes++) await trial.print(filler);
  const { length } = trial.sent;
  await trial.print("change resource name:db role:Primary\n");
  assert.equal(trial.sent.length, length);
  assert.deepEqual(trial.seen, ["db Secondary", "web Primary"]);
  assert.equal(trial.log.from("warn").filter((line) => line.includes("64 MiB behind")).length, 1);
  trial.saysTaken = true;
  trial.thread?.onMessage({ kind: "taken", bytes: trial.sentBytes - trial.takenBytes });
  await settle();
  assert.equal(trial.sent.at(-1), "dump");
  assert.deepEqual(trial.seen, ["db Primary", "web Primary"]);
  await trial.print("change resource name:web role:Secondary\n");
  assert.deepEqual(trial.seen, ["db Primary", "web Secondary"]);
  await trial.end();
});

Deno.test("MonitorHost ends a thread that takes nothing any more", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  trial.saysTaken = false;
  await trial.print("change resource name:db role:Primary\n");
  await trial.effects.clock.advance(61_000);
  assert.equal(trial.threads, 2);
  assert.match(trial.log.from("error").join(), /it has taken nothing for 30 s/);
  await trial.end();
});

Deno.test("MonitorHost: the thread asks for what was counted, and says who looks at counters", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  trial.daemon.metrics.family("a_total", "counter", "A").add({}, 3);
  trial.context?.metrics.family("b_total", "counter", "B").add({}, 4);
  const statistics = await trial.context?.statistics();
  assert.equal(statistics?.counts.events, 2 + 1);
  assert.deepEqual(
    statistics?.families.filter(({ name }) => /^[ab]_/.test(name)).map((
      { name, samples },
    ) => [name, samples[0]?.value]),
    [["a_total", 3], ["b_total", 4]],
  );
  trial.context?.watchCounters(true);
  await settle();
  let asked = 0;
  for (const { role } of trial.effects.processes.alive) role.onInput = () => asked++;
  await trial.effects.clock.advance(6_500);
  assert.equal(asked, 3);
  await trial.end();
});

Deno.test("MonitorHost has no thread without a plugin, and ends the one there was", async () => {
  const trial = await new Trial().start();
  await trial.print(DUMP);
  const reloaded = trial.host.reload({ instances: [], logLevel: "info" });
  await trial.effects.clock.advance(1_000);
  await reloaded;
  const { length } = trial.sent;
  await trial.print("change resource name:db role:Primary\n");
  assert.equal(trial.sent.length, length);
  await trial.host.reload({ instances: [{ plugin: "shower", config: {} }], logLevel: "info" });
  await settle();
  assert.deepEqual(trial.seen, ["db Primary", "web Primary"]);
  await trial.end();
});
