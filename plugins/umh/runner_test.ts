import assert from "node:assert/strict";
import * as v from "valibot";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../tests/support/simulated/simulated_processes.ts";
import { RecordedUpdates } from "../../tests/support/core/recorded_updates.ts";
import { Metrics } from "../../src/daemon/status/metrics.ts";
import { UMH_SCHEMA } from "./config.ts";
import { Runner } from "./runner.ts";
import { JOIN_TASK_GROUP } from "./run/task_group.ts";

const role = (name: string, word: string) => `change resource name:${name} role:${word}`;

/** Rules at work under a simulated clock, with commands that last until a test ends them. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly log = new LogRecorder();
  readonly metrics = new Metrics();
  readonly #recorded = new RecordedUpdates();
  readonly runner: Runner;
  /** Whether anybody is left in the group of a command whose shell is gone. */
  groupsLeft = false;
  /** Commands in the order of their start. */
  readonly commands: Role[] = [];

  constructor(config: object) {
    this.effects.processes.install("/bin/sh", (role) => {
      const script = role.argv[2]?.replace(JOIN_TASK_GROUP, "") ?? "";
      if (script.startsWith("test ! -e /proc/")) role.exit(this.groupsLeft ? 0 : 1);
      else this.commands.push(role);
    });
    this.runner = new Runner(v.parse(UMH_SCHEMA.schema, config), this);
    this.print(
      ...["web", "db", "mail"].map((name) => `exists resource name:${name} role:Secondary`),
      "exists -",
    );
  }

  /** Gives what the lines bring to the rules. */
  async print(...lines: string[]): Promise<void> {
    for (const update of this.#recorded.read(...lines)) this.runner.take(update);
    await this.effects.clock.advance(0);
  }

  /** Events that follow each other: each resource becomes Primary and Secondary by turns. */
  async burst(count: number, ...names: string[]): Promise<void> {
    const turns = Array.from({ length: count }, (_, turn) => turn % 2 === 0 ? "Primary" : "Secondary");
    await this.print(...turns.flatMap((word) => names.map((name) => role(name, word))));
  }

  get running(): Role[] {
    return this.commands.filter((command) => !command.isOver);
  }

  async exitAll(code = 0): Promise<void> {
    for (const command of this.running) command.exit(code);
    await this.effects.clock.advance(0);
  }

  /** Ends what runs and what waits, and sees to it that nothing is left. */
  async end(): Promise<void> {
    while (this.running.length > 0) await this.exitAll();
    await this.runner.stop();
    await this.effects.clock.advance(0);
    assert.equal(this.effects.clock.pendingTimers, 0);
  }

  metric(name: string, rule: string): number | undefined {
    const family = this.metrics.families().find((family) => family.name === name);
    return family?.samples().find(({ labels }) => labels["rule"] === rule)?.value;
  }
}

const summary = ({ env }: Role) => `${env["DRBD_UMH_RULE"]} ${env["DRBD_RES_NAME"]} ${env["DRBD_NEW_ROLE"]}`;
const CHANGE = { "command": "act", "event-type": "Change" };

Deno.test("Runner runs the command of every rule that matches, at once, with what happened in its environment", async () => {
  const trial = new Trial({
    resource: [
      { ...CHANGE, name: "one", env: { MINE: "yes", DRBD_NEW_ROLE: "mine wins", PATH: "/mine/does/not" } },
      { ...CHANGE, name: "two" },
      { ...CHANGE, name: "other", "resource-name": "db" },
    ],
    device: [CHANGE],
  });
  await trial.print(role("web", "Primary"));
  assert.deepEqual(trial.commands.map(summary), ["one web mine wins", "two web Primary"]);
  const [one] = trial.commands;
  assert.deepEqual(one?.argv, ["/bin/sh", "-c", `${JOIN_TASK_GROUP}act`]);
  assert.equal(one?.env["MINE"], "yes");
  assert.equal(one?.env["PATH"], "/sbin:/usr/sbin:/bin:/usr/bin");
  await trial.end();
});

