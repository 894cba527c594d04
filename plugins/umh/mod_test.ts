import assert from "node:assert/strict";
import * as v from "valibot";
import { LogRecorder } from "../../tests/support/simulated/log_recorder.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { SimulatedEffects } from "../../tests/support/simulated/simulated_effects.ts";
import type { Role } from "../../tests/support/simulated/simulated_processes.ts";
import { Daemon, type Settings } from "../../src/daemon/daemon.ts";
import type { Filter, Plugin, PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { UMH_SCHEMA } from "./config.ts";
import { umh } from "./mod.ts";
import { JOIN_TASK_GROUP } from "./run/task_group.ts";

const resource = (verb: string, name: string, role: string) => `${verb} resource name:${name} role:${role}\n`;

/** A daemon with instances of umh, and a drbdsetup that says what a test wants. */
class Trial {
  readonly effects = new SimulatedEffects();
  readonly #stop = new AbortController();
  readonly daemon: Daemon;
  readonly over: Promise<void>;
  drbdsetup: Role | undefined;
  readonly commands: Role[] = [];

  constructor(...configs: object[]) {
    this.effects.processes.install("drbdsetup", (role) => {
      this.drbdsetup = role;
      role.onEndOfInput = () => role.exit(0);
    });
    this.effects.processes.install("/bin/sh", (role) => {
      this.commands.push(role);
      role.exit(0);
    });
    this.daemon = new Daemon(this.effects, settingsOf(configs), new LogRecorder());
    this.over = this.daemon.run(this.#stop.signal);
  }

  async say(...lines: string[]): Promise<void> {
    await settle();
    this.drbdsetup?.print(lines.join(""));
    await this.effects.clock.advance(0);
  }

  async reload(...configs: object[]): Promise<void> {
    await this.daemon.reload(settingsOf(configs));
    await this.effects.clock.advance(0);
  }

  /** What was run since this was last asked. */
  fired(): string[] {
    return this.commands.splice(0).map(({ argv, env }) =>
      `${argv[2]?.slice(JOIN_TASK_GROUP.length)}: ${env["DRBD_EVENT_TYPE"]} ${env["DRBD_RES_NAME"]} ${
        env["DRBD_OLD_ROLE"]
      } ${env["DRBD_NEW_ROLE"]}`
    );
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.effects.clock.advance(0);
    await this.over;
    assert.equal(this.effects.clock.pendingTimers, 0);
  }
}

function settingsOf(configs: readonly object[]): Settings {
  return {
    statisticsPollIntervalMs: 60_000,
    instances: configs.map((config) => ({
      plugin: umh as Plugin<unknown>,
      config: v.parse(UMH_SCHEMA.schema, config),
    })),
  };
}

const ANY = { resource: [{ command: "any" }] };
const DUMP = [resource("exists", "db", "Primary"), resource("exists", "web", "Secondary"), "exists -\n"];

Deno.test("umh fires for the first dump when it is complete, with the event type Exists", async () => {
  const trial = new Trial(ANY);
  await trial.say(...DUMP.slice(0, 2));
  assert.deepEqual(trial.fired(), []);
  await trial.say("exists -\n");
  assert.deepEqual(trial.fired(), [
    "any: Exists db Unknown Primary",
    "any: Exists web Unknown Secondary",
  ]);
  await trial.say(
    resource("change", "web", "Primary"),
    resource("create", "mail", "Secondary"),
    "destroy resource name:db\n",
  );
  assert.deepEqual(trial.fired(), [
    "any: Change web Secondary Primary",
    "any: Create mail Unknown Secondary",
    "any: Destroy db Primary Unknown",
  ]);
  await trial.say("rename resource name:web new_name:www\n");
  assert.deepEqual(trial.fired(), ["any: Rename web Primary Primary"]);
  await trial.end();
});

Deno.test("umh fires only for differences when drbdsetup was started again", async () => {
  const trial = new Trial(ANY);
  await trial.say(...DUMP);
  trial.fired();
  trial.drbdsetup?.die("SIGKILL");
  await trial.effects.clock.advance(1000);
  await trial.say(
    resource("exists", "web", "Primary"),
    resource("exists", "db", "Primary"),
    resource("exists", "new", "Secondary"),
  );
  assert.deepEqual(trial.fired(), []);
  await trial.say("exists -\n");
  assert.deepEqual(trial.fired(), ["any: Create new Unknown Secondary", "any: Change web Secondary Primary"]);
  await trial.end();
});

Deno.test("umh fires Exists after a reload only for instances that are new", async () => {
  const trial = new Trial(ANY);
  await trial.say(...DUMP);
  trial.fired();
  const web = { resource: [{ "command": "web", "resource-name": "web" }] };
  await trial.reload(ANY, web);
  assert.deepEqual(trial.fired(), ["web: Exists web Unknown Secondary"]);
  await trial.reload(ANY, web);
  assert.deepEqual(trial.fired(), []);
  await trial.say(resource("change", "web", "Primary"));
  assert.deepEqual(trial.fired(), ["any: Change web Secondary Primary", "web: Change web Secondary Primary"]);
  await trial.end();
});

Deno.test("umh without rules subscribes to nothing, and stops when its signal aborts", async () => {
  const trial = new Trial({});
  await trial.say(...DUMP);
  assert.deepEqual(trial.fired(), []);
  await trial.end();
});

Deno.test("umh asks for what its rules are about, and nothing else", async () => {
  const filters: (Filter | undefined)[] = [];
  const effects = new SimulatedEffects();
  const context = {
    effects,
    log: new LogRecorder(),
    metrics: new Daemon(effects, settingsOf([])).metrics,
    changes: (filter?: Filter) => {
      filters.push(filter);
      return [][Symbol.iterator]();
    },
  } as unknown as PluginContext; // Only these are used.
  const rule = { "command": "true", "resource-name": "web" };
  await umh.run(v.parse(UMH_SCHEMA.schema, { device: [rule], helper: [rule] }), context);
  assert.deepEqual(filters, [{ kinds: ["device", "helper"], resources: ["web"] }]);
});

Deno.test("umh is given the time that it needs to stop", async () => {
  const trial = new Trial(ANY);
  trial.effects.processes.install("/bin/sh", (role) => role.onSignal = () => {});
  await trial.say(...DUMP);
  let isOver = false;
  const end = trial.end().then(() => isOver = true);
  await trial.effects.clock.advance(14_999);
  assert.equal(trial.effects.processes.alive.length, 3);
  assert.equal(isOver, false);
  await trial.effects.clock.advance(1);
  await end;
  assert.deepEqual(trial.effects.processes.alive, []);
});

Deno.test("umh lets all else have its turn while it takes many updates, and misses none", async () => {
  const trial = new Trial(ANY);
  const { clock } = trial.effects;
  await trial.say("exists -\n");
  const nowMs = clock.nowMs.bind(clock);
  let looks = 0;
  let turns = 0;
  // Each look at the time takes a millisecond.
  clock.nowMs = () => nowMs() + looks++;
  clock.nextTurn = () => {
    turns++;
    return Promise.resolve();
  };
  const names = Array.from({ length: 100 }, (_, number) => `res${number}`);
  await trial.say(...names.map((name) => resource("create", name, "Secondary")));
  assert.ok(turns >= 10, `100 updates were taken in ${turns} turns`);
  await clock.advance(1_000);
  assert.deepEqual(trial.fired(), names.map((name) => `any: Create ${name} Unknown Secondary`));
  await trial.end();
});