Deno.test("Runner logs how a command ended, a failure as a warning, and counts", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.print(role("web", "Primary"), role("db", "Primary"), role("mail", "Primary"));
  await trial.effects.clock.advance(1_234);
  assert.equal(trial.metric("drbdd_umh_running", "mine"), 3);
  const [first, second, third] = trial.commands;
  first?.exit(0);
  await trial.effects.clock.advance(0);
  second?.exit(7);
  await trial.effects.clock.advance(0);
  third?.die("SIGSEGV");
  await trial.effects.clock.advance(0);
  assert.deepEqual(trial.log.lines.filter((line) => !line.startsWith("debug")), [
    "info: Rule mine: the command for web exited with status 0 after 1.234 s",
    "warn: Rule mine: the command for db failed after 1.234 s: exit status 7",
    "warn: Rule mine: the command for mail failed after 1.234 s: killed by SIGSEGV",
  ]);
  assert.equal(trial.metric("drbdd_umh_runs_total", "mine"), 3);
  assert.equal(trial.metric("drbdd_umh_failures_total", "mine"), 2);
  assert.equal(trial.metric("drbdd_umh_running", "mine"), 0);
});

Deno.test("Runner logs at debug what a command is run for", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.print(role("web", "Primary"));
  assert.deepEqual(trial.log.lines, [
    "debug: Rule mine: running its command for web: role Secondary -> Primary",
  ]);
  await trial.end();
});

Deno.test("Runner says that a command cannot be run, counts it as a failure and goes on", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  trial.effects.processes.install("/bin/sh", undefined);
  await trial.print(role("web", "Primary"));
  await settle();
  assert.deepEqual(trial.log.from("warn"), [
    "warn: Rule mine: cannot run the command for web: Cannot start /bin/sh: it was not found in PATH",
  ]);
  assert.equal(trial.metric("drbdd_umh_runs_total", "mine"), 1);
  assert.equal(trial.metric("drbdd_umh_failures_total", "mine"), 1);
  assert.equal(trial.metric("drbdd_umh_running", "mine"), 0);
});

Deno.test("Runner calls a rule without a name by its kind and number", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "named" }, CHANGE, CHANGE], connection: [CHANGE] });
  await trial.print(role("web", "Primary"));
  assert.deepEqual(trial.commands.map(({ env }) => env["DRBD_UMH_RULE"]), [
    "named",
    "resource 2",
    "resource 3",
  ]);
  assert.equal(trial.metric("drbdd_umh_runs_total", "connection 1"), 0);
  await trial.end();
});

Deno.test("Runner never runs more commands than the plugin may, and runs all of them in order", async () => {
  const trial = new Trial({ "max-concurrent": 8, "resource": [{ ...CHANGE, name: "mine" }] });
  await trial.burst(20, "web", "db");
  let rounds = 0;
  while (trial.running.length > 0) {
    assert.ok(trial.running.length <= 8);
    assert.equal(trial.metric("drbdd_umh_waiting", "mine"), 40 - trial.commands.length);
    await trial.exitAll();
    rounds++;
  }
  assert.equal(rounds, 5);
  assert.equal(trial.commands.length, 40);
  assert.deepEqual(trial.commands.slice(0, 4).map(summary), [
    "mine web Primary",
    "mine db Primary",
    "mine web Secondary",
    "mine db Secondary",
  ]);
});

Deno.test("Runner runs 64 commands at once if nothing is said", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.burst(100, "web");
  assert.equal(trial.running.length, 64);
  await trial.exitAll();
  assert.equal(trial.running.length, 36);
  await trial.end();
});

Deno.test("Runner: a rule can have fewer places of its own", async () => {
  const trial = new Trial({
    resource: [{ ...CHANGE, "name": "narrow", "max-concurrent": 2 }, { ...CHANGE, name: "wide" }],
  });
  await trial.burst(5, "web");
  const names = trial.running.map(({ env }) => env["DRBD_UMH_RULE"]);
  assert.equal(names.filter((name) => name === "narrow").length, 2);
  assert.equal(names.filter((name) => name === "wide").length, 5);
  while (trial.running.length > 0) await trial.exitAll();
  assert.equal(trial.commands.length, 10);
});

Deno.test("Runner: an ordered rule runs for one event of a resource at a time", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine", ordered: true }] });
  await trial.burst(3, "web", "db");
  const rounds: string[][] = [];
  while (trial.running.length > 0) {
    rounds.push(trial.running.map(summary));
    await trial.exitAll();
  }
  assert.deepEqual(rounds, [
    ["mine web Primary", "mine db Primary"],
    ["mine web Secondary", "mine db Secondary"],
    ["mine web Primary", "mine db Primary"],
  ]);
});

Deno.test("Runner: a rule with debounce runs for the last match of a resource only, when it is quiet", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine", debounce: 1000 }] });
  await trial.burst(4, "web");
  await trial.print(role("db", "Primary"));
  await trial.effects.clock.advance(500);
  await trial.print(role("web", "Primary"));
  await trial.effects.clock.advance(999);
  assert.deepEqual(trial.commands.map(summary), ["mine db Primary"]);
  await trial.effects.clock.advance(1);
  assert.deepEqual(trial.commands.map(summary), ["mine db Primary", "mine web Primary"]);
  await trial.end();
});

Deno.test("Runner knows a resource again by its new name: its events stay in order, and the last of them counts", async () => {
  const rule = { "command": "act", "event-type": { operator: "NotEquals", value: "Exists" } };
  const trial = new Trial({
    resource: [{ ...rule, name: "in order", ordered: true }, { ...rule, name: "at last", debounce: 1_000 }],
  });
  await trial.print(
    role("web", "Primary"),
    "rename resource name:web new_name:shop",
    role("shop", "Secondary"),
  );
  const began = () => trial.commands.map(({ env }) => `${env["DRBD_UMH_RULE"]}: ${env["DRBD_EVENT_TYPE"]}`);
  assert.deepEqual(began(), ["in order: Change"]);
  await trial.exitAll();
  await trial.exitAll();
  await trial.exitAll();
  assert.deepEqual(began(), ["in order: Change", "in order: Rename", "in order: Change"]);
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(began().slice(3), ["at last: Change"]);
  await trial.end();
});

Deno.test("Runner ends a command whose time is over, by SIGTERM, then SIGKILL", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine", timeout: 30 }] });
  await trial.print(role("web", "Primary"));
  const [command] = trial.commands;
  assert.ok(command);
  const signals: string[] = [];
  command.onSignal = (signal) => signals.push(signal);
  await trial.effects.clock.advance(29_999);
  assert.deepEqual(signals, []);
  await trial.effects.clock.advance(1);
  assert.deepEqual(signals, ["SIGTERM"]);
  await trial.effects.clock.advance(4_999);
  assert.equal(command.isOver, false);
  await trial.effects.clock.advance(1);
  assert.equal(command.isOver, true);
  assert.deepEqual(trial.log.from("warn"), [
    "warn: Rule mine: the command for web failed after 35 s: it took longer than 30 s and was killed (killed by SIGKILL)",
  ]);
  assert.equal(trial.metric("drbdd_umh_failures_total", "mine"), 1);
});

Deno.test("Runner: the next one of an ordered rule waits until all of a command whose time is over are gone", async () => {
  const trial = new Trial({
    resource: [{ ...CHANGE, "name": "mine", "ordered": true, "max-concurrent": 1, "timeout": 30 }],
  });
  await trial.burst(2, "web");
  const [first] = trial.commands;
  assert.ok(first);
  // The shell heeds SIGTERM; what it started does not, and is there until SIGKILL comes.
  trial.groupsLeft = true;
  await trial.effects.clock.advance(30_000);
  assert.equal(first.isOver, true);
  await trial.effects.clock.advance(4_999);
  assert.deepEqual(trial.commands.map(summary), ["mine web Primary"]);
  await trial.effects.clock.advance(1_000);
  assert.deepEqual(trial.commands.map(summary), ["mine web Primary", "mine web Secondary"]);
  trial.groupsLeft = false;
  await trial.end();
});

Deno.test("Runner: a command that heeds SIGTERM after its time has failed, whatever its exit status", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine", timeout: 30 }] });
  await trial.print(role("web", "Primary"));
  const [command] = trial.commands;
  assert.ok(command);
  command.onSignal = () => command.exit(0);
  await trial.effects.clock.advance(30_000);
  assert.deepEqual(trial.log.from("warn"), [
    "warn: Rule mine: the command for web failed after 30 s: it took longer than 30 s and was killed (exit status 0)",
  ]);
});

Deno.test("Runner leaves no timer for a command that ended in time", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine", timeout: 30 }] });
  await trial.print(role("web", "Primary"));
  await trial.exitAll();
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("Runner reports that more than a thousand commands wait", async () => {
  const trial = new Trial({ "max-concurrent": 1, "resource": [{ ...CHANGE, name: "mine" }] });
  await trial.burst(1005, "web");
  assert.deepEqual(trial.log.from("warn"), [
    "warn: 1001 commands are queued: rules match faster than their commands end",
  ]);
  assert.equal(trial.metric("drbdd_umh_waiting", "mine"), 1004);
  const stopping = trial.runner.stop();
  await trial.exitAll();
  await stopping;
  assert.equal(trial.commands.length, 1);
});

Deno.test("Runner.stop() ends at once when nothing runs", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.end();
  assert.deepEqual(trial.log.lines, []);
});

Deno.test("Runner.stop() gives running commands 10 s to end, and starts nothing more", async () => {
  const trial = new Trial({
    "max-concurrent": 1,
    "resource": [{ ...CHANGE, name: "mine" }, { ...CHANGE, name: "calm", debounce: 1000 }],
  });
  await trial.burst(3, "web");
  let stopped = false;
  const stopping = trial.runner.stop().then(() => stopped = true);
  await trial.print(role("db", "Primary"));
  await trial.effects.clock.advance(9_999);
  assert.equal(stopped, false);
  await trial.exitAll();
  await stopping;
  assert.deepEqual(trial.commands.map(summary), ["mine web Primary"]);
  assert.deepEqual(trial.log.lines.filter((line) => !line.startsWith("debug")), [
    "warn: Rule mine: the plugin stops; 2 queued commands are dropped",
    "warn: Rule calm: the plugin stops; 1 queued commands are dropped",
    "info: The plugin stops; 1 running commands have 10 s to end",
    "info: Rule mine: the command for web exited with status 0 after 9.999 s",
  ]);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("Runner.stop() ends commands after 10 s, by SIGTERM, then SIGKILL, and leaves none", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.print(role("web", "Primary"), role("db", "Primary"));
  const [heedless, heeding] = trial.commands;
  assert.ok(heedless && heeding);
  heedless.onSignal = () => {};
  let stopped = false;
  const stopping = trial.runner.stop().then(() => stopped = true);
  await trial.effects.clock.advance(10_000);
  assert.deepEqual([heedless.isOver, heeding.isOver], [false, true]);
  await trial.effects.clock.advance(4_999);
  assert.equal(stopped, false);
  await trial.effects.clock.advance(1);
  assert.equal(heedless.isOver, true);
  await stopping;
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("Runner.stop() gives up after 16 s, and says so", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  const { processes } = trial.effects;
  const spawn = processes.spawn.bind(processes);
  processes.spawn = (argv, options) => ({ ...spawn(argv, options), kill: () => {} });
  await trial.print(role("web", "Primary"));
  const stopping = trial.runner.stop();
  await trial.effects.clock.advance(16_000);
  await stopping;
  assert.deepEqual(trial.log.from("error"), [
    "error: 1 commands did not exit after SIGKILL and were abandoned",
  ]);
  assert.equal(trial.effects.clock.pendingTimers, 0);
});

Deno.test("Runner.stop() takes the gauges away, and leaves the counters", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.print(role("web", "Primary"));
  await trial.exitAll();
  await trial.runner.stop();
  assert.equal(trial.metric("drbdd_umh_runs_total", "mine"), 1);
  assert.equal(trial.metric("drbdd_umh_failures_total", "mine"), 0);
  assert.equal(trial.metric("drbdd_umh_running", "mine"), undefined);
  assert.equal(trial.metric("drbdd_umh_waiting", "mine"), undefined);
});

Deno.test("Runner.stop() leaves the gauges of a rule of the same name in another instance", async () => {
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  await trial.print(role("web", "Primary"));
  const other = new Runner(v.parse(UMH_SCHEMA.schema, { device: [{ ...CHANGE, name: "mine" }] }), trial);
  await other.stop();
  assert.equal(trial.metric("drbdd_umh_running", "mine"), 1);
  await trial.end();
});

Deno.test("Runner.stop() leaves the gauges of a rule of the same name that waits for something to happen", async () => {
  const config = v.parse(UMH_SCHEMA.schema, { resource: [{ ...CHANGE, name: "mine" }] });
  const trial = new Trial({ resource: [{ ...CHANGE, name: "mine" }] });
  const old = new Runner(config, trial);
  await old.stop();
  assert.equal(trial.metric("drbdd_umh_running", "mine"), 0);
  await trial.end();
  assert.equal(trial.metric("drbdd_umh_running", "mine"), undefined);
});
